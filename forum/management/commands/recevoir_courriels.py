"""`manage.py recevoir_courriels`: the LMTP server to which the mail server hands answers over."""

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from forum.courriels_entrants.ecoute import server


class Command(BaseCommand):
    help = "Reçoit par LMTP les réponses envoyées par courriel (REPONSE_COURRIEL)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--adresse", default="127.0.0.1", help="adresse d’écoute (locale de préférence)")
        parser.add_argument("--port", type=int, default=8024)

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.REPONSE_COURRIEL:
            raise CommandError("REPONSE_COURRIEL n’est pas renseignée : la réponse par courriel est fermée.")
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        controller = server(options["adresse"], options["port"])
        try:
            controller.start()
        except OSError as error:
            raise CommandError(
                f"Impossible d’écouter sur {options['adresse']}:{options['port']} : {error.strerror}."
            ) from error
        self.stdout.write(f"Réception LMTP sur {options['adresse']}:{options['port']}.")
        stop.wait()
        controller.stop()
