from django.apps import AppConfig


class ProfilsConfig(AppConfig):
    name = "annuaire.profils"
    label = "profils"
    verbose_name = "Profils"

    def ready(self) -> None:
        from annuaire.profils.rendus import rerender_biographies
        from plateforme.socle.rendus import register_texts

        register_texts("Présentations des agents", rerender_biographies)
