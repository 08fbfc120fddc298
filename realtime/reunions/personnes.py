"""From what one types to the people it names: handles, e-mails, whole names."""

import re
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
_SEPARATORS = re.compile(r"[\n,;]+")
_WITH_NAME = re.compile(r"([^<>]{0,120})<([^<>\s]{3,254})>")


class Proposition(TypedDict):
    """One line of the list under the field."""

    identifiant: str
    nom: str
    lieu: str
    avatar: str


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
