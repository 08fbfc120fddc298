"""From what one types to the people it names: handles, e-mails, whole names."""

import re
from dataclasses import dataclass, field
from typing import TypedDict

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import BooleanField, Exists, OuterRef, Q, QuerySet, Value
from django.utils.text import slugify

from annuaire.models import Agent, WithoutAccents
from communautes.models import Adhesion, Communaute
from realtime.reunions.actions import Exterieur

SHOWN = 8
MAX_TYPED = 60
MOST_NAMED = 300
_SEPARATORS = re.compile(r"[\n,;]+")
_WITH_NAME = re.compile(r"([^<>]{0,120})<([^<>\s]{3,254})>")


class Proposition(TypedDict):
    """One line of the list under the field."""

    identifiant: str
    nom: str
    lieu: str
    avatar: str


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


def guests_in(texte: str) -> tuple[list[Exterieur], list[str]]:
    """People outside named as « Prénom Nom <adresse> » or by an address alone; also what is no address."""
    people, wrong = [], []
    for part in _SEPARATORS.split(texte):
        part = part.strip()
        if not part:
            continue
        match = _WITH_NAME.fullmatch(part)
        name, address = (match[1].strip(' "'), match[2]) if match else ("", part)
        try:
            validate_email(address)
        except ValidationError:
            wrong.append(part[:80])
        else:
            people.append(Exterieur(address, name))
    return people, wrong


def suggest_people(agent: Agent, typed: str, communaute: Communaute | None) -> QuerySet[Agent]:
    """People whose name, first name or handle begins as `typed`, members of `communaute` first; `SHOWN` at most.

    Those that `agent` may see; partners only among the members of a lab. Each condition is on an index of beginnings.
    """
    handle = slugify(typed[:MAX_TYPED])
    people = Agent.objects.visible_to(agent).exclude(pk=agent.pk)
    if not handle:
        return people.none()
    member = (
        Exists(Adhesion.objects.filter(communaute=communaute, agent=OuterRef("pk")))
        if communaute is not None
        else Value(False, output_field=BooleanField())
    )
    people = people.annotate(membre=member, nom_nu=WithoutAccents("nom"))
    lab = communaute is not None and communaute.est_laboratoire
    people = people.filter(Q(partenaire=False) | Q(membre=True) if lab else Q(partenaire=False))
    starts = Q(identifiant__startswith=handle)
    for name in {handle, handle.replace("-", " ")}:
        starts |= Q(nom_nu__startswith=name)
    return people.filter(starts).with_place().order_by("-membre", "nom", "prenom", "pk").distinct()[:SHOWN]
