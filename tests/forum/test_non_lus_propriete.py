"""Unread counts and lists, exact after any sequence of what people do, against a model that counts on its fingers."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annuaire.models import Agent
from communautes.models import Communaute
from forum import actions
from forum.access import unread_sujets, visible_sujets
from forum.listes import with_unread_counts
from forum.models import Message, Sujet
from plateforme.socle.erreurs import ActionRefusee
from tests.factories import add_member, make_agent, make_communaute

pytestmark = pytest.mark.django_db

PEOPLE, SUJETS, PAGE = 2, 3, 20

step = st.one_of(
    st.tuples(st.just("publish"), st.integers(0, PEOPLE - 1), st.integers(0, SUJETS - 1), st.integers(1, 25)),
    st.tuples(st.just("read"), st.integers(0, PEOPLE - 1), st.integers(0, SUJETS - 1), st.integers(1, 3)),
    st.tuples(st.just("unread"), st.integers(0, PEOPLE - 1), st.integers(0, SUJETS - 1), st.integers(1, 60)),
    st.tuples(
        st.sampled_from(["mark", "mark_communaute", "mark_all", "undo"]),
        st.integers(0, PEOPLE - 1),
        st.integers(0, SUJETS - 1),
        st.just(0),
    ),
    st.tuples(
        st.sampled_from(["delete", "hide", "restore"]),
        st.just(0),
        st.integers(0, SUJETS - 1),
        st.integers(2, 60),
    ),
)


@dataclass
class Modele:
    """What should be: messages as a list of True (visible) or False; a mark a person and sujet."""

    visible: list[list[bool]]
    lu: list[list[int]]
    # What undoing would put back: {sujet: mark}, or None when there is nothing to undo.
    avant: list[dict[int, int] | None] = field(default_factory=lambda: [None] * PEOPLE)

    def last_visible(self, s: int) -> int:
        return max((n for n, seen in enumerate(self.visible[s], 1) if seen), default=0)

    def unread(self, p: int, s: int) -> int:
        return sum(seen for n, seen in enumerate(self.visible[s], 1) if n > self.lu[p][s])

    def read(self, p: int, s: int, numero: int) -> None:
        numero = min(numero, len(self.visible[s]))
        self.lu[p][s] = max(self.lu[p][s], numero)
        put_back = self.avant[p]
        if put_back is not None and s in put_back:
            put_back[s] = max(put_back[s], numero)

    def mark(self, p: int, sujets: list[int]) -> None:
        waiting = [s for s in sujets if self.lu[p][s] < self.last_visible(s)]
        if waiting:
            self.avant[p] = {s: self.lu[p][s] for s in waiting}
            for s in waiting:
                self.lu[p][s] = len(self.visible[s])


class Monde:
    """Two members, an animatrice, three sujets in two communities, and the model beside them."""

    def __init__(self) -> None:
        self.animatrice = make_agent("Ana")
        self.people = [make_agent("Nadia"), make_agent("Gaëlle")]
        self.communautes: list[Communaute] = [make_communaute(self.animatrice) for _ in range(2)]
        for communaute in self.communautes:
            for person in self.people:
                add_member(communaute, person)
        self.sujets: list[Sujet] = [
            actions.open_sujet(
                self.animatrice, self.communautes[s % 2], titre=f"Sujet numéro {s}", texte="Bonjour"
            )
            for s in range(SUJETS)
        ]
        self.modele = Modele([[True] for _ in self.sujets], [[0] * SUJETS for _ in self.people])
        self.clients = []
        for person in self.people:
            client = Client()
            client.force_login(person)
            self.clients.append(client)

    def do(self, name: str, p: int, s: int, n: int) -> None:
        modele, person, sujet = self.modele, self.people[p], self.sujets[s]
        if name == "publish":
            for _ in range(n):
                modele.visible[s].append(True)
                actions.publish_message(person, sujet, "Message", quand=timezone.now())
                modele.read(p, s, len(modele.visible[s]))
        elif name == "read":
            page = min(n, (len(modele.visible[s]) - 1) // PAGE + 1)
            assert self.clients[p].get(f"/sujets/{sujet.pk}/?page={page}").status_code == 200
            modele.read(p, s, page * PAGE)
        elif name == "unread" and n <= len(modele.visible[s]):
            actions.mark_unread_from(person, Message.objects.get(sujet=sujet, numero=n))
            modele.lu[p][s] = n - 1
            if (put_back := modele.avant[p]) is not None:
                put_back.pop(s, None)
        elif name == "mark":
            actions.mark_sujet_read(person, sujet)
            modele.mark(p, [s])
        elif name == "mark_communaute":
            actions.mark_communaute_read(person, sujet.communaute)
            modele.mark(p, [o for o in range(SUJETS) if o % 2 == s % 2])
        elif name == "mark_all":
            actions.mark_everything_read(person)
            modele.mark(p, list(range(SUJETS)))
        elif name == "undo":
            put_back = modele.avant[p]
            if put_back is None:
                with pytest.raises(ActionRefusee):
                    actions.undo_marking(person)
                return
            actions.undo_marking(person)
            for other, mark in put_back.items():
                modele.lu[p][other] = mark
            modele.avant[p] = None
        elif name in MODERATION and n <= len(modele.visible[s]):
            message = Message.objects.select_related("sujet__communaute", "auteur").get(sujet=sujet, numero=n)
            MODERATION[name](self.animatrice, message)
            modele.visible[s][n - 1] = name == "restore"

    def check(self) -> None:
        for p, person in enumerate(self.people):
            expected = [self.modele.unread(p, s) for s in range(SUJETS)]
            rows = with_unread_counts(visible_sujets(person).with_read_mark(person))
            counted = {row.pk: row.non_lus for row in rows}
            assert [counted[sujet.pk] for sujet in self.sujets] == [min(count, 100) for count in expected]
            listed = set(unread_sujets(person).values_list("pk", flat=True))
            assert listed == {self.sujets[s].pk for s in range(SUJETS) if expected[s]}


MODERATION: dict[str, Callable[[Agent, Message], Any]] = {}


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(st.lists(step, min_size=1, max_size=14))
@pytest.mark.long
def test_what_is_unread_is_exactly_what_was_not_read(steps: list[tuple[str, int, int, int]]) -> None:
    with transaction.atomic():
        monde = Monde()
        for each in steps:
            monde.do(*each)
            monde.check()
        transaction.set_rollback(True)


def test_marking_twice_can_still_be_undone() -> None:
    """The second of two clicks marks nothing: it must not take the first one's undoing away."""
    monde = Monde()
    for each in (("publish", 1, 0, 3), ("read", 0, 0, 1), ("publish", 1, 0, 2), ("mark_all", 0, 0, 0)):
        monde.do(*each)
    monde.do("mark_all", 0, 0, 0)
    monde.do("publish", 1, 1, 2)
    monde.do("read", 0, 1, 1)
    monde.do("undo", 0, 0, 0)
    monde.check()
    assert monde.modele.lu[0] == [4, 3, 0]
