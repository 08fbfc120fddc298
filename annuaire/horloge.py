"""Pages speak the clock of the person who reads them."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from annuaire.notifications.preferences import clock_of


class HorlogeMiddleware:
    """All that a request says or reads of hours is at the reader's own clock: « hier à 14 h 05 » is their yesterday.

    After the one that requires a session, so that visitors cost nothing: they have the clock of the site.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            return self.get_response(request)
        finally:
            # Threads serve other people next.
            timezone.deactivate()

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        if request.user.is_authenticated:
            timezone.activate(ZoneInfo(clock_of(request.user)))
