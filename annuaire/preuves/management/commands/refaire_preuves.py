"""Work out again the evidence behind the expert search, from what the apps hold, and how common its words are."""

from typing import Any

from django.core.management.base import BaseCommand

from annuaire.preuves.frequences import rebuild
from annuaire.preuves.reprise import settle_again


class Command(BaseCommand):
    help = (
        "Refait les preuves de l’annuaire à partir du forum, des documents et des réunions, par lots, site ouvert. Sans "
        "effet sur ce qui est déjà juste : à lancer après un chargement direct en base, ou pour vérifier."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        for batches, _ in enumerate(settle_again(), 1):
            if options["verbosity"] and batches % 25 == 0:
                self.stdout.write(f"{batches} lots vus")
        rebuild()
        if options["verbosity"]:
            self.stdout.write("Les preuves sont à jour.")
