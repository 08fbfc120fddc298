from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    name = "realtime"
    verbose_name = "Salons"

    def ready(self) -> None:
        from allauth.usersessions.models import UserSession
        from django.contrib.auth.signals import user_logged_out
        from django.db.models.signals import post_delete, post_save

        from annuaire.models import Agent
        from annuaire.notifications.sources import register_source
        from communautes.actions import communaute_created
        from plateforme.socle.canaux import GenreCanal, register_genre
        from plateforme.socle.rendus import register_texts
        from realtime.access import can_write_in_salon, salon_last_number, salon_last_numbers
        from realtime.actions import open_first_salon, rerender_lines
        from realtime.historique import frames_after
        from realtime.liens import register_finders
        from realtime.notifications import SourceSalons
        from realtime.signals import close_on_deactivation, close_on_logout, close_on_revocation

        register_genre(
            "salon",
            GenreCanal(
                salon_last_number,
                suite=frames_after,
                numeros=salon_last_numbers,
                ecriture=can_write_in_salon,
                presence=True,
            ),
        )
        register_finders()
        register_texts("Messages des salons", rerender_lines)
        communaute_created.connect(open_first_salon, dispatch_uid="realtime.first_salon")
        user_logged_out.connect(close_on_logout, dispatch_uid="realtime.logout")
        post_delete.connect(close_on_revocation, sender=UserSession, dispatch_uid="realtime.revocation")
        post_save.connect(close_on_deactivation, sender=Agent, dispatch_uid="realtime.deactivation")
        register_source("salon", SourceSalons())
