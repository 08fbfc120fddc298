"""Validated minutes for those invited to a lab's meeting without an account: sent when who validates says so, once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import timezone

from annuaire.models import Agent
from communautes.models import Communaute
from realtime.reunions.actions import Exterieur, Invites, withdraw
from realtime.reunions.models import Reunion
from realtime.seances import actions
from realtime.seances.models import CompteRendu, EditionCompteRendu, EnvoiCompteRendu
from realtime.seances.tasks import MailNotTaken, send_minutes
from tests.factories import browser
from tests.seances.conftest import now_is


@pytest.fixture
def minutes(
    camille: Agent, plan: Callable[..., Reunion], labo: Communaute, run_jobs: Callable[[], int]
) -> CompteRendu:
    """Those of a lab's meeting to which two people without account were invited, one of them taken off since."""
    guests = (Exterieur("prof@univ.fr", "Pr Dupré"), Exterieur("elu@ville.fr", "Anne Élue"))
    reunion = plan("Atelier", communaute=labo, invites=Invites(exterieurs=guests))
    Reunion.objects.filter(pk=reunion.pk).update(debut=timezone.now() + timedelta(minutes=5))
    withdraw(camille, reunion.participants.get(courriel="elu@ville.fr"))
    seance = actions.open_seance(camille, Reunion.objects.get(pk=reunion.pk))
    actions.end(camille, now_is(seance), etape=1)
    run_jobs()
    mail.outbox.clear()
    return actions.start_minutes(camille, seance)


def sent() -> list[EmailMessage]:
    return [message for message in mail.outbox if "Compte rendu" in message.subject]


def test_sent_when_it_is_asked(camille: Agent, minutes: CompteRendu, run_jobs: Callable[[], int]) -> None:
    address = reverse("seances:compte-rendu", args=[minutes.pk])
    page = browser(camille).get(address).content.decode()
    assert "aux personnes invitées sans compte" in page and "Pr Dupré" in page and "Anne Élue" not in page
    browser(camille).post(
        reverse("seances:valider", args=[minutes.pk]), {"version": 1, "aux_exterieurs": "on"}
    )
    run_jobs()
    (message,) = sent()
    assert message.to == ["prof@univ.fr"]
    name, content, kind = message.attachments[0]
    assert name.endswith(".pdf") and content.startswith(b"%PDF") and kind == "application/pdf"
    # It says that it is there, and opens no door.
    assert "joint" in message.body and "http" not in message.body
    send_minutes(EditionCompteRendu.objects.get().pk)
    assert len(sent()) == 1


def test_not_sent_otherwise(camille: Agent, minutes: CompteRendu, run_jobs: Callable[[], int]) -> None:
    actions.validate_minutes(camille, minutes, version=1)
    run_jobs()
    assert not sent() and not EnvoiCompteRendu.objects.exists()


def test_a_server_that_takes_nothing_is_tried_again(
    camille: Agent, minutes: CompteRendu, run_jobs: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    edition = actions.validate_minutes(camille, minutes, version=1, aux_exterieurs=True)

    def refuse(*args: Any, **kwargs: Any) -> None:
        raise OSError("connexion refusée")

    with monkeypatch.context() as patched:
        patched.setattr("django.core.mail.EmailMultiAlternatives.send", refuse)
        with pytest.raises(MailNotTaken):
            send_minutes(edition.pk)
    assert not EnvoiCompteRendu.objects.exists()
    send_minutes(edition.pk)
    assert EnvoiCompteRendu.objects.count() == 1


def test_a_meeting_without_guests_asks_nothing(camille: Agent, reunion: Reunion) -> None:
    seance = actions.open_seance(camille, reunion)
    actions.end(camille, now_is(seance), etape=1)
    actions.start_minutes(camille, seance)
    page = browser(camille).get(reverse("seances:compte-rendu", args=[reunion.pk])).content.decode()
    assert "aux_exterieurs" not in page
