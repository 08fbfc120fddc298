"""The only way from an address to the page of a service, and which services one finds."""

from django.db.models import Q, QuerySet, Value
from django.http import Http404

from annuaire.access import require_directory
from annuaire.models import Agent, AgentQuerySet, Service, WithoutAccents

# Words of a question: beyond, they find nothing that the first did not.
MOTS_MAX = 8


def get_service(agent: Agent, pk: int) -> Service:
    """A service, with its kind, its territory and its box of the chart; `PermissionDenied` for a partner of labs, or
    404."""
    require_directory(agent)
    found = (
        Service.objects.select_related("type", "territoire__parent", "entite__parent__service")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Http404("Ce service n’existe pas.")
    return found


def people_of(service: Service) -> AgentQuerySet:
    """The open accounts of those who work there. For a caller that `get_service` let in."""
    people: AgentQuerySet = Agent.objects.active().filter(service=service, partenaire=False)
    return people


def find_services(
    agent: Agent, *, mots: str = "", territoire: str = "", genre: str = ""
) -> "QuerySet[Service]":
    """Those of a territory, a région holding its départements; of one kind; whose name, kind or town holds `mots`, accents
    and case apart. `PermissionDenied` for a partner of labs."""
    require_directory(agent)
    rows = Service.objects.select_related("type", "territoire__parent").alias(
        nom_nu=WithoutAccents("nom"), genre_nu=WithoutAccents("type__nom"), ville_nue=WithoutAccents("ville")
    )
    if territoire and territoire != "FR":
        rows = rows.filter(Q(territoire=territoire) | Q(territoire__parent=territoire))
    if genre:
        rows = rows.filter(type__sigle=genre)
    for mot in mots.split()[:MOTS_MAX]:
        sought = WithoutAccents(Value(mot))
        rows = rows.filter(
            Q(nom_nu__contains=sought) | Q(genre_nu__contains=sought) | Q(ville_nue__contains=sought)
        )
    return rows
