from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    name = "realtime"
    verbose_name = "Salons"

    def ready(self) -> None:
        from annuaire.notifications.sources import Source, register_source
        from communautes.actions import communaute_created
        from plateforme.socle.canaux import GenreCanal, register_genre
        from plateforme.socle.rendus import register_texts
        from realtime.access import (
            can_write_in_salon,
            salon_last_number,
            salon_last_numbers,
            salon_last_revisions,
        )
        from realtime.actions import rerender_lines
        from realtime.historique import changes_since, frames_after
        from realtime.liens import register_finders
        from realtime.lieux import open_first_salon
        from realtime.lus import readings
        from realtime.notifications import SourceInscriptions, SourceSalons

        register_genre(
            "salon",
            GenreCanal(
                salon_last_number,
                suite=frames_after,
                changements=changes_since,
                revisions=salon_last_revisions,
                numeros=salon_last_numbers,
                ecriture=can_write_in_salon,
                lectures=readings,
                presence=True,
            ),
        )
        register_finders()
        register_texts("Messages des salons", rerender_lines)
        communaute_created.connect(open_first_salon, dispatch_uid="realtime.first_salon")
        register_source("salon", SourceSalons())
        register_source("inscription", SourceInscriptions())
        # A removal is told to whom it concerns, wherever they are since.
        register_source("retrait_ligne", Source())
