"""Telling people: whoever is to hear of an event, by the one decision of `decision.decide`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.decision import Decision, decide
from annuaire.notifications.genres import Genre, Niveau, Voie
from annuaire.notifications.models import Appareil, Notification
from annuaire.notifications.preferences import preferences_of, rythme
from annuaire.notifications.sources import is_known
from plateforme.socle.diffusion import publish_all_on_commit
from plateforme.socle.typographie import tidy_title

BATCH = 500


@dataclass(frozen=True)
class Annonce:
    """What is told. `cle` names the event (`message.12`): nobody is told twice under the same one.

    `fil` names the conversation it belongs to (`sujet.7`), `intitule` its title, `rang` its place there.
    `niveaux`: each recipient's level for that conversation, by primary key; absent, the level says nothing.
    `sans_courriel`: the caller writes an e-mail of its own, whatever they chose.
    """

    genre: Genre
    cle: str
    titre: str
    url: str
    extrait: str = ""
    acteur: Agent | None = None
    fil: str = ""
    intitule: str = ""
    rang: int | None = None
    niveaux: Mapping[int, Niveau | str] = field(default_factory=dict)
    sans_courriel: bool = False


@transaction.atomic
def notify(destinataires: Iterable[Agent], annonce: Annonce) -> list[Notification]:
    """Tell `destinataires`, the actor and closed accounts excepted; return what was new.

    The caller has checked that each may see what is told; it is checked again before an e-mail leaves. Called
    again for the same event, tells nobody twice: the database holds that, so a job that runs twice is
    harmless. A handful of queries for each `BATCH` people, whatever their number. Raises `LookupError` for a
    kind of thing that no `Source` answers for: nobody could check again.
    """
    from annuaire.notifications.tasks import push, send_due

    if not is_known(annonce.cle, annonce.fil):
        raise LookupError(f"register a source for what is told as {annonce.cle!r}")
    people = {agent.pk: agent for agent in destinataires if agent.is_active and agent != annonce.acteur}
    told: list[Notification] = []
    to_push: list[int] = []
    for group in _batches(list(people.values())):
        created, pushed = _tell(group, annonce)
        told += created
        to_push += pushed
    publish_all_on_commit(
        (
            f"agent.{row.destinataire_id}",
            {"type": "notification", "id": row.pk, "titre": row.titre, "url": row.url},
        )
        for row in told
    )
    if any(row.courriel_prevu_le is not None for row in told):
        delai = rythme().delai
        (
            send_due.configure(schedule_in={"seconds": int(delai.total_seconds())}) if delai else send_due
        ).defer()
    if to_push:
        push.defer(ids=to_push)
    return told


@transaction.atomic
def take_back(cle: str) -> int:
    """Take back what was told of an event that is no longer so, from those who have not read it; returns how many.

    Told again later under the same key, they hear of it again. An e-mail that waits does not leave.
    """
    unread = Notification.objects.filter(cle=cle, lue_le__isnull=True)
    people = set(unread.values_list("destinataire", flat=True))
    unread.delete()
    publish_all_on_commit((f"agent.{pk}", {"type": "notifications.lues"}) for pk in people)
    return len(people)


def _batches(agents: list[Agent]) -> Iterable[list[Agent]]:
    return (agents[start : start + BATCH] for start in range(0, len(agents), BATCH))


def _tell(agents: list[Agent], annonce: Annonce) -> tuple[list[Notification], list[int]]:
    """One batch: what was new, and the primary keys of what browsers are to show."""
    now = timezone.now()
    decisions = _decisions(agents, annonce, now)
    already = set(
        Notification.objects.filter(destinataire__in=decisions, cle=annonce.cle).values_list(
            "destinataire", flat=True
        )
    )
    rows = [
        Notification(
            destinataire_id=pk,
            acteur=annonce.acteur,
            genre=annonce.genre,
            cle=annonce.cle,
            titre=tidy_title(annonce.titre)[:250],
            extrait=annonce.extrait[:300],
            url=annonce.url,
            fil=annonce.fil,
            rang=annonce.rang,
            intitule=annonce.intitule[:200],
            voie=decision.voie,
            courriel_prevu_le=None if annonce.sans_courriel else decision.courriel_le,
        )
        for pk, decision in decisions.items()
        if pk not in already
    ]
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    # Read again: of two jobs that tell the same event at once, each row is one's or the other's.
    told = list(
        Notification.objects.filter(destinataire__in=[row.destinataire_id for row in rows], cle=annonce.cle)
    )
    devices = set(
        Appareil.objects.filter(
            agent__in=[row.destinataire_id for row in told if decisions[row.destinataire_id].pousser]
        ).values_list("agent", flat=True)
    )
    return told, [row.pk for row in told if row.destinataire_id in devices]


def _decisions(agents: list[Agent], annonce: Annonce, now: datetime) -> dict[int, Decision]:
    """How each is told, for those who are."""
    preferences = preferences_of(agents)
    last: dict[int, datetime] = {}
    if annonce.fil:
        last = dict(
            Notification.objects.filter(
                fil=annonce.fil, destinataire__in=preferences, envoye_le__gt=now - rythme().espacement
            )
            .values_list("destinataire")
            .annotate(Max("envoye_le"))
        )
    found = {}
    for pk, chosen in preferences.items():
        level = annonce.niveaux.get(pk)
        decision = decide(
            Genre(annonce.genre),
            chosen,
            Niveau(level) if level is not None else None,
            deja_lu=False,
            maintenant=now,
            rythme=rythme(),
            dernier_courriel=last.get(pk),
        )
        if decision.voie is not Voie.RIEN:
            found[pk] = decision
    return found
