"""Answers at addresses that hold a key: feeds and calendars read by programs, pages of people without account."""

from django.http import HttpResponse


def quiet(response: HttpResponse) -> HttpResponse:
    """The address is a secret: it goes nowhere from here."""
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    if not response.has_header("Cache-Control"):
        response["Cache-Control"] = "no-store"
    return response


def quiet_page(response: HttpResponse) -> HttpResponse:
    """The same for a page with a form: « no-referrer » would make browsers send it as from nowhere, which is refused."""
    response = quiet(response)
    response["Referrer-Policy"] = "same-origin"
    return response


def refuse(message: str, status: int, *, attente: int | None = None) -> HttpResponse:
    """A refusal in plain words, quiet too; `attente`: seconds after which to ask again."""
    response = HttpResponse(message, status=status, content_type="text/plain; charset=utf-8")
    if attente is not None:
        response["Retry-After"] = str(attente)
    return quiet(response)
