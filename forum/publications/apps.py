from django.apps import AppConfig


class PublicationsConfig(AppConfig):
    name = "forum.publications"
    label = "publications"
    verbose_name = "Publications de sollicitations"

    def ready(self) -> None:
        from annuaire.notifications.sources import register_source
        from annuaire.sollicitations.devenirs import register_outcome
        from forum.origines import register_sujet_origin
        from forum.publications.liens import ORIGINE, find_origin, outcome_of
        from forum.publications.notifications import SourcePublications

        register_outcome(outcome_of)
        register_sujet_origin(ORIGINE, find_origin)
        register_source("publication", SourcePublications())
