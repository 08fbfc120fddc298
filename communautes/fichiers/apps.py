from django.apps import AppConfig


class FichiersConfig(AppConfig):
    name = "communautes.fichiers"
    label = "fichiers"
    verbose_name = "Fichiers"

    def ready(self) -> None:
        from annuaire.preuves.reprise import register_batches
        from communautes.fichiers.preuves import rebuild_evidence

        register_batches(rebuild_evidence)
