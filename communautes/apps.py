from django.apps import AppConfig


class CommunautesConfig(AppConfig):
    name = "communautes"
    verbose_name = "Communautés"

    def ready(self) -> None:
        from annuaire.preuves.access import register_places
        from communautes.access import readable_places

        register_places(readable_places)
