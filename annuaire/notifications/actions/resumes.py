"""Digests: who is due, what they hold, and that each leaves once."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.courriels import build_digest
from annuaire.notifications.genres import Frequence, Genre, Voie
from annuaire.notifications.horaires import FUSEAU_DU_TERRITOIRE, FUSEAUX, METROPOLE, zone_of
from annuaire.notifications.models import Notification, Reglage, Resume
from annuaire.notifications.preferences import from_row
from annuaire.notifications.presentation import group
from annuaire.notifications.sources import Ligne, digest_lines, visible

logger = structlog.get_logger(__name__)

MOST_LINES = 10
# From 8 o'clock, and until noon if the worker was stopped: later it is for the next day.
FROM_HOUR, TO_HOUR = 8, 12
BATCH = 100
# What was told in a digest is not told again for so long.
REMEMBERED = timedelta(days=60)
RUBRIQUES = (
    (5, "On vous cite", {Genre.MENTION, Genre.SALON}),
    (8, "On vous écrit", {Genre.PRIVE}),
    (10, "On vous répond", {Genre.REPONSE, Genre.FIL, Genre.ACCEPTATION, Genre.BESOIN, Genre.RESOLU}),
    (
        15,
        "On vous attend",
        {Genre.INVITATION, Genre.DEMANDE, Genre.ADHESION, Genre.MODERATION, Genre.RAPPEL, Genre.TACHE},
    ),
    (20, "Ce qui a été décidé", {Genre.DECISION}),
)
AUTRES = (30, "Dans ce que vous suivez")


def due_agents(now: datetime) -> list[int]:
    """Whose local morning it is and who has had no digest today; in the order of their numbers."""
    found: list[int] = []
    for zone in FUSEAUX:
        local = now.astimezone(ZoneInfo(zone))
        if FROM_HOUR <= local.hour < TO_HOUR:
            found += _due_in(zone, local.date())
    return sorted(found)


def _due_in(zone: str, today: date) -> Iterable[int]:
    codes = [code for code, name in FUSEAU_DU_TERRITOIRE.items() if name == zone]
    there = Q(territoire__in=codes)
    if zone == METROPOLE:
        there = Q(territoire__isnull=True) | ~Q(territoire__in=list(FUSEAU_DU_TERRITOIRE))
    here = Q(reglage__fuseau=zone) | (there & (Q(reglage__isnull=True) | Q(reglage__fuseau="")))
    weekly = Q(reglage__isnull=True) | Q(reglage__resume=Frequence.HEBDO)
    daily = Q(reglage__resume=Frequence.QUOTIDIEN, reglage__jours__contains=[today.weekday()])
    # Of the week: on the first day that they work, which is Monday for who chose none.
    first = Q(reglage__isnull=True) if today.weekday() == 0 else Q(pk__in=[])
    first |= Q(reglage__jours__0=today.weekday())
    return (
        Agent.objects.active()
        .filter(here, daily | (weekly & first))
        .exclude(pk__in=Resume.objects.filter(jour=today).values("agent"))
        .values_list("pk", flat=True)
    )


def send_digests(agent_ids: Iterable[int]) -> int:
    """Send the digest of each, if they have one; returns how many left. For the worker.

    Each in its own transaction, which begins by writing the day's row: of two workers one goes on. If the
    mail server refuses, the row goes with the rest, and the next hour tries again.
    """
    sent = 0
    for agent in Agent.objects.active().with_place().filter(pk__in=list(agent_ids)):
        try:
            sent += send_digest(agent)
        except Exception:
            logger.warning("digest_failed", agent=agent.pk, exc_info=True)
    return sent


@transaction.atomic
def send_digest(agent: Agent) -> bool:
    """Send today's digest of `agent` unless it left already, or there is nothing to say."""
    now = timezone.now()
    row = Reglage.objects.filter(agent=agent).first()
    preferences = from_row(agent, row)
    if preferences.resume is Frequence.JAMAIS:
        return False
    zone = row.fuseau if row is not None and row.fuseau else zone_of(agent.territoire_id)
    resume, created = Resume.objects.get_or_create(agent=agent, jour=now.astimezone(ZoneInfo(zone)).date())
    if not created:
        return False
    days = 1 if preferences.resume is Frequence.QUOTIDIEN else 7
    told = _unread(agent, now - timedelta(days=days + 2))
    lines = choose(agent, [*_lines(told), *digest_lines(agent)], now)
    if not lines:
        return False
    build_digest(agent, lines, "du jour" if days == 1 else "de la semaine").send()
    resume.cles, resume.envoye_le = [line.cle for line in lines], now
    resume.save(update_fields=["cles", "envoye_le"])
    shown = {line.cle for line in lines}
    Notification.objects.filter(pk__in=[row.pk for row in told if (row.fil or row.cle) in shown]).update(
        envoye_le=now, courriel_prevu_le=None
    )
    return True


def choose(agent: Agent, lines: Iterable[Ligne], now: datetime) -> list[Ligne]:
    """The ten that come first, without what an earlier digest told, each thing once."""
    before: set[str] = set()
    for keys in Resume.objects.filter(agent=agent, envoye_le__gt=now - REMEMBERED).values_list(
        "cles", flat=True
    ):
        before |= set(keys)
    chosen: dict[str, Ligne] = {}
    for line in sorted(lines, key=lambda line: line.rang):
        if not (line.une_fois and line.cle in before):
            chosen.setdefault(line.cle, line)
    return list(chosen.values())[:MOST_LINES]


def _unread(agent: Agent, since: datetime) -> list[Notification]:
    """What was told and neither read, nor mailed, nor about to be; what one may still see of it."""
    rows = list(
        Notification.objects.unread()
        .filter(destinataire=agent, cree_le__gt=since, envoye_le__isnull=True, courriel_prevu_le__isnull=True)
        .exclude(voie=Voie.RIEN)
        .select_related("acteur")
        .order_by("-pk")[:200]
    )
    return visible(agent, rows)


def _lines(told: list[Notification]) -> Iterable[Ligne]:
    for found in group(told):
        last = found.derniere
        rang, rubrique = next(
            ((rang, name) for rang, name, genres in RUBRIQUES if last.genre in genres), AUTRES
        )
        yield Ligne(
            rang=rang,
            cle=last.fil or last.cle,
            rubrique=rubrique,
            titre=found.titre,
            url=found.url,
            detail=last.extrait[:140] if found.nombre == 1 else "",
            une_fois=False,
        )
