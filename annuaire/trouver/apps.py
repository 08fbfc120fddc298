from django.apps import AppConfig


class TrouverConfig(AppConfig):
    name = "annuaire.trouver"
    label = "trouver"
    verbose_name = "Recherche dans l’annuaire"

    def ready(self) -> None:
        from annuaire.notifications.sources import register_source
        from annuaire.trouver.notifications import SourceRecherches

        register_source("recherche-annuaire", SourceRecherches())
