"""`manage.py charger_referentiels`: territories, kinds of service, expertises."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from annuaire.chargement import REFERENTIELS, FichierInvalide, load_references, read_references


class Command(BaseCommand):
    help = "Charge ou met à jour les territoires, les types de service et les expertises. Peut être relancée sans risque."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dossier", type=Path, default=REFERENTIELS, help="dossier des trois fichiers")

    def handle(self, *args: Any, dossier: Path, **options: Any) -> None:
        try:
            results = load_references(read_references(dossier))
        except FichierInvalide as error:
            raise CommandError(f"{error} Rien n’a été chargé.") from None
        if options["verbosity"]:
            for bilan in results:
                self.stdout.write(f"{bilan.nom} : {bilan.ajouts} ajouts, {bilan.changements} changements")
