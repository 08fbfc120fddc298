from django.apps import AppConfig


class OrganisationConfig(AppConfig):
    name = "annuaire.organisation"
    label = "organisation"
    verbose_name = "Organigramme"
