"""Make the key that browser notifications need."""

from typing import Any

from django.core.management.base import BaseCommand

from annuaire.notifications.push import generate_key


class Command(BaseCommand):
    help = "Crée une clé pour les notifications du navigateur, à donner dans VAPID_CLE_PRIVEE."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"VAPID_CLE_PRIVEE={generate_key()}")
