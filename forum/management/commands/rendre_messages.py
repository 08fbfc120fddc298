"""Render again the messages that an older version of the renderer made."""

from typing import Any

from django.core.management.base import BaseCommand

from forum.actions.rendus import BATCH, rerender_messages


class Command(BaseCommand):
    help = (
        "Refait le HTML des messages du forum produits par une version antérieure du moteur de texte, par lots, site "
        "ouvert. Interrompue, la commande reprend où elle en était ; relancée, elle ne refait rien."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        last, batches = rerender_messages(), 0
        while last is not None:
            batches += 1
            if options["verbosity"] and batches % 50 == 0:
                self.stdout.write(f"{batches * BATCH} messages refaits")
            last = rerender_messages(last)
        if options["verbosity"]:
            self.stdout.write("Tous les messages sont à jour.")
