"""`manage.py charger_demo`: a believable world to try the platform in."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from annuaire.models import Expertise
from annuaire.preuves.frequences import rebuild
from plateforme.demo.monde.chargement import is_loaded, load_world
from plateforme.demo.monde.couverture import count_coverage
from plateforme.demo.monde.lecture import ContenuInvalide, read_world


class Command(BaseCommand):
    help = "Charge le monde de démonstration (deux régions, 300 agents, communautés, sujets, fichiers). Sans effet s’il est déjà là."

    def handle(self, *args: Any, **options: Any) -> None:
        if is_loaded():
            if options["verbosity"]:
                self.stdout.write("Le monde de démonstration est déjà chargé.")
            return
        if not Expertise.objects.exists():
            raise CommandError("Chargez d’abord les référentiels : manage.py charger_referentiels")
        started = time.monotonic()
        try:
            load_world(read_world(), timezone.now())
            rebuild()
            count_coverage()
        except ContenuInvalide as error:
            raise CommandError(str(error)) from None
        if options["verbosity"]:
            self.stdout.write(f"Monde de démonstration chargé en {time.monotonic() - started:.1f} s.")
