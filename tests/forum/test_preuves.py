"""Evidence follows what happens in the forum: after any sequence, working it all out again changes nothing."""

from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from annuaire.preuves.models import Preuve
from forum import actions
from forum.actions import faq
from forum.models import EntreeFaq, Message, Sujet
from tests.factories import add_member, make_agent, make_communaute, make_sujet

FIELDS = (
    "agent",
    "genre",
    "source",
    "lieu",
    "titre",
    "url",
    "texte",
    "expertises",
    "poids",
    "quand",
    "fil",
    "vecteur",
    "valeur",
)
STEPS = (
    "publish",
    "react",
    "unreact",
    "accept",
    "withdraw",
    "faq",
    "unfaq",
    "hide",
    "show",
    "rename",
    "leave",
)


def evidence() -> list[tuple[Any, ...]]:
    return sorted(Preuve.objects.values_list(*FIELDS), key=lambda row: (row[2], row[1]))


class AnySequence(TestCase):
    @settings(
        max_examples=12,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        derandomize=True,
    )
    @given(st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 11)), min_size=6, max_size=16))
    def test_incremental_is_the_same_as_rebuilt(self, steps: list[tuple[str, int]]) -> None:
        ana = make_agent("Ana")
        communautes = [make_communaute(ana), make_communaute(ana)]
        agents = [make_agent() for _ in range(3)]
        for communaute in communautes:
            for agent in agents:
                add_member(communaute, agent)
        sujets = [make_sujet(communautes[0], agents[0], f"Question {n} sur le busage") for n in range(2)]
        messages = [actions.publish_message(agents[1], sujet, "Réponse") for sujet in sujets]
        for index, (step, number) in enumerate(steps):
            message = Message.objects.select_related("sujet__communaute", "auteur").get(
                pk=messages[number % len(messages)].pk
            )
            self.do(step, number, index, message, agents, messages, communautes)
        incremental = evidence()
        call_command("refaire_preuves", verbosity=0)
        assert evidence() == incremental
        Preuve.objects.all().delete()
        Preuve.objects.create(
            agent=ana,
            genre="reponse",
            source="message.999999",
            lieu="x",
            titre="x",
            url="x",
            quand=timezone.now(),
        )
        call_command("refaire_preuves", verbosity=0)
        assert evidence() == incremental

    def do(
        self,
        step: str,
        number: int,
        index: int,
        message: Message,
        agents: list[Any],
        messages: list[Message],
        communautes: list[Any],
    ) -> None:
        sujet, agent = message.sujet, agents[number % 3]
        animateur = communautes[0].adhesions.get(role="animateur").agent
        if step == "publish":
            messages.append(actions.publish_message(agent, sujet, f"Réponse {index}"))
        elif step in ("react", "unreact"):
            if agent != message.auteur and message.visible:
                genre = ("utile", "merci", "accord")[number // 3 % 3]
                actions.set_reaction(agent, message, genre, step == "react")
        elif step == "accept":
            if message.visible:
                actions.accept_message(animateur, message)
        elif step == "withdraw":
            actions.withdraw_acceptance(animateur, sujet)
        elif step == "faq":
            if message.visible and not EntreeFaq.objects.filter(message=message).exists():
                faq.nominate(animateur, message, "Quel seuil retenir pour un busage ?")
        elif step == "unfaq":
            for entree in EntreeFaq.objects.filter(message=message):
                faq.withdraw_entry(animateur, entree)
        elif step in ("hide", "show"):
            Message.objects.filter(pk=message.pk).update(masque_le=timezone.now() if step == "hide" else None)
            if step == "hide":
                actions.drop_acceptance(message)
            actions.refresh_evidence([message.pk])
        else:
            change: dict[str, Any] = (
                {"titre": f"Titre {index}"} if step == "rename" else {"communaute": communautes[number % 2]}
            )
            Sujet.objects.filter(pk=sujet.pk).update(**change)
            actions.refresh_evidence_of_sujet(sujet)


@pytest.mark.django_db(transaction=True)
def test_the_migration_goes_back_and_forth() -> None:
    call_command("migrate", "preuves", "zero", verbosity=0)
    call_command("migrate", "preuves", verbosity=0)
    call_command("refaire_preuves", verbosity=0)
