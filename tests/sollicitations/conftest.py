"""Nadia asks; Gaëlle and Yvon know about water."""

import pytest

from annuaire.models import Agent, Expertise
from annuaire.sollicitations import actions
from annuaire.sollicitations.actions import Projet
from annuaire.sollicitations.models import Destinataire, Sollicitation
from tests.factories import declare, make_agent

BESOIN = "Faut-il une déclaration pour buser 18 mètres de fossé ?"


def projet(**fields: object) -> Projet:
    return Projet(**{"objet": "Busage d’un fossé", "besoin": BESOIN, **fields})  # type: ignore[arg-type]


def ask(demandeur: Agent, *people: Agent, **fields: object) -> Sollicitation:
    return actions.send(demandeur, actions.save_draft(demandeur, projet(**fields), people))


def call(demandeur: Agent, expertise: Expertise, **fields: object) -> Sollicitation:
    return ask(demandeur, appel=True, expertise=expertise, **fields)


def thread(asked: Sollicitation, agent: Agent) -> Destinataire:
    """As it is now."""
    return Destinataire.objects.select_related("agent", "sollicitation__demandeur").get(
        sollicitation=asked, agent=agent
    )


@pytest.fixture
def nadia() -> Agent:
    return make_agent("Nadia", "Ferhat")


@pytest.fixture
def gaelle() -> Agent:
    return make_agent("Gaëlle", "Estaque")


@pytest.fixture
def yvon() -> Agent:
    return make_agent("Yvon", "Le Bihan")


@pytest.fixture
def eau(gaelle: Agent, yvon: Agent) -> Expertise:
    declare(gaelle, "Loi sur l’eau", niveau=4)
    return declare(yvon, "Loi sur l’eau", niveau=3)
