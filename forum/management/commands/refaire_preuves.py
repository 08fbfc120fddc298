"""Work out again the evidence behind the expert search, from what the forum holds, and how common its words are."""

from typing import Any

from django.core.management.base import BaseCommand

from annuaire.preuves.frequences import rebuild
from forum.actions.preuves import BATCH, forget_lost_evidence, rebuild_evidence


class Command(BaseCommand):
    help = (
        "Refait les preuves de l’annuaire à partir du forum, par lots, site ouvert. Sans effet sur ce qui est "
        "déjà juste : à lancer après un chargement direct en base, ou pour vérifier."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        last, batches = rebuild_evidence(), 0
        while last is not None:
            batches += 1
            if options["verbosity"] and batches % 25 == 0:
                self.stdout.write(f"{batches * BATCH} messages vus")
            last = rebuild_evidence(last)
        last = forget_lost_evidence()
        while last is not None:
            last = forget_lost_evidence(last)
        rebuild()
        if options["verbosity"]:
            self.stdout.write("Les preuves sont à jour.")
