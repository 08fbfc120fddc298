"""Middleware of the whole site."""

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


class MaintenanceMiddleware:
    """Answer every page with the maintenance page while the maintenance file exists.

    The file is looked for at most once a second: an operator closes and opens the doors with `touch` and
    `rm`, without a restart. Static files and the health checks keep answering.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._closed = False
        self._checked_at = 0.0

    def __call__(self, request: HttpRequest) -> HttpResponse:
        now = time.monotonic()
        if now - self._checked_at > 1:
            self._closed = settings.MAINTENANCE_FILE.exists()
            self._checked_at = now
        if self._closed and not request.path.startswith("/sante/"):
            response = render(request, "maintenance.html", status=503)
            response["Retry-After"] = "600"
            logging.getLogger(__name__).info("maintenance page served")
            return response
        return self.get_response(request)
