from django.apps import AppConfig


class ReunionsConfig(AppConfig):
    name = "realtime.reunions"
    label = "reunions"
    verbose_name = "Réunions"

    def ready(self) -> None:
        from django.db.models.signals import post_delete, post_save

        from annuaire.notifications.sources import register_source
        from communautes.models import Adhesion
        from forum.courriels_entrants.portes import Porte, register_door
        from plateforme.socle.canaux import GenreCanal, register_genre
        from plateforme.socle.rendus import register_texts
        from realtime.reunions.access import may_listen
        from realtime.reunions.access_sondages import may_listen as may_listen_to_dates
        from realtime.reunions.actions.courriels import knows_address, receive_reply
        from realtime.reunions.actions.points import rerender_points
        from realtime.reunions.liens import register_finders
        from realtime.reunions.notifications import SourceDates, SourceReunions, SourceSeries
        from realtime.reunions.signals import on_membership

        register_finders()
        register_door(Porte(knows_address, receive_reply))
        register_texts("Ordres du jour", rerender_points)
        register_source("reunion", SourceReunions())
        register_source("serie", SourceSeries())
        register_source("dates", SourceDates())
        register_genre("reunion", GenreCanal(may_listen))
        register_genre("dates", GenreCanal(may_listen_to_dates))
        post_save.connect(on_membership, sender=Adhesion, dispatch_uid="reunions.adhesion")
        post_delete.connect(on_membership, sender=Adhesion, dispatch_uid="reunions.adhesion_finie")
