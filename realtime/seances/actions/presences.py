"""Who attends: from the page, corrected by hand."""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from annuaire.models import Agent
from annuaire.presence.lecture import choice_of
from communautes.suites.redaction import one_line
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.journal import record
from realtime.reunions.models import Participant
from realtime.seances.access import can_take_part, require_lead
from realtime.seances.actions.commun import locked, tell
from realtime.seances.models import Assistance, Seance
from realtime.seances.models.paroles import ORGANISATION_MAX
from realtime.seances.preuves import refresh_evidence

# A page that stays open says so each minute; what comes sooner writes nothing.
BEAT = 30  # seconds
# A page that has said nothing for so long is closed.
GONE = timedelta(minutes=3)


@transaction.atomic
def note_presence(agent: Agent, seance: Seance, *, declaree: bool = False) -> None:
    """Note that `agent` is on the page of a meeting that is on; nothing for who only reads, nor once it is over.

    Who is invisible is noted only if they say so (`declaree`), and as long as they then stay. Everybody is told of an arrival only. Takes the row of the person, not that of the meeting, save then.
    """
    if seance.levee or not can_take_part(agent, seance.reunion):
        return
    now = timezone.now()
    if not declaree and choice_of(agent, now).invisible and not is_noted(agent, seance, now):
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO seances_assistance (seance_id, agent_id, arrivee_le, vu_le, correction)"
            " VALUES (%s, %s, %s, %s, '') ON CONFLICT (seance_id, agent_id) DO UPDATE"
            " SET vu_le = greatest(seances_assistance.vu_le, excluded.vu_le),"
            " arrivee_le = coalesce(seances_assistance.arrivee_le, excluded.arrivee_le)"
            " WHERE seances_assistance.vu_le IS NULL"
            " OR seances_assistance.vu_le < excluded.vu_le - make_interval(secs => %s)"
            " RETURNING xmax = 0",
            [seance.pk, agent.pk, now, now, BEAT],
        )
        row = cursor.fetchone()
    if row is not None and row[0]:
        current = locked(seance)
        if not current.levee:
            tell(current, "presence")


def is_noted(agent: Agent, seance: Seance, now: datetime | None = None) -> bool:
    """Whether the page of this meeting saw `agent` a moment ago. One query."""
    since = (now or timezone.now()) - GONE
    return seance.assistances.filter(agent=agent, vu_le__gt=since).exists()


@transaction.atomic
def correct_attendance(
    auteur: Agent,
    seance: Seance,
    correction: str,
    *,
    agent: Agent | None = None,
    exterieur: Participant | None = None,
    organisation: str = "",
) -> None:
    """Say by hand whether somebody attends; `""`: back to what the page saw. Animateurs and secretaries, also after
    the end: minutes are written then. Somebody outside must be invited to this meeting; `organisation` is whom they come for. Raises `ActionRefusee` for an
    agent who could not take part."""
    current = locked(seance)
    require_lead(auteur, current.reunion)
    wanted = Assistance.Correction(correction) if correction else ""
    assert (agent is None) != (exterieur is None)
    organisation = one_line(organisation)
    if len(organisation) > ORGANISATION_MAX:
        raise ActionRefusee(f"Le nom de l’organisation compte {ORGANISATION_MAX} caractères au plus.")
    known = current.assistances.filter(agent=agent).exists()
    if agent is not None and not known and not can_take_part(agent, current.reunion):
        raise ActionRefusee(f"{agent.nom_complet} ne peut pas participer à cette réunion.")
    Assistance.objects.update_or_create(
        seance=current,
        agent=agent,
        exterieur=exterieur,
        defaults={
            "correction": wanted,
            "corrige_par": auteur,
            "organisation": organisation if exterieur is not None else "",
        },
    )
    record(
        auteur,
        "seance.attendance",
        current.reunion,
        correction=str(wanted),
        agent=agent.pk if agent else None,
        exterieur=exterieur.pk if exterieur else None,
    )
    tell(current, "presence")
    refresh_evidence([current.pk])
