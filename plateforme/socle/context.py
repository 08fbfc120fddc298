"""What every page knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

# Pages that are entries of the menus, and not only under one.
MENU = {"/", "/forum/non-lus/"}


def site(request: HttpRequest) -> dict[str, Any]:
    """Name of the site and mode, for the header, the footer and the demo banner.

    `rubrique`: what the menus show of where one is: the first part of the path, or the whole path where it is
    itself an entry. The key of the pieces of page that hold the menus. `brouillon_envoye`: the form that was sent just
    before, by its `data-brouillon`, so that the browser forgets what it kept of it; said once, by the first whole
    page shown. A view that has taken a form in puts the name in the session under the same word.
    """
    path = request.path
    return {
        "rubrique": path if path in MENU else path.split("/", 2)[1],
        "site_nom": settings.SITE_NOM,
        "mode_demo": settings.DEMO,
        "contact_email": settings.CONTACT_EMAIL,
        # Looked at by whole pages only: a fragment asked for meanwhile would lose it.
        "brouillon_envoye": SimpleLazyObject(lambda: _sent(request)),
    }


def _sent(request: HttpRequest) -> str:
    session = getattr(request, "session", None)
    return str(session.pop("brouillon_envoye", "")) if session is not None else ""
