from django.apps import AppConfig


class TrouverConfig(AppConfig):
    name = "annuaire.trouver"
    label = "trouver"
    verbose_name = "Recherche dans l’annuaire"
