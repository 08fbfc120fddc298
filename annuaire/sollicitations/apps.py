from django.apps import AppConfig


class SollicitationsConfig(AppConfig):
    name = "annuaire.sollicitations"
    label = "sollicitations"
    verbose_name = "Sollicitations"

    def ready(self) -> None:
        from annuaire.couverture.delais import register_delays
        from annuaire.notifications.sources import register_source
        from annuaire.sollicitations.delais import answer_delays
        from annuaire.sollicitations.notifications import SourceFils, SourceSuites
        from annuaire.sollicitations.rendus import rerender_sollicitations
        from plateforme.socle.rendus import register_texts

        register_delays(answer_delays)
        register_texts("Sollicitations", rerender_sollicitations)
        register_source("sollicitation", SourceFils())
        register_source("sollicitation-suite", SourceSuites())
