from django.apps import AppConfig


class FichiersConfig(AppConfig):
    name = "communautes.fichiers"
    label = "fichiers"
    verbose_name = "Fichiers"

    def ready(self) -> None:
        from annuaire.preuves.reprise import batches_of, register_batches
        from communautes.fichiers.models import Document
        from communautes.fichiers.preuves import refresh_evidence

        register_batches(batches_of(Document, refresh_evidence))
