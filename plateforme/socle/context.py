"""What every page knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

# Pages that are entries of the menus, and not only under one.
MENU = {"/", "/forum/non-lus/"}


def site(request: HttpRequest) -> dict[str, Any]:
    """Name of the site and mode, for the header, the footer and the demo banner.

    `rubrique`: what the menus show of where one is: the first part of the path, or the whole path where it is
    itself an entry. The key of the pieces of page that hold the menus.
    """
    path = request.path
    return {
        "rubrique": path if path in MENU else path.split("/", 2)[1],
        "site_nom": settings.SITE_NOM,
        "mode_demo": settings.DEMO,
        "contact_email": settings.CONTACT_EMAIL,
    }
