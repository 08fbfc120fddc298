from typing import Any

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "annuaire.notifications"
    label = "notifications"
    verbose_name = "Notifications"

    def ready(self) -> None:
        from allauth.usersessions.models import UserSession
        from django.contrib.auth.signals import user_logged_out
        from django.db.models.signals import post_delete

        user_logged_out.connect(_on_logout, dispatch_uid="notifications.logout")
        post_delete.connect(_on_revocation, sender=UserSession, dispatch_uid="notifications.revocation")


def _on_logout(sender: Any, request: Any, **kwargs: Any) -> None:
    from annuaire.notifications.actions.appareils import forget_session

    key = getattr(getattr(request, "session", None), "session_key", None)
    if key:
        forget_session(key)


def _on_revocation(sender: Any, instance: Any, **kwargs: Any) -> None:
    from annuaire.notifications.actions.appareils import forget_session

    forget_session(instance.session_key)
