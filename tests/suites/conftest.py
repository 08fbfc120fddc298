"""A community read on request, that Ana animates; Lila is a member."""

import pytest

from annuaire.models import Agent
from communautes.models import Adhesion, Communaute
from tests.factories import add_member, make_agent, make_communaute


def put_out(communaute: Communaute, agent: Agent) -> None:
    Adhesion.objects.filter(communaute=communaute, agent=agent).delete()


@pytest.fixture
def ana() -> Agent:
    return make_agent("Ana")


@pytest.fixture
def communaute(ana: Agent) -> Communaute:
    return make_communaute(ana, "sur_demande")


@pytest.fixture
def lila(communaute: Communaute) -> Agent:
    return add_member(communaute, make_agent("Lila")).agent
