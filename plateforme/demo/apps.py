from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "plateforme.demo"
    label = "demo"
    verbose_name = "Démonstration"
