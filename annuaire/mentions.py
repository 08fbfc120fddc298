"""From handles to the people they name."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils.text import slugify

from annuaire.models import Agent, WithoutAccents
from plateforme.socle.texte import Mention


def resolve_mentions(handles: Iterable[str], parmi: "QuerySet[Agent] | None" = None) -> dict[str, Mention]:
    """The mentions that name an open account (one of `parmi`), ready for `render_markdown`.

    One query, none for no handle.
    """
    handles = list(handles)
    if not handles:
        return {}
    return {
        agent.identifiant: Mention(url=agent.get_absolute_url(), nom=agent.nom_complet)
        for agent in (Agent.objects.active() if parmi is None else parmi).filter(identifiant__in=handles)
    }


def starting(people: "QuerySet[Agent]", typed: str) -> "QuerySet[Agent]":
    """Those of `people` whose first name, name or handle starts as `typed`, by name; accents and case do not count.

    All of them when nothing is typed, none when it holds no letter. On indexes of beginnings.
    """
    handle = slugify(typed)
    rows = people.select_related("service", "territoire").order_by("nom", "prenom", "pk").distinct()
    if not handle:
        return rows if not typed else rows.none()
    names = {handle, handle.replace("-", " ")}
    rows = rows.annotate(nom_nu=WithoutAccents("nom"))
    condition = Q(identifiant__startswith=handle)
    for name in names:
        condition |= Q(nom_nu__startswith=name)
    return rows.filter(condition)
