"""Drafts: kept on the server as one types, so that they are found on another device."""

import json
import re
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from annuaire.models import Agent
from forum.models import Brouillon, Message
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.limites import check_limit

MAX_DRAFTS = 100
MAX_FIELDS = 60
MAX_VALUES = 100  # of one field
MAX_LENGTH = 200_000
"""Characters of all the fields of one draft, as JSON."""

KEPT = timedelta(days=180)
BATCH = 500
_KEY = re.compile(r"([a-z-]{1,30})\.[0-9]{1,18}")
KINDS = {"communaute", "sujet", "message"}
"""What drafts may be of: a new sujet, an answer, an edit; and what higher floors add (`forum.reprises`)."""
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_UNREADABLE = (
    "Ce brouillon ne peut pas être enregistré : rechargez la page. Votre texte est gardé sur cet appareil."
)
_NAME = re.compile(r"[a-z0-9_-]{1,60}")


class Enregistre(NamedTuple):
    """What a save did: the draft's version now, 0 when none is left. `conflit`: what another device wrote."""

    version: int
    modifie_le: datetime
    conflit: Brouillon | None = None
    absent: bool = False


@transaction.atomic
def save_draft(agent: Agent, cle: str, contenu: dict[str, Any], version: int) -> Enregistre:
    """Keep what `agent` has in the form `cle` (see `Brouillon`); no content removes the draft.

    `version` is the one the writer started from, 0 when they know of none. When the server has another one,
    nothing is written: `conflit` gives it, or `absent` says that it was published or removed elsewhere. The
    comparison and the write are one statement. Raises `ActionRefusee`. What a draft is about is not looked
    at: what one wrote stays one's own, even when the door has closed meanwhile.
    """
    check_limit("brouillon", agent.pk)
    if not is_draft_key(cle):
        raise ActionRefusee(_UNREADABLE)
    encoded = _encode(contenu)
    now = timezone.now()
    mine = Brouillon.objects.filter(agent=agent, cle=cle)
    if not contenu:
        removed, _ = mine.filter(version=version).delete()
        left = None if removed else mine.first()
        return Enregistre(0, now, conflit=left)
    with connection.cursor() as cursor:
        if version:
            cursor.execute(
                "UPDATE forum_brouillon SET contenu = %s::jsonb, version = version + 1, modifie_le = %s"
                " WHERE agent_id = %s AND cle = %s AND version = %s RETURNING version",
                [encoded, now, agent.pk, cle, version],
            )
        else:
            if _just_published(agent, contenu):
                return Enregistre(0, now, absent=True)
            if len(Brouillon.objects.filter(agent=agent).values_list("pk")[:MAX_DRAFTS]) >= MAX_DRAFTS:
                raise ActionRefusee(
                    f"Vous avez {MAX_DRAFTS} brouillons, le plus que l’on puisse garder ici : supprimez-en depuis "
                    "« Mes brouillons ». Celui-ci est gardé sur cet appareil."
                )
            cursor.execute(
                "INSERT INTO forum_brouillon (agent_id, cle, contenu, version, modifie_le)"
                " VALUES (%s, %s, %s::jsonb, 1, %s) ON CONFLICT (agent_id, cle) DO NOTHING RETURNING version",
                [agent.pk, cle, encoded, now],
            )
        row = cursor.fetchone()
    if row is not None:
        return Enregistre(row[0], now)
    other = mine.first()
    return Enregistre(other.version if other else 0, now, conflit=other, absent=other is None)


def delete_draft(agent: Agent, cle: str) -> None:
    """Remove a draft, in the caller's transaction: published, or thrown away. Harmless when there is none."""
    if is_draft_key(cle):
        Brouillon.objects.filter(agent=agent, cle=cle).delete()


def remove_old_drafts() -> int:
    """Remove the drafts not touched for `KEPT`. For the worker, by batches; returns how many."""
    limit, removed = timezone.now() - KEPT, 0
    while True:
        batch = list(Brouillon.objects.filter(modifie_le__lt=limit).values_list("pk", flat=True)[:BATCH])
        removed += Brouillon.objects.filter(pk__in=batch, modifie_le__lt=limit).delete()[0]
        if len(batch) < BATCH:
            return removed


def is_draft_key(cle: str) -> bool:
    found = _KEY.fullmatch(cle)
    return found is not None and found[1] in KINDS


def _encode(contenu: dict[str, Any]) -> str:
    """The content as JSON that PostgreSQL takes: names of fields to texts, or to lists of texts."""
    if len(contenu) > MAX_FIELDS or not all(_NAME.fullmatch(name) for name in contenu):
        raise ActionRefusee(_UNREADABLE)
    encoded = json.dumps({name: _clean(value) for name, value in contenu.items()}, ensure_ascii=False)
    if len(encoded) > MAX_LENGTH:
        raise ActionRefusee(
            "Ce brouillon est trop long pour être gardé sur le serveur : il l’est sur cet appareil."
        )
    return encoded


def _clean(value: Any) -> str | list[str]:
    """A value of a draft without what PostgreSQL refuses: the null character, halves of characters."""
    if isinstance(value, str):
        return _UNSTORABLE.sub("", value)
    if isinstance(value, list) and len(value) <= MAX_VALUES and all(isinstance(each, str) for each in value):
        return [_UNSTORABLE.sub("", each) for each in value]
    raise ActionRefusee(_UNREADABLE)


def _just_published(agent: Agent, contenu: dict[str, Any]) -> bool:
    """Whether this is the text that the person has just published: a save that left before, and comes after."""
    last = Message.objects.filter(auteur=agent).order_by("-pk").only("texte", "cree_le").first()
    return (
        last is not None
        and last.cree_le > timezone.now() - timedelta(minutes=1)
        and " ".join(last.texte.split()) == " ".join(str(contenu.get("texte", "")).split())
    )
