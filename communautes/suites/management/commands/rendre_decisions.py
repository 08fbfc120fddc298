"""Render again the decisions that an older version of the renderer made."""

from typing import Any

from django.core.management.base import BaseCommand

from communautes.suites.actions import rerender_decisions


class Command(BaseCommand):
    help = (
        "Refait le HTML des décisions produites par une version antérieure du moteur de texte, par lots, site ouvert. "
        "Interrompue, la commande reprend où elle en était ; relancée, elle ne refait rien."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        last = rerender_decisions()
        while last is not None:
            last = rerender_decisions(last)
        if options["verbosity"]:
            self.stdout.write("Toutes les décisions sont à jour.")
