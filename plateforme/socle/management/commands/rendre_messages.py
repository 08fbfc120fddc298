"""Render again the texts that an older version of the renderer made."""

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand

from plateforme.socle.rendus import rerender_all


class Command(BaseCommand):
    help = (
        "Refait le HTML des textes produits par une version antérieure du moteur (forum, salons, décisions, ordres du "
        "jour, communautés), par lots, site ouvert. Interrompue, la commande reprend où elle en était ; relancée, elle ne refait rien."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        done: Counter[str] = Counter()
        for nom in rerender_all():
            done[nom] += 1
            if options["verbosity"] and done[nom] % 50 == 0:
                self.stdout.write(f"{nom} : {done[nom]} lots")
        if options["verbosity"]:
            self.stdout.write("Tous les textes sont à jour.")
