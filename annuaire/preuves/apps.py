from django.apps import AppConfig


class PreuvesConfig(AppConfig):
    name = "annuaire.preuves"
    label = "preuves"
    verbose_name = "Preuves"
