"""The only way from an address to what is shown of the coverage, which is for agents of the State."""

from django.http import Http404

from annuaire.access import require_directory
from annuaire.models import Agent, Expertise, Territoire


def get_expertise(agent: Agent, slug: str) -> Expertise:
    """An entry of the vocabulary, or 404. `PermissionDenied` for a partner of labs."""
    require_directory(agent)
    found = Expertise.objects.filter(slug=slug).first()
    if found is None:
        raise Http404("Cette expertise n’est pas, ou plus, dans le vocabulaire.")
    return found


def get_region(agent: Agent, code: str) -> Territoire:
    """A région, or 404. `PermissionDenied` for a partner of labs."""
    require_directory(agent)
    found = Territoire.objects.filter(code=code, genre=Territoire.Genre.REGION).first()
    if found is None:
        raise Http404("Cette région n’existe pas.")
    return found


def find_territoire(code: str) -> Territoire | None:
    """What an address names, with its région; None for the whole country, and for what does not exist. One query."""
    return (
        Territoire.objects.filter(code=code)
        .exclude(genre=Territoire.Genre.NATIONAL)
        .select_related("parent")
        .first()
        if code
        else None
    )


def region_of(agent: Agent) -> Territoire | None:
    """The région in which somebody works, if it is known."""
    where = agent.territoire
    if where is not None and where.genre == Territoire.Genre.DEPARTEMENT:
        where = where.parent
    return where if where is not None and where.genre == Territoire.Genre.REGION else None
