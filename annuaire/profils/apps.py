from django.apps import AppConfig


class ProfilsConfig(AppConfig):
    name = "annuaire.profils"
    label = "profils"
    verbose_name = "Profils"

    def ready(self) -> None:
        from annuaire.notifications.sources import register_source
        from annuaire.profils.notifications import (
            SourceDemandes,
            SourcePropositions,
            SourceRecommandations,
            SourceSignalements,
        )
        from annuaire.profils.rendus import rerender_biographies
        from plateforme.socle.rendus import register_texts

        register_texts("Présentations des agents", rerender_biographies)
        register_source("recommandation", SourceRecommandations())
        register_source("demande-recommandation", SourceDemandes())
        register_source("signalement-recommandation", SourceSignalements())
        register_source("expertise-proposee", SourcePropositions())
