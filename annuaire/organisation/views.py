"""Pages of services: those of a territory, and one of them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from annuaire.access import require_directory
from annuaire.forms import territoires_by_region
from annuaire.models import TypeService
from annuaire.organisation.access import find_services, get_service, people_of
from annuaire.organisation.lecture import service_context, with_people
from plateforme.socle.erreurs import TropDeDemandes
from plateforme.socle.limites import check_limit
from plateforme.socle.pagination import paginate

MAX_WORDS = 100


@require_safe
def services(request: HttpRequest) -> HttpResponse:
    """The services of a territory (`?territoire=`), of one kind (`?type=`), or that answer to a name (`?q=`)."""
    require_directory(request.user)
    mots = " ".join(_asked(request, "q", MAX_WORDS).split())
    territoire, genre = _asked(request, "territoire", 4), _asked(request, "type", 20)
    context = {
        "mots": mots,
        "territoire": territoire,
        "genre": genre,
        "territoires": territoires_by_region(),
        # The kinds of which there is one somewhere.
        "genres": TypeService.objects.filter(services__isnull=False).distinct().order_by("nom"),
        "filtree": bool(mots or territoire or genre),
    }
    if mots:
        try:
            check_limit("recherche", request.user.pk)
        except TropDeDemandes as refused:
            return render(
                request, "organisation/services.html", context | {"refus": refused.message}, status=429
            )
    found = find_services(request.user, mots=mots, territoire=territoire, genre=genre)
    context["page"] = paginate(
        with_people(found),
        ("nom", "pk"),
        apres=request.GET.get("apres", ""),
        avant=request.GET.get("avant", ""),
        size=30,
    )
    context["nombre"] = found.count()
    return render(request, "organisation/services.html", context)


@require_safe
def service(request: HttpRequest, pk: int) -> HttpResponse:
    """One service in its territory: where it is, who works there, what they know, how it is organised."""
    found = get_service(request.user, pk)
    people = people_of(found)
    context = {
        **service_context(found),
        "nombre": people.count(),
        "page": paginate(
            people.with_place(),
            ("nom", "prenom", "pk"),
            apres=request.GET.get("apres", ""),
            avant=request.GET.get("avant", ""),
            size=24,
        ),
    }
    return render(request, "organisation/service.html", context)


def _asked(request: HttpRequest, name: str, limit: int) -> str:
    """A word of the address, without what the database cannot hold."""
    return request.GET.get(name, "").replace("\x00", "")[:limit]
