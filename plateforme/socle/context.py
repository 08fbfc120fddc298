"""What every page knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    """Name of the site and mode, for the header, the footer and the demo banner."""
    return {
        "site_nom": settings.SITE_NOM,
        "mode_demo": settings.DEMO,
        "contact_email": settings.CONTACT_EMAIL,
    }
