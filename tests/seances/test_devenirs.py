"""In the chat of a meeting, what a line becomes goes to the meeting while it is on."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from annuaire.models import Agent
from communautes.suites.models import Decision, Tache
from communautes.suites.origines import origins_of_decisions, origins_of_taches
from realtime.access import get_line
from realtime.actions import send_message
from realtime.devenirs.actions import make_decision, make_task
from realtime.devenirs.models import DevenirLigne
from realtime.etats import states_of
from realtime.models import MessageSalon, Salon
from realtime.reunions.actions import Invites, plan_reunion
from realtime.reunions.models import Reunion
from realtime.seances import actions
from realtime.seances.models import Seance, SuiteReunion
from tests.factories import browser
from tests.reunions.conftest import soon
from tests.seances.conftest import now_is

MOTS = "On retient le deuxième mardi pour la visite"


def said(agent: Agent, salon: Salon | None, texte: str = MOTS) -> MessageSalon:
    assert salon is not None
    message = send_message(agent, salon, texte, uuid4())
    return get_line(agent, salon.pk, message.numero)


def words(agent: Agent, line: MessageSalon) -> list[str]:
    row = get_line(agent, line.salon_id, line.numero)
    etat = states_of([row], agent).get(row.pk)
    return [devenir.texte for devenir in etat.devenirs] if etat is not None else []


def test_a_decision_of_the_chat_is_one_of_the_meeting(camille: Agent, lea: Agent, zoe: Agent, seance: Seance):
    line = said(lea, seance.salon)
    decision = make_decision(lea, line, MOTS, confirmer=True)
    assert isinstance(decision, Decision)
    suite = SuiteReunion.objects.get(decision=decision)
    assert (suite.seance_id, suite.point_id) == (seance.pk, seance.point_id)
    assert words(camille, line) == ["décision proposée"]
    actions.confirm_suite(camille, suite)
    decision.refresh_from_db()
    assert words(camille, line) == [f"décision n°\u00a0{decision.reference}"]
    lien = origins_of_decisions(camille, [decision.pk])[decision.pk]
    assert (
        lien.libelle
        == f"D’après un message de {lea.nom_complet} pendant la réunion «\u00a0{seance.reunion.titre}\u00a0»"
    )
    page = browser(lea).get(f"{line.get_absolute_url()}decision/")
    assert "attend d’y être confirmée" in page.content.decode()
    assert "déjà devenu" in page.content.decode()


def test_an_action_of_the_chat_becomes_a_task_when_it_is_confirmed(
    camille: Agent,
    lea: Agent,
    seance: Seance,
    django_capture_on_commit_callbacks: Callable[..., list[object]],
):
    line = said(lea, seance.salon)
    suite = make_task(lea, line, "Appeler la mairie", responsable=lea)
    assert isinstance(suite, SuiteReunion)
    assert words(camille, line) == ["action «\u00a0Appeler la mairie\u00a0» (proposée)"]
    assert make_task(lea, line, "Appeler la mairie", responsable=lea) == suite
    before = Salon.objects.get(pk=line.salon_id).revision
    actions.confirm_suite(camille, suite)
    assert words(camille, line) == ["tâche «\u00a0Appeler la mairie\u00a0» (à faire)"]
    assert Salon.objects.get(pk=line.salon_id).revision == before + 1
    tache = Tache.objects.get()
    assert "pendant la réunion" in origins_of_taches(lea, [tache.pk])[tache.pk].libelle
    other = make_task(lea, line, "Rappeler la mairie")
    actions.set_aside(lea, other)
    assert words(camille, line)[1] == "action «\u00a0Rappeler la mairie\u00a0» (écartée)"
    assert DevenirLigne.objects.count() == 2


def test_once_it_is_over_the_register_is_the_community_s(camille: Agent, lea: Agent, seance: Seance):
    line = said(lea, seance.salon)
    actions.end(camille, seance, etape=now_is(seance).etape)
    decision = make_decision(lea, line, MOTS)
    assert isinstance(decision, Decision)
    assert not SuiteReunion.objects.exists()


@pytest.fixture
def entre_agents(noe: Agent, lea: Agent) -> Seance:
    """Noé meets Léa, of no community."""
    reunion = plan_reunion(
        noe, None, titre="Préparer la tournée", debut=soon(), invites=Invites(agents=(lea,))
    )
    Reunion.objects.filter(pk=reunion.pk).update(debut=timezone.now() + timedelta(minutes=5))
    reunion.refresh_from_db()
    return actions.open_seance(noe, reunion)


def test_between_a_few_agents_the_meeting_is_the_register(noe: Agent, lea: Agent, entre_agents: Seance):
    line = said(lea, entre_agents.salon)
    suite = make_decision(noe, get_line(noe, line.salon_id, 1), MOTS)
    assert isinstance(suite, SuiteReunion)
    assert (suite.texte, suite.decision) == (MOTS, None)
    assert words(lea, line) == ["décision proposée"]
    actions.confirm_suite(noe, suite)
    assert words(lea, line) == ["décision de la réunion"]
    # Both are in the salon: the words of the other are proposed.
    page = browser(noe).get(f"{line.get_absolute_url()}decision/")
    assert page.context["form"]["texte"].value() == MOTS
    page = browser(noe).get(f"{line.get_absolute_url()}tache/")
    assert page.context["form"]["libelle"].value() == MOTS
