from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "annuaire.notifications"
    label = "notifications"
    verbose_name = "Notifications"
