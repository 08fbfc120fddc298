from django.apps import AppConfig


class FichiersConfig(AppConfig):
    name = "communautes.fichiers"
    label = "fichiers"
    verbose_name = "Fichiers"
