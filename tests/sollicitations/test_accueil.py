"""What a person's page says to who would ask them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from annuaire.models import Agent, Expertise
from annuaire.presence.models import EtatPresence
from annuaire.sollicitations.accueil import room_for
from annuaire.sollicitations.models import Capacite
from tests.factories import browser, make_agent
from tests.sollicitations.conftest import ask

pytestmark = pytest.mark.django_db


def page(reader: Agent, agent: Agent) -> str:
    return browser(reader).get(agent.get_absolute_url()).content.decode()


def test_there_is_room(nadia: Agent, gaelle: Agent, eau: Expertise) -> None:
    text = page(nadia, gaelle)
    assert f"/sollicitations/nouvelle/?a={gaelle.identifiant}" in text
    assert "Mêmes expertises, et de la place" not in text


def test_a_month_full_says_from_when_and_who_else(
    nadia: Agent, gaelle: Agent, yvon: Agent, eau: Expertise
) -> None:
    Capacite.objects.create(agent=gaelle, par_mois=1)
    ask(make_agent("Autre"), gaelle)
    said = room_for(nadia, gaelle)
    assert not said.place.possible
    assert said.place.des_le == timezone.localdate() + timedelta(days=30)
    assert said.autres == [yvon]
    text = page(nadia, gaelle)
    assert "De nouveau possible à partir du" in text
    assert "Préparer une sollicitation" in text
    assert yvon.nom_complet in text
    assert f"appel=1&amp;expertise={eau.slug}" in text


def test_away_says_until_when(nadia: Agent, gaelle: Agent, yvon: Agent, eau: Expertise) -> None:
    end = timezone.now() + timedelta(days=5)
    EtatPresence.objects.create(agent=gaelle, etat="absent", jusqu_a=end)
    said = room_for(nadia, gaelle)
    assert said.place.possible
    assert said.absent_jusqu_au == timezone.localdate(end)
    assert said.autres == [yvon]
    assert "Absence annoncée jusqu’au" in page(nadia, gaelle)


@pytest.mark.parametrize(
    ("etat", "hours"), [("absent", 14), ("absent", -1), ("absent", None), ("occupe", 72)]
)
def test_what_is_no_absence_to_count_with(nadia: Agent, gaelle: Agent, etat: str, hours: int | None) -> None:
    end = None if hours is None else timezone.now() + timedelta(hours=hours)
    EtatPresence.objects.create(agent=gaelle, etat=etat, jusqu_a=end)
    assert room_for(nadia, gaelle).absent_jusqu_au is None


def test_neither_oneself_nor_partners_are_told(gaelle: Agent) -> None:
    Agent.objects.filter(pk=gaelle.pk).update(disponibilite="non")
    gaelle.refresh_from_db()
    assert "n’est pas disponible" not in page(gaelle, gaelle)
    partner = make_agent("Pia", partenaire=True)
    assert "n’est pas disponible" not in page(make_agent("Nadia"), partner)


def test_few_queries(
    nadia: Agent, gaelle: Agent, yvon: Agent, eau: Expertise, django_assert_max_num_queries
) -> None:
    with django_assert_max_num_queries(2):
        room_for(nadia, gaelle)
    Capacite.objects.create(agent=gaelle, ouvertes=1)
    ask(make_agent("Autre"), gaelle)
    with django_assert_max_num_queries(9):
        room_for(nadia, gaelle)
