from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    name = "realtime"
    verbose_name = "Salons"

    def ready(self) -> None:
        from annuaire.notifications.sources import register_source
        from communautes.actions import communaute_created
        from plateforme.socle.canaux import GenreCanal, register_genre
        from plateforme.socle.rendus import register_texts
        from realtime.access import can_write_in_salon, salon_last_number, salon_last_numbers
        from realtime.actions import rerender_lines
        from realtime.historique import frames_after
        from realtime.liens import register_finders
        from realtime.lieux import open_first_salon
        from realtime.notifications import SourceInscriptions, SourceSalons

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
        register_source("salon", SourceSalons())
        register_source("inscription", SourceInscriptions())
