from django.apps import AppConfig


class PresenceConfig(AppConfig):
    name = "annuaire.presence"
    label = "presence"
    verbose_name = "Présence"
