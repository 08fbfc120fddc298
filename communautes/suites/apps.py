from django.apps import AppConfig


class SuitesConfig(AppConfig):
    name = "communautes.suites"
    label = "suites"
    verbose_name = "Décisions et tâches"

    def ready(self) -> None:
        from annuaire.notifications.sources import register_source
        from communautes.suites.actions import rerender_decisions
        from communautes.suites.notifications import SourceDecisions, SourceTaches
        from plateforme.socle.rendus import register_texts

        register_texts("Décisions", rerender_decisions)
        register_source("decision", SourceDecisions())
        register_source("tache", SourceTaches())
