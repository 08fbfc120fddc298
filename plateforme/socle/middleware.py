"""Middleware of the whole site."""

import logging
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django_structlog.middlewares import RequestMiddleware

from plateforme.socle.masque import mask_secrets

SESSION_FERMEE = (
    "Votre session s’est fermée. Reconnectez-vous : ce que vous avez écrit est gardé sur cet appareil."
)


class JournalRequetes(RequestMiddleware):
    """One line a request in the logs, without the secrets that addresses hold."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        return mask_secrets(RequestMiddleware.format_request(request))

    @classmethod
    def bind_ip(cls, request: HttpRequest) -> None:
        """The address of the client as limits know it: only what our own proxies say of it is believed."""
        structlog.contextvars.bind_contextvars(ip=_client_ip(request))


def _client_ip(request: HttpRequest) -> str:
    """Each proxy of ours adds to the header the address that it was called from; the rest is hearsay."""
    proxies: int = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    heard = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    if proxies and len(heard) >= proxies:
        return str(heard[-proxies]).strip()
    return str(request.META.get("REMOTE_ADDR", ""))


class ConnexionRequise(LoginRequiredMiddleware):
    """Closed by default. A form sent after its session ended leads back to the page it was on, and says why."""

    def handle_no_permission(  # type: ignore[override]  # Django only says what it returns itself
        self, request: HttpRequest, view_func: Any
    ) -> HttpResponseBase:
        if "application/json" in request.headers.get("Accept", "") or "HX-Request" in request.headers:
            return JsonResponse({"erreur": SESSION_FERMEE}, status=401)
        if request.method in ("GET", "HEAD"):
            return super().handle_no_permission(request, view_func)
        messages.warning(request, SESSION_FERMEE)
        return redirect_to_login(_page_before(request), self.get_login_url(view_func))


def _page_before(request: HttpRequest) -> str:
    """Path of the page of ours that sent a form, or the home page."""
    referer = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(referer, {request.get_host()}, require_https=request.is_secure()):
        return "/"
    parts = urlsplit(referer)
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"


class AdressesSansNul:
    """Take NUL characters out of the parameters of addresses: no text of the database can hold one, and each page would
    otherwise have to think of it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = request.META.get("QUERY_STRING", "")
        while "%00" in asked:
            # What stands on both sides of one may make another.
            request.META["QUERY_STRING"] = asked = asked.replace("%00", "")
        return self.get_response(request)


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
