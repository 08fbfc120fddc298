"""Decisions and tasks noted from messages: their marks on the messages, and the way back from the register.

The marks are kept in the message's column `suites`, under its sujet's lock, whenever one of them changes. A mark is
shown as long as the sujet is in the community of its decision: moved elsewhere, its new readers are told nothing of a
register that they may not read.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from django.db.models import F, Q
from django.urls import reverse

from annuaire.models import Agent
from annuaire.notifications.genres import Niveau
from communautes.suites.models import Decision, Tache
from communautes.suites.origines import Lien, Origine
from forum.models import Abonnement, Message, SuiteMessage


class Marque(NamedTuple):
    """One mark of a message. `genre`: decision or tache; `texte`: what it says; `etat`: of its decision or task."""

    genre: str
    texte: str
    etat: str
    url: str


def read_marks(kept: str) -> list[Marque]:
    """The marks that a message's column `suites` holds. No query."""
    return [_mark(*row) for row in json.loads(kept)] if kept else []


def _mark(genre: str, pk: int, texte: str, etat: str) -> Marque:
    return Marque(genre, texte, etat, reverse(f"suites:{genre}", args=[pk]))


def marks_of(messages: Collection[int]) -> dict[int, str]:
    """What the column `suites` of each is to hold now. One query."""
    rows = (
        SuiteMessage.objects.filter(
            Q(decision__communaute=F("message__sujet__communaute"))
            | Q(tache__communaute=F("message__sujet__communaute")),
            message__in=messages,
        )
        .select_related("decision", "tache")
        .defer("decision__html", "decision__texte", "decision__recherche")
        .order_by("pk")
    )
    found: dict[int, list[tuple[str, int, str, str]]] = {pk: [] for pk in messages}
    for row in rows:
        if row.decision is not None:
            mark = ("decision", row.decision.pk, row.decision.nom, row.decision.etat)
        else:
            mark = ("tache", row.tache.pk, f"Tâche {row.tache.get_etat_display().lower()}", row.tache.etat)
        found[row.message_id].append(mark)
    return {pk: json.dumps(marks, ensure_ascii=False) if marks else "" for pk, marks in found.items()}


class OrigineMessages(Origine):
    """Answers for the decisions and tasks noted from messages."""

    def of_decisions(self, agent: Agent, decisions: Collection[int]) -> dict[int, Lien]:
        return _links(agent, "decision", decisions)

    def of_taches(self, agent: Agent, taches: Collection[int]) -> dict[int, Lien]:
        return _links(agent, "tache", taches)

    def levels(self, decision: Decision) -> Mapping[int, Niveau]:
        """Of the sujet, for those who chose one there."""
        rows = Abonnement.objects.filter(
            sujet__in=SuiteMessage.objects.filter(decision=decision).values("message__sujet")
        ).values_list("agent", "niveau")
        return {pk: Niveau(niveau) for pk, niveau in rows if niveau != Abonnement.Niveau.NORMAL}

    def decision_changed(self, decision: Decision) -> None:
        _refresh(SuiteMessage.objects.filter(decision=decision))

    def tache_changed(self, tache: Tache) -> None:
        _refresh(SuiteMessage.objects.filter(tache=tache))


def _refresh(rows: Iterable[SuiteMessage]) -> None:
    from forum.actions.suites import refresh_marks

    for row in rows:
        refresh_marks(row.message)


def _links(agent: Agent, kind: str, pks: Collection[int]) -> dict[int, Lien]:
    """By number of a decision or a task: its message, while it is shown in a sujet that `agent` may read."""
    from forum.access import visible_sujets

    rows = SuiteMessage.objects.filter(
        message__in=Message.objects.all().visible(),
        message__sujet__in=visible_sujets(agent),
        **{f"{kind}__in": list(pks)},
    ).values_list(f"{kind}_id", "message_id", "message__sujet__titre")
    return {
        pk: Lien(f"Sujet : {titre}", reverse("forum:message", args=[message])) for pk, message, titre in rows
    }
