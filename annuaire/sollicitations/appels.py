"""Whom a call reaches: those of an expertise in a territory, who take calls and have room."""

from datetime import datetime

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from annuaire.models import Agent, DeclarationExpertise, Expertise, Territoire
from annuaire.sollicitations.charge import loads, with_room

# Notions are not enough to be called.
NIVEAU_MIN = DeclarationExpertise.Niveau.PRATIQUE


def within(territoire: Territoire | None) -> Q:
    """People of a territory: it, what is inside of it, and those who say that they cover it. None, or the whole country:
    everybody."""
    if territoire is None or territoire.genre == Territoire.Genre.NATIONAL:
        return Q()
    here = Q(territoire=territoire) | Q(profil__territoires=territoire)
    if territoire.genre == Territoire.Genre.REGION:
        here |= Q(territoire__parent=territoire)
    return here


def reached_by_call(
    demandeur: Agent, expertise: Expertise, territoire: Territoire | None, now: datetime | None = None
) -> "QuerySet[Agent]":
    """Those whom a call reaches, the most expert then the least asked of first, `appel_personnes` at most."""
    now = now or timezone.now()
    declared = DeclarationExpertise.objects.filter(
        expertise=expertise, niveau__gte=NIVEAU_MIN, agent__is_active=True
    )
    rows = (
        Agent.objects.active()
        .filter(partenaire=False, declarations__in=declared)
        .filter(pk__in=Agent.objects.filter(within(territoire)).values("pk"))
        .exclude(pk=demandeur.pk)
        .exclude(disponibilite=Agent.Disponibilite.NON)
        .exclude(capacite__appels=False)
    )
    chosen: QuerySet[Agent] = (
        loads(rows, now)
        .filter(with_room())
        .annotate(niveau_appel=F("declarations__niveau"))
        .order_by("-niveau_appel", F("recues").asc(nulls_first=True), "pk")
    )
    return chosen[: settings.SOLLICITATIONS["appel_personnes"]]
