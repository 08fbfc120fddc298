"""What the pages of meetings show."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count
from django.utils import formats, timezone

from annuaire.models import Agent
from annuaire.notifications.horaires import METROPOLE, zone_of
from annuaire.notifications.preferences import clock_of
from communautes.access import can_read, can_write
from communautes.models import Communaute
from communautes.presentation import community_context
from realtime.access import member_salons
from realtime.models import Salon
from realtime.reunions.access import can_see_serie, is_over, participant_of, prepares
from realtime.reunions.access_suites import previous_reunion
from realtime.reunions.actions.points import may_edit
from realtime.reunions.conflits import busy_among
from realtime.reunions.horaires import local, same_clock, say_day, say_duration, say_hour, say_hours_by_zone
from realtime.reunions.models import Convive, DocumentReunion, Participant, PieceReunion, Reunion
from realtime.reunions.rythme import say_rhythm

PEOPLE_SHOWN = 12
CHANGES_SHOWN = 5


@dataclass(frozen=True)
class Moment:
    """When a meeting is, for one reader: their own clock first, the meeting's own when it differs."""

    jour: str
    heures: str
    ailleurs: str
    iso: str
    jour_court: int
    mois_court: str


def moment_of(what: Any, fuseau: str, zones: Iterable[str] = ()) -> Moment:
    """`what` (a meeting, a slot) by the clock `fuseau`; `zones`: other clocks that matter, said if they differ."""
    start = local(what.debut, fuseau)
    end = local(what.debut + timedelta(minutes=what.duree_minutes), fuseau)
    others = [zone for zone in (what.fuseau, *zones) if not same_clock(what.debut, zone, fuseau)]
    return Moment(
        jour=say_day(start, year=start.year != timezone.localdate().year).capitalize(),
        heures=f"de {say_hour(start)} à {say_hour(end)}",
        ailleurs=say_hours_by_zone(what.debut, [fuseau, *others]) if others else "",
        iso=what.debut.isoformat(),
        jour_court=start.day,
        mois_court=formats.date_format(start, "b"),
    )


def page_layout(agent: Agent, communaute: Communaute | None) -> dict[str, Any]:
    """The banner of the community if there is one that `agent` may read, else none: `cadre` is what to extend."""
    if communaute is None or not can_read(agent, communaute):
        return {"cadre": "reunions/_cadre.html", "communaute": None, "peut_animer": False}
    return {
        "cadre": "communautes/base_communaute.html",
        **community_context(agent, communaute, "reunions"),
    }


def reunion_context(agent: Agent, reunion: Reunion) -> dict[str, Any]:
    """What the page of a meeting shows before it begins. About a dozen queries, whatever its size."""
    layout = page_layout(agent, reunion.communaute)
    mine = participant_of(agent, reunion)
    is_theirs = prepares(agent, reunion)
    may_write = reunion.communaute is None or can_write(agent, reunion.communaute)
    open_ = reunion.etat in (Reunion.Etat.BROUILLON, Reunion.Etat.PLANIFIEE)
    may_prepare = is_theirs and may_write and open_
    fuseau = clock_of(agent)
    points = list(reunion.points.select_related("responsable", "propose_par"))
    documents = list(
        reunion.documents.select_related("document__version_courante", "point").filter(
            document__retire_le__isnull=True
        )
    )
    # Documents are for those who read the community: an invitation to one meeting opens no file.
    reads = layout["communaute"] is not None
    # Between agents, files are for all who are invited.
    pieces = list(reunion.pieces.select_related("document")) if reunion.communaute is None else []
    by_point: dict[int | None, list[DocumentReunion | PieceReunion]] = {}
    for row in documents if reads else pieces:
        by_point.setdefault(row.point_id, []).append(row)
    for point in points:
        point.pieces = by_point.get(point.pk, [])
        point.modifiable = open_ and may_write and may_edit(agent, point, prepares=may_prepare)
    counts = dict(reunion.participants.present().values_list("reponse").annotate(Count("pk")))
    people = people_of(reunion)
    busy = (
        busy_among(
            [row.agent_id for row in people if row.agent_id],
            reunion.debut,
            reunion.duree_minutes,
            sauf=reunion.pk,
        )
        if may_prepare
        else busy_among([agent.pk], reunion.debut, reunion.duree_minutes, sauf=reunion.pk)
        if mine is not None and open_
        else set()
    )
    for row in people:
        row.occupe = row.agent_id in busy
    kept = [point for point in points if point.retenu]
    planned = sum(point.minutes or 0 for point in kept)
    member = reunion.communaute is not None and layout.get("adhesion") is not None
    return {
        **layout,
        "reunion": reunion,
        "moi": mine,
        "moment": moment_of(reunion, fuseau, _zones_of(reunion)),
        "duree": say_duration(reunion.duree_minutes),
        "precedente": previous_reunion(agent, reunion),
        "rythme": say_rhythm(reunion.serie) if reunion.serie is not None else "",
        "voit_serie": reunion.serie is not None and can_see_serie(agent, reunion.serie),
        "points": kept,
        "proposes": [point for point in points if not point.retenu],
        "peut_joindre": may_prepare and (reads or reunion.communaute is None),
        "minutes_prevues": say_duration(planned) if planned else "",
        "minutes_depassees": planned > reunion.duree_minutes,
        "documents": by_point.get(None, []),
        "convives": people,
        "nb_convives": sum(counts.values()),
        "reponses": [(label, counts.get(value, 0), value) for value, label in Convive.Reponse.choices],
        "peut_preparer": may_prepare,
        "peut_refaire": is_theirs and may_write,
        "peut_proposer": open_ and may_write and (mine is not None or member),
        "peut_repondre": open_
        and reunion.etat != Reunion.Etat.BROUILLON
        and not is_over(reunion)
        and (mine is not None or member),
        "occupe": mine is not None and agent.pk in busy,
        "passee": is_over(reunion),
        "changements": list(reunion.changements.select_related("auteur")[:CHANGES_SHOWN]),
        # The salon is for members: others are not offered a door that is closed to them.
        "salon": salon_of(agent, reunion) if member else None,
    }


