"""`manage.py generer_volume`: fill a database for measuring."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from annuaire.models import Expertise
from plateforme.demo.monde.lecture import read_world
from plateforme.demo.volume import Volume


class Command(BaseCommand):
    help = "Ajoute des agents, des messages et des documents en nombre, pour mesurer. À ne jamais lancer sur un site réel."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--agents", type=int, default=100_000)
        parser.add_argument("--messages", type=int, default=1_000_000)
        parser.add_argument("--documents", type=int, default=50_000)

    def handle(self, *args: Any, agents: int, messages: int, documents: int, **options: Any) -> None:
        if min(agents, messages, documents) < 1:
            raise CommandError("Chaque nombre doit être d’au moins 1.")
        if not Expertise.objects.exists():
            raise CommandError("Chargez d’abord les référentiels : manage.py charger_referentiels")
        started = time.monotonic()

        def say(line: str) -> None:
            self.stdout.write(f"[{time.monotonic() - started:6.1f} s] {line}")
            self.stdout.flush()

        Volume(read_world(), say).fill(agents, messages, documents)
        say("terminé")
