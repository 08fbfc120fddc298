from django.apps import AppConfig


class SeancesConfig(AppConfig):
    name = "realtime.seances"
    label = "seances"
    verbose_name = "Réunions en cours"

    def ready(self) -> None:
        from django.db.models.signals import pre_delete

        from plateforme.socle.canaux import GenreCanal, register_genre
        from realtime.reunions.models import PointOrdreDuJour
        from realtime.seances.access import last_version, last_versions
        from realtime.seances.signals import keep_opened_points

        register_genre("seance", GenreCanal(last_version, numeros=last_versions, presence=True))
        pre_delete.connect(keep_opened_points, sender=PointOrdreDuJour, dispatch_uid="seances.points")
