"""Pages of the coverage of expertises: all of them, one of them."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from annuaire.access import require_directory
from annuaire.couverture import lecture, presentation
from annuaire.couverture.access import find_territoire, get_expertise, get_region, region_of
from annuaire.couverture.lecture import Etendue
from annuaire.forms import territoires_by_region

# What an address may ask for, and how long it may be.
PARAMETERS = {
    "territoire": 4,
    "domaine": 80,
    "q": 120,
    "tri_departements": 24,
    "tri_expertises": 24,
    "page_expertises": 6,
}


def asked_for(request: HttpRequest) -> dict[str, Any]:
    """The parameters that are known, cut to their length."""
    return {name: request.GET.get(name, "").strip()[:length] for name, length in PARAMETERS.items()}


@require_GET
def ensemble(request: HttpRequest) -> HttpResponse:
    """All expertises: which rest on one person or on none, and where."""
    require_directory(request.user)
    asked = asked_for(request)
    etendue = Etendue(find_territoire(asked["territoire"]))
    shown = presentation.overall(request.user, etendue, asked["domaine"], asked["q"], asked)
    return render(
        request,
        "couverture/ensemble.html",
        {
            **shown,
            "etendue": etendue,
            "demande": asked,
            "territoires": territoires_by_region(),
            "domaines": lecture.domaines(),
            "region": etendue.region or region_of(request.user),
            "date_chiffres": lecture.figures_as_of(),
        },
    )


@require_GET
def expertise(request: HttpRequest, slug: str) -> HttpResponse:
    """One expertise: where it is held, by whom, and where it is not."""
    row = get_expertise(request.user, slug)
    asked = asked_for(request)
    etendue = Etendue(find_territoire(asked["territoire"]))
    return render(
        request,
        "couverture/expertise.html",
        {
            **presentation.one(request.user, row, etendue, asked),
            "expertise": row,
            "etendue": etendue,
            "demande": asked,
            "territoires": territoires_by_region(),
            "date_chiffres": lecture.figures_as_of(),
        },
    )


@require_GET
def region(request: HttpRequest, code: str) -> HttpResponse:
    """A région, as a sheet that is printed and handed on."""
    territoire = get_region(request.user, code)
    return render(
        request,
        "couverture/region.html",
        {
            **presentation.region(request.user, territoire),
            "region": territoire,
            "date_chiffres": lecture.figures_as_of(),
        },
    )
