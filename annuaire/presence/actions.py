"""What people choose to show. The journal holds their preferences and not their states: it would be a record of when each
is there."""

from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from annuaire.models import Agent
from annuaire.presence.durees import LONGEST
from annuaire.presence.lecture import Choix, Etat
from annuaire.presence.models import MESSAGE_MAX, EtatPresence
from plateforme.socle.diffusion import publish_all_on_commit
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.journal import record
from plateforme.socle.limites import check_limit

# States ended in one transaction.
BATCH = 500


@transaction.atomic
def choose_state(agent: Agent, etat: str, *, jusqu_a: datetime | None = None, message: str = "") -> Choix:
    """Show this state from now on, until `jusqu_a` if it is given; `message` is one line that goes with it.

    One's own only. Chosen twice, it is chosen once. Raises `ActionRefusee`.
    """
    check_limit("presence", agent.pk)
    now = timezone.now()
    message = " ".join(message.split())
    if etat not in Etat.values:
        raise ActionRefusee("Choisissez un état de la liste.", champ="etat")
    if len(message) > MESSAGE_MAX:
        raise ActionRefusee(f"Le message compte {MESSAGE_MAX} caractères au plus.", champ="message")
    if "\0" in message:
        raise ActionRefusee(
            "Le message contient un caractère qui ne peut pas être enregistré.", champ="message"
        )
    if jusqu_a is not None and not now < jusqu_a <= now + LONGEST:
        raise ActionRefusee("Choisissez une fin à venir, dans l’année.", champ="jour")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO presence_etatpresence (agent_id, etat, jusqu_a, message, version) VALUES (%s, %s, %s, %s, 1)"
            " ON CONFLICT (agent_id) DO UPDATE SET etat = excluded.etat, jusqu_a = excluded.jusqu_a,"
            " message = excluded.message, version = presence_etatpresence.version + 1 RETURNING version",
            [agent.pk, etat, jusqu_a, message],
        )
        (version,) = cursor.fetchone()
    choix = Choix(etat, jusqu_a, message, version)
    _tell({agent.pk: choix})
    return choix


@transaction.atomic
def set_preferences(agent: Agent, *, automatique: bool, montre_lectures: bool) -> None:
    """Whether the pages say that their person is absent when they do nothing for a while, and what they have read: who
    does not show it does not see that of the others either."""
    check_limit("presence", agent.pk)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO presence_etatpresence (agent_id, etat, message, automatique, montre_lectures, version)"
            " VALUES (%s, 'en_ligne', '', %s, %s, 1) ON CONFLICT (agent_id) DO UPDATE SET"
            " automatique = excluded.automatique, montre_lectures = excluded.montre_lectures,"
            " version = presence_etatpresence.version + 1",
            [agent.pk, automatique, montre_lectures],
        )
    record(
        agent, "agent.presence_preferences", agent, automatique=automatique, montre_lectures=montre_lectures
    )


@transaction.atomic
def end_states(now: datetime | None = None) -> bool:
    """Put away the states whose time is over, `BATCH` at most; returns whether there may be more. For the worker: nobody
    waits for it to see them end. What somebody chooses meanwhile is left alone."""
    now = now or timezone.now()
    rows = list(
        EtatPresence.objects.over(now).select_for_update(skip_locked=True).order_by("jusqu_a", "pk")[:BATCH]
    )
    for row in rows:
        row.etat, row.jusqu_a, row.message, row.version = Etat.EN_LIGNE, None, "", row.version + 1
    EtatPresence.objects.bulk_update(rows, ["etat", "jusqu_a", "message", "version"])
    _tell({row.pk: Choix(version=row.version) for row in rows})
    return len(rows) == BATCH


def _tell(choices: dict[int, Choix]) -> None:
    """Their own pages, at once; those of others hear of it through the live layer, which knows where they are."""
    publish_all_on_commit(
        (f"agent.{pk}", {"type": "presence.choix", **own_frame(choix)}) for pk, choix in choices.items()
    )


def own_frame(choix: Choix) -> dict[str, str | None]:
    """What the person's own pages get: also what nobody else is told."""
    return {
        "etat": str(choix.etat),
        "libelle": choix.libelle,
        "message": choix.message,
        "fin": choix.jusqu_a.isoformat() if choix.jusqu_a is not None else None,
    }
