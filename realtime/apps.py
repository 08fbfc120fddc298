from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    name = "realtime"
    verbose_name = "Salons et réunions"

    def ready(self) -> None:
        from communautes.actions import communaute_created
        from realtime.actions import open_first_salon

        communaute_created.connect(open_first_salon, dispatch_uid="realtime.first_salon")
