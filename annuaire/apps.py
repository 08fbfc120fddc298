from django.apps import AppConfig


class AnnuaireConfig(AppConfig):
    name = "annuaire"
    verbose_name = "Annuaire"

    def ready(self) -> None:
        from annuaire.access import require_own_channel
        from plateforme.socle.canaux import GenreCanal, register_genre

        register_genre("agent", GenreCanal(require_own_channel))
