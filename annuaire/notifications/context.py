"""The number in the header."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from annuaire.notifications.access import count_unread


def notifications(request: HttpRequest) -> dict[str, Any]:
    """`notifications_non_lues`: counted only by the pages that show it; 0 for a visitor."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"notifications_non_lues": 0}
    return {"notifications_non_lues": SimpleLazyObject(lambda: count_unread(user))}
