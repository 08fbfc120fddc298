from django.apps import AppConfig


class SeancesConfig(AppConfig):
    name = "realtime.seances"
    label = "seances"
    verbose_name = "Réunions en cours"

    def ready(self) -> None:
        from django.db.models.signals import pre_delete

        from annuaire.preuves.reprise import batches_of, register_batches
        from communautes.suites.origines import register_origin
        from forum.reprises import register_drafts
        from plateforme.socle.canaux import GenreCanal, register_genre
        from plateforme.socle.rendus import register_texts
        from realtime.reunions.actions.commun import reunion_changed
        from realtime.reunions.models import PointOrdreDuJour
        from realtime.seances.access import last_version, last_versions
        from realtime.seances.actions.comptes_rendus import rerender_editions, rerender_minutes
        from realtime.seances.actions.notes import rerender_notes
        from realtime.seances.actions.suites import rerender_decisions_apart
        from realtime.seances.models import Seance
        from realtime.seances.preuves import refresh_evidence
        from realtime.seances.redaction import BROUILLON, places
        from realtime.seances.signals import keep_opened_points, show_changes
        from realtime.seances.suites import OrigineReunions

        register_genre("seance", GenreCanal(last_version, numeros=last_versions, presence=True))
        register_batches(batches_of(Seance, refresh_evidence))
        register_origin("reunion", OrigineReunions())
        register_drafts(BROUILLON, places)
        register_texts("Notes de réunion", rerender_notes)
        register_texts("Décisions de réunions entre agents", rerender_decisions_apart)
        register_texts("Comptes rendus", rerender_minutes)
        register_texts("Comptes rendus validés", rerender_editions)
        reunion_changed.connect(show_changes, dispatch_uid="seances.reunion")
        pre_delete.connect(keep_opened_points, sender=PointOrdreDuJour, dispatch_uid="seances.points")
