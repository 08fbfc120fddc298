"""What the sign-in page offers in a demo."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from plateforme.demo.comptes import COMPTES


def comptes(request: HttpRequest) -> dict[str, Any]:
    """`comptes_demo`: the accounts opened in one click; none outside of demo mode."""
    return {"comptes_demo": COMPTES if settings.DEMO else ()}
