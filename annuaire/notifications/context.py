"""The number in the header."""

from functools import cache
from typing import Any

from django.http import HttpRequest

from annuaire.notifications.access import count_unread


def notifications(request: HttpRequest) -> dict[str, Any]:
    """`notifications_non_lues`: counted only by the pages that show it; 0 for a visitor."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"notifications_non_lues": 0}
    # Called by the template, as any function it meets, and no more than once.
    return {"notifications_non_lues": cache(lambda: count_unread(user))}
