"""What the header shows of one's own state."""

from typing import Any

from django.http import HttpRequest

from annuaire.presence.lecture import Etat, choice_of, row_of
from plateforme.socle.templatetags.socle import il_y_a


def presence(request: HttpRequest) -> dict[str, Any]:
    """`mon_etat` (None for a visitor), `mon_etat_dit`, when it ends, and `etats`, those one can choose. No query: all is
    read with the session."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"mon_etat": None, "absence_automatique": False}
    row, choix = row_of(user), choice_of(user)
    return {
        "mon_etat": choix,
        "mon_etat_dit": il_y_a(choix.jusqu_a),
        "absence_automatique": row is None or row.automatique,
        "etats": Etat.choices,
    }
