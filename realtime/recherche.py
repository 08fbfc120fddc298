"""Finding again what was said in a salon."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet

from annuaire.models import Agent
from plateforme.socle.recherche import tsquery_of
from plateforme.socle.texte import plain_text
from realtime.access import read_after
from realtime.models import MessageSalon, Salon

SHOWN = 30
EXTRACT = 220  # characters
# The latest lines found are sought by going up the salon when so many are expected, in no more than so many lines.
COMMON, LOOKED_AT = 1_000, 3_000


@dataclass(frozen=True)
class Recherche:
    """All the words, said by any of `auteurs` if there are some, from `du` on and before `avant`."""

    mots: str
    auteurs: tuple[int, ...] = ()
    du: datetime | None = None
    avant: datetime | None = None


def search_lines(
    agent: Agent, salon: Salon, recherche: Recherche, avant: int | None = None
) -> tuple[list[MessageSalon], bool]:
    """The lines of a salon that `agent` is in which answer, the latest first, and whether there are more; `avant`: those
    before that number. Four queries at most, on an index of the words of each salon (migration 0005)."""
    query = tsquery_of(recherche.mots)
    if not query:
        return [], False
    rows = (
        MessageSalon.objects.filter(salon=salon, numero__gt=read_after(agent, salon), supprime_le=None)
        .extra(where=["fr_vecteur(realtime_messagesalon.texte) @@ %s::tsquery"], params=[query])
        .select_related("auteur__service", "auteur__territoire")
    )
    if avant is not None:
        rows = rows.filter(numero__lt=avant)
    if recherche.auteurs:
        rows = rows.filter(auteur__in=recherche.auteurs)
    if recherche.du is not None:
        rows = rows.filter(cree_le__gte=recherche.du)
    if recherche.avant is not None:
        rows = rows.filter(cree_le__lt=recherche.avant)
    found = list(_latest_first(rows, salon.dernier_numero)[: SHOWN + 1])
    return found[:SHOWN], len(found) > SHOWN


def _latest_first(rows: "QuerySet[MessageSalon]", lines: int) -> "QuerySet[MessageSalon]":
    """In the order in which they are shown; `lines`: how many the salon holds. One query, of the plan alone.

    PostgreSQL knows how many lines hold a word, and not what it costs to take the words of one: left to itself, it goes
    up a salon of a million for a word that one line in 500 holds, and reads 15,000 of them in a second.
    """
    expected = json.loads(rows.order_by().explain(format="json"))[0]["Plan"]["Plan Rows"]
    going_up = expected >= COMMON and lines * SHOWN <= expected * LOOKED_AT
    # No index gives the order of a sum.
    return rows.order_by(F("numero").desc() if going_up else (F("numero") + 0).desc())


def search_context(
    agent: Agent, salon: Salon, recherche: Recherche, avant: int | None = None
) -> dict[str, Any]:
    """What the page of results shows."""
    found, more = search_lines(agent, salon, recherche, avant)
    for message in found:
        message.extrait = plain_text(message.texte, EXTRACT)
    return {"resultats": found, "page_suivante": found[-1].numero if more else None}