def salon_of(agent: Agent, reunion: Reunion) -> Salon | None:
    """Where a meeting of a community is prepared: the salon it was planned from if `agent` is in it, else the first."""
    mine = member_salons(agent).order_by("pk")
    found = mine.filter(pk=reunion.salon_id).first() if reunion.salon_id else None
    return found or mine.public().filter(communaute=reunion.communaute).first()


def people_of(reunion: Reunion) -> list[Participant]:
    """Those invited, who runs the meeting first, then by what they answered; `PEOPLE_SHOWN` at most."""
    order = {Convive.Role.ANIMATEUR: 0, Convive.Role.SECRETAIRE: 1}
    rows = (
        reunion.participants.present()
        .select_related("agent__service", "agent__territoire")
        .order_by("reponse", "pk")
    )
    run = list(rows.filter(role__in=order))
    others = list(rows.exclude(role__in=order)[:PEOPLE_SHOWN])
    return sorted(run, key=lambda row: order[Convive.Role(row.role)]) + others


@dataclass(frozen=True)
class Semaine:
    """The meetings of one week, as a list shows them."""

    titre: str
    reunions: list[Any]


def by_week(rows: Sequence[Any], fuseau: str) -> list[Semaine]:
    """Participations with their meeting, grouped by the week that the reader's clock puts them in; same order."""
    today = local(timezone.now(), fuseau).date()
    found: dict[date, list[Any]] = {}
    for row in rows:
        day = local(row.reunion.debut, fuseau).date()
        row.moment = moment_of(row.reunion, fuseau)
        found.setdefault(day - timedelta(days=day.weekday()), []).append(row)
    return [Semaine(_week_name(monday, today), group) for monday, group in found.items()]


def _week_name(monday: date, today: date) -> str:
    weeks = (monday - (today - timedelta(days=today.weekday()))).days // 7
    names = {0: "Cette semaine", 1: "La semaine prochaine", -1: "La semaine dernière"}
    if weeks in names:
        return names[weeks]
    day = datetime.combine(monday, datetime.min.time())
    return f"Semaine du {say_day(day, weekday=False, year=monday.year != today.year)}"


def _zones_of(reunion: Reunion) -> list[str]:
    """The clocks of those invited, the most numerous first. One query, on territories."""
    rows = (
        reunion.participants.present()
        .filter(agent__isnull=False)
        .exclude(reponse=Convive.Reponse.REFUSE)
        .values_list("agent__reglage__fuseau", "agent__territoire")
        .annotate(combien=Count("pk"))
        .order_by("-combien")
    )
    zones: dict[str, int] = {}
    for chosen, territoire, count in rows:
        zone = chosen or zone_of(territoire) or METROPOLE
        zones[zone] = zones.get(zone, 0) + count
    return sorted(zones, key=lambda zone: -zones[zone])
