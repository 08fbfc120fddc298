from django.apps import AppConfig


class DevenirsConfig(AppConfig):
    name = "realtime.devenirs"
    label = "devenirs"
    verbose_name = "Devenirs des messages de salons"

    def ready(self) -> None:
        from communautes.suites.origines import register_origin
        from communautes.suites.registres import register_registres
        from forum.actions.rendus import sujet_changed
        from forum.origines import register_sujet_origin
        from realtime.devenirs.actions import show_suite_again, show_sujet_again
        from realtime.devenirs.marques import outcomes_of
        from realtime.devenirs.origines import ORIGINE, OrigineLignes, find_origin
        from realtime.devenirs.registres import RegistresSalons
        from realtime.etats import register_outcomes
        from realtime.seances.actions.suites import suite_changed

        register_origin(ORIGINE, OrigineLignes())
        register_registres(RegistresSalons())
        register_sujet_origin(ORIGINE, find_origin)
        register_outcomes(outcomes_of)
        sujet_changed.connect(show_sujet_again, dispatch_uid="devenirs.sujets")
        suite_changed.connect(show_suite_again, dispatch_uid="devenirs.suites")
