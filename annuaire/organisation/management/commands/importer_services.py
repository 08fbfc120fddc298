"""`manage.py importer_services FICHIER.csv`: the organisation chart of services."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from annuaire.organisation.importation import ERREURS_DITES, FichierRefuse, import_chart, read_chart


class Command(BaseCommand):
    help = (
        "Charge l’organigramme des services depuis un fichier CSV (colonnes : guide de l’exploitant). Tout ou rien ; peut "
        "être relancée sans risque."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("fichier", type=Path, help="le fichier CSV, en UTF-8")
        parser.add_argument("--essai", action="store_true", help="dire ce qui changerait, sans rien écrire")
        parser.add_argument(
            "--retirer-absentes", action="store_true", help="retirer les entités que le fichier ne nomme plus"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            bilan = import_chart(
                read_chart(options["fichier"]), retirer=options["retirer_absentes"], essai=options["essai"]
            )
        except FichierRefuse as refused:
            for error in refused.erreurs[:ERREURS_DITES]:
                self.stderr.write(error)
            more = len(refused.erreurs) - ERREURS_DITES
            if more > 0:
                self.stderr.write(f"… et {more} autres erreurs.")
            raise CommandError("Rien n’a été importé.") from None
        if options["verbosity"]:
            self.stdout.write(
                f"{bilan.ajouts} ajouts, {bilan.changements} changements, {bilan.retraits} retraits,"
                f" {bilan.inchangees} inchangées."
            )
            if bilan.absentes and not options["retirer_absentes"]:
                self.stdout.write(
                    f"{len(bilan.absentes)} entités ne sont plus dans le fichier et restent : --retirer-absentes les retire."
                )
            if options["essai"]:
                self.stdout.write("Essai : rien n’a été écrit.")
