from django.apps import AppConfig


class CouvertureConfig(AppConfig):
    name = "annuaire.couverture"
    label = "couverture"
    verbose_name = "Couverture des expertises"
