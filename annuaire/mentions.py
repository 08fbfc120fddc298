"""From handles to the people they name."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Concat
from django.utils.text import slugify

from annuaire.models import Agent, WithoutAccents
from plateforme.socle.texte import Mention, extract_mentions, render_markdown

# No name that somebody types is longer.
MAX_TYPED = 120
MOST_NAMED = 300
_SEPARATORS = re.compile(r"[\n,;]+")
_HANDLE = re.compile(r"@([a-z0-9][a-z0-9-]*)", re.IGNORECASE)


@dataclass
class Nommees:
    """Whom a text names, and what of it names nobody."""

    agents: list[Agent] = field(default_factory=list)
    inconnus: list[str] = field(default_factory=list)


def named_in(texte: str, auteur: Agent) -> Nommees:
    """The people named in `texte`, one a line or after a comma, among those that `auteur` may see. One query."""
    parts = [part.strip().lstrip("@").strip() for part in _SEPARATORS.split(texte)]
    parts = [part for part in dict.fromkeys(parts) if part][:MOST_NAMED]
    if not parts:
        return Nommees()
    handles = {part: slugify(part) for part in parts if "@" not in part}
    emails = [part.lower() for part in parts if "@" in part]
    rows = (
        Agent.objects.visible_to(auteur)
        .with_place()
        .filter(Q(identifiant__in=handles.values()) | Q(email__in=emails))
    )
    by_handle = {row.identifiant: row for row in rows}
    by_email = {row.email.lower(): row for row in rows}
    found = Nommees()
    for part in parts:
        agent = by_email.get(part.lower()) if "@" in part else by_handle.get(handles[part])
        if agent is None:
            found.inconnus.append(part)
        elif agent not in found.agents:
            found.agents.append(agent)
    return found


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


def find_named(people: "QuerySet[Agent]", typed: str) -> list[Agent]:
    """Those of `people` whom a field names: by the handle in it, else by handle or whole name, accents and case aside.

    By handle, a few: one when nobody else has the name.
    """
    typed = " ".join(typed[:MAX_TYPED].split())
    handle = _HANDLE.search(typed)
    people = people.select_related("service", "territoire")
    if handle is not None:
        return list(people.filter(identifiant=handle[1].lower())[:1])
    whole = WithoutAccents(Concat("prenom", Value(" "), "nom"))
    rows = people.annotate(nom_entier=whole).filter(
        Q(nom_entier=WithoutAccents(Value(typed))) | Q(identifiant=typed.lower())
    )
    return list(rows.order_by("identifiant")[:4])


def render_naming(source: str) -> str:
    """The HTML of a text that may name any open account; empty for none. One query at most."""
    return str(render_markdown(source, mentions=resolve_mentions(extract_mentions(source)))) if source else ""


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
