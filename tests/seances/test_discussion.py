"""The salon of a meeting between a few agents: opened with it, following who takes part, closed after it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.models import Notification
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.models import Retrait
from realtime import lieux
from realtime.access import get_salon
from realtime.actions import send_message
from realtime.models import MembreSalon, Salon
from realtime.reunions.actions import Invites, answer, invite, plan_reunion, withdraw
from realtime.reunions.models import Reunion
from realtime.seances import actions
from realtime.seances.models import Seance
from tests.factories import browser, make_agent
from tests.reunions.conftest import soon
from tests.seances.conftest import now_is


@pytest.fixture
def reunion(noe: Agent, lea: Agent) -> Reunion:
    """Noé meets Léa, of no community."""
    reunion = plan_reunion(
        noe, None, titre="Préparer la tournée", debut=soon(), invites=Invites(agents=(lea,))
    )
    Reunion.objects.filter(pk=reunion.pk).update(debut=timezone.now() + timedelta(minutes=5))
    reunion.refresh_from_db()
    return reunion


@pytest.fixture
def salon(noe: Agent, reunion: Reunion) -> Salon:
    salon = actions.open_seance(noe, reunion).salon
    assert salon is not None
    return salon


def people(salon: Salon) -> list[Agent]:
    return [row.agent for row in MembreSalon.objects.filter(salon=salon).order_by("pk")]


def say(agent: Agent, salon: Salon, texte: str) -> Any:
    return send_message(agent, salon, texte, uuid4())


def test_it_opens_for_those_who_take_part(
    noe: Agent, lea: Agent, zoe: Agent, reunion: Reunion, salon: Salon, run_jobs: Callable[[], int]
) -> None:
    assert salon.genre == Salon.Genre.GROUPE and salon.de_reunion
    assert people(salon) == [noe, lea]
    with pytest.raises(Http404):
        get_salon(zoe, salon.pk)
    line = say(lea, salon, "Bonjour")
    page = browser(lea).get(reverse("seances:seance", args=[reunion.pk]))
    assert [ligne.message for _, ligne in page.context["lignes_par_point"]] == [line]
    assert 'data-role="composer"' in page.content.decode()
    # A line is not a letter to each: those who are not there are told of the meeting, once.
    run_jobs()
    told = Notification.objects.filter(destinataire=noe)
    assert not told.filter(fil=f"salon.{salon.pk}").exists()


def test_who_is_named_is_told(noe: Agent, lea: Agent, salon: Salon, run_jobs: Callable[[], int]) -> None:
    say(noe, salon, f"@{lea.identifiant} tu nous rejoins ?")
    run_jobs()
    assert Notification.objects.filter(destinataire=lea, fil=f"salon.{salon.pk}").exists()


def test_it_follows_who_takes_part(
    noe: Agent, lea: Agent, zoe: Agent, reunion: Reunion, salon: Salon
) -> None:
    say(noe, salon, "Avant Zoé")
    invite(noe, reunion, Invites(agents=(zoe,)))
    assert people(salon) == [noe, lea, zoe]
    # Whoever comes in the middle reads all of it.
    page = browser(zoe).get(reverse("seances:seance", args=[reunion.pk])).content.decode()
    assert "Avant Zoé" in page
    Retrait.objects.all().delete()
    withdraw(noe, reunion.participants.get(agent=lea))
    assert people(salon) == [noe, zoe]
    # The live channels of the salon and of the meeting are looked at again.
    assert Retrait.objects.filter(cible=f"agent.{lea.pk}").count() == 2
    with pytest.raises(Http404):
        say(lea, salon, "Encore moi")
    with pytest.raises(Http404):
        get_salon(lea, salon.pk)
    invite(noe, reunion, Invites(agents=(lea,)))
    assert set(people(salon)) == {noe, zoe, lea}
    # What changes nobody leaves it alone.
    answer(lea, reunion, "accepte")
    assert set(people(salon)) == {noe, zoe, lea}


def test_nobody_changes_it_by_hand(noe: Agent, lea: Agent, zoe: Agent, salon: Salon) -> None:
    for gesture in (
        lambda: lieux.add_members(noe, salon, [zoe]),
        lambda: lieux.remove_member(noe, salon, lea),
        lambda: lieux.rename_salon(noe, salon, "Autre"),
        lambda: lieux.archive_salon(noe, salon),
        lambda: lieux.reopen_salon(noe, salon),
    ):
        with pytest.raises(PermissionDenied, match="réunion"):
            gesture()
    with pytest.raises(ActionRefusee, match="sourdine"):
        lieux.leave_salon(lea, salon)
    page = browser(noe).get(reverse("realtime:reglages", args=[salon.pk])).content.decode()
    assert "Aller à la réunion" in page
    assert "Quitter ce salon" not in page and "Renommer" not in page and "Ajouter ces personnes" not in page
    # How long it is kept is for who organises the meeting to say.
    assert "Enregistrer la durée" in page
    assert (
        "Enregistrer la durée"
        not in browser(lea).get(reverse("realtime:reglages", args=[salon.pk])).content.decode()
    )


def test_it_closes_two_hours_after_the_end(
    noe: Agent, lea: Agent, reunion: Reunion, salon: Salon, run_jobs: Callable[[], int]
) -> None:
    seance = actions.end(noe, now_is(Seance.objects.get(pk=reunion.pk)), etape=1)
    # Done too early, nothing: people say goodbye, and the meeting may be taken up again.
    run_jobs()
    say(lea, salon, "Merci à tous")
    page = browser(lea).get(reverse("seances:seance", args=[reunion.pk])).content.decode()
    assert "deux heures après la fin" in page
    Seance.objects.filter(pk=seance.pk).update(levee_le=timezone.now() - timedelta(hours=3))
    for _ in range(2):
        actions.close_chat(seance)
    salon.refresh_from_db()
    assert salon.archive_le is not None
    with pytest.raises(ActionRefusee, match="archivé"):
        say(lea, salon, "Trop tard")
    page = browser(lea).get(reverse("seances:seance", args=[reunion.pk])).content.decode()
    assert "Merci à tous" in page and "Cette discussion est close" in page
    assert 'data-role="composer"' not in page
    page = browser(lea).get(reverse("seances:compte-rendu", args=[reunion.pk])).content.decode()
    assert salon.get_absolute_url() in page


def test_one_taken_up_again_stays_open(noe: Agent, lea: Agent, reunion: Reunion, salon: Salon) -> None:
    seance = actions.end(noe, now_is(Seance.objects.get(pk=reunion.pk)), etape=1)
    actions.resume(noe, seance, etape=2)
    actions.close_chat(seance)
    say(lea, salon, "On continue")


def test_only_a_salon_of_agents_follows_a_meeting(salon: Salon) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Salon.objects.create(genre="direct", paire="1.2", de_reunion=True)


def test_outsiders_of_the_state_are_in_none(noe: Agent, salon: Salon, reunion: Reunion) -> None:
    with pytest.raises(ActionRefusee):
        invite(noe, reunion, Invites(agents=(make_agent("Pat", partenaire=True),)))
    assert len(people(salon)) == 2
