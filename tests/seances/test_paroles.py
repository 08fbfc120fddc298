"""Hands, the floor, help, attendance."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from annuaire.models import Agent
from annuaire.presence.actions import choose_state
from communautes.models import Adhesion
from plateforme.socle.erreurs import ActionRefusee
from realtime.reunions.models import Convive, Participant
from realtime.seances import actions
from realtime.seances.composition import heading
from realtime.seances.models import Aide, Assistance, Seance, TourDeParole
from realtime.seances.presentation import attendance, etat_context
from tests.factories import browser
from tests.seances.conftest import now_is


def order_of(agent: Agent, seance: Seance) -> list[str]:
    return [main.agent.prenom for main in etat_context(agent, seance.reunion)["mains"]]


def test_who_spoke_least_passes_first(camille: Agent, noe: Agent, lea: Agent, seance: Seance) -> None:
    for agent in (camille, noe, lea):
        actions.raise_hand(agent, seance)
        actions.raise_hand(agent, seance)
    assert order_of(lea, seance) == ["Camille", "Noé", "Léa"]
    actions.give_floor(camille, seance, camille)
    TourDeParole.objects.filter(agent=camille).update(debut=timezone.now() - timedelta(minutes=3))
    actions.give_floor(camille, seance, noe)
    TourDeParole.objects.filter(agent=noe, etat="en_cours").update(
        debut=timezone.now() - timedelta(minutes=1)
    )
    actions.raise_hand(camille, seance)
    actions.end_speech(noe, seance)
    actions.raise_hand(noe, seance)
    # Camille asked before Noé, but spoke longer; Léa has not spoken.
    assert order_of(lea, seance) == ["Léa", "Noé", "Camille"]


def test_who_gives_the_floor(camille: Agent, noe: Agent, lea: Agent, zoe: Agent, seance: Seance) -> None:
    actions.raise_hand(lea, seance)
    with pytest.raises(PermissionDenied):
        actions.give_floor(lea, seance, lea)
    with pytest.raises(PermissionDenied):
        actions.lower_hand(zoe, seance, lea)
    with pytest.raises(PermissionDenied):
        actions.raise_hand(zoe, seance)
    actions.lower_hand(noe, seance, lea)
    with pytest.raises(ActionRefusee, match="baissé"):
        actions.give_floor(camille, seance, lea)
    with pytest.raises(IntegrityError), transaction.atomic():
        for who in (lea, noe):
            TourDeParole.objects.create(
                seance=seance, agent=who, etat="en_cours", demande_le=timezone.now(), debut=timezone.now()
            )


def test_hands_of_a_point_or_of_the_meeting(camille: Agent, lea: Agent, seance: Seance, points: Any) -> None:
    actions.raise_hand(lea, seance)
    actions.move(camille, seance, points[1], etape=1)
    assert order_of(lea, seance) == ["Léa"]
    actions.set_hands_by_point(camille, seance, True)
    actions.move(camille, seance, points[2], etape=2)
    assert order_of(lea, seance) == []


def test_help_is_called_and_answered(camille: Agent, noe: Agent, lea: Agent, seance: Seance) -> None:
    actions.call_for_help(lea, seance)
    actions.call_for_help(lea, seance, "  Le son\ncoupe ")
    aide = Aide.objects.get()
    assert aide.texte == "Le son coupe"
    assert etat_context(camille, seance.reunion)["aides"] == [aide]
    assert etat_context(noe, seance.reunion)["aides"] == [aide]
    assert etat_context(lea, seance.reunion)["mon_aide"] == aide
    other = browser(lea).post(reverse("seances:repondre-aide", args=[seance.pk]), {"aide": 999_999})
    assert other.status_code == 404
    actions.answer_help(noe, seance, aide, "Nous changeons de micro.")
    actions.answer_help(camille, seance, aide, "Trop tard")
    state = etat_context(lea, seance.reunion)
    assert state["mon_aide"] is None and state["aide_repondue"].reponse == "Nous changeons de micro."
    assert etat_context(camille, seance.reunion)["aide_repondue"] is None


def test_attendance_from_the_page(camille: Agent, noe: Agent, lea: Agent, zoe: Agent, seance: Seance) -> None:
    before = now_is(seance).version
    client = browser(lea)
    for _ in range(3):
        assert client.post(reverse("seances:presence", args=[seance.pk])).status_code == 204
    assert now_is(seance).version == before + 1
    actions.note_presence(zoe, seance)
    Participant.objects.filter(agent=noe).update(reponse=Convive.Reponse.REFUSE, repondu_le=timezone.now())
    found = {venue.nom: venue.etat for venue in attendance(now_is(seance))}
    assert found == {"Camille Martin": "absent", "Noé Garcin": "excuse", "Léa Vidal": "ici"}
    Assistance.objects.update(
        arrivee_le=timezone.now() - timedelta(hours=1), vu_le=timezone.now() - timedelta(minutes=20)
    )
    (gone,) = (venue for venue in attendance(now_is(seance)) if venue.agent == lea)
    assert gone.etat == "parti" and gone.la and gone.depart is not None


def test_attendance_corrected_by_hand(camille: Agent, lea: Agent, zoe: Agent, seance: Seance) -> None:
    guest = Participant.objects.create(
        reunion=seance.reunion, courriel="bureau@etude.fr", nom="Bureau d’études"
    )
    address = reverse("seances:presences", args=[seance.pk])
    leads = browser(camille)
    assert browser(lea).post(address, {"agent": lea.pk, "correction": "present"}).status_code == 403
    assert leads.post(address, {"agent": lea.pk, "correction": "excuse"}).status_code == 302
    assert leads.post(address, {"exterieur": guest.pk, "correction": "present"}).status_code == 302
    assert leads.post(address, {"exterieur": guest.pk, "correction": "present"}).status_code == 302
    assert leads.post(address, {"agent": lea.pk, "correction": "autre"}).status_code == 404
    leads.post(address, {"agent": zoe.pk, "correction": "present"})
    found = {venue.nom: venue.etat for venue in attendance(now_is(seance))}
    assert found["Léa Vidal"] == "excuse" and found["Bureau d’études"] == "present"
    assert "Zoé Dehors" not in found
    assert "Présence notée à la main" in leads.get(address).content.decode()
    # Whom somebody outside comes for is said in the minutes.
    named = {"exterieur": guest.pk, "correction": "present", "organisation": " Études\n& Co "}
    assert leads.post(address, named).status_code == 302
    assert "Études &amp; Co" in leads.get(address).content.decode()
    (present,) = (row for row in heading(now_is(seance)).presences if row.nom == "Bureau d’études")
    assert (present.service, present.etat) == ("Études & Co", "present")
    answer = leads.post(address, named | {"organisation": "x" * 121}, follow=True)
    assert "120 caractères" in answer.content.decode()
    leads.post(address, {"agent": lea.pk, "correction": ""})
    assert {venue.nom: venue.etat for venue in attendance(now_is(seance))}["Léa Vidal"] == "absent"


def test_a_member_who_left_does_nothing_more(lea: Agent, seance: Seance) -> None:
    Adhesion.objects.get(agent=lea).delete()
    for gesture in (actions.raise_hand, actions.call_for_help):
        with pytest.raises(PermissionDenied):
            gesture(lea, seance)
    assert browser(lea).get(reverse("seances:etat", args=[seance.pk])).status_code == 404


def test_who_is_invisible_is_noted_only_if_they_say_so(lea: Agent, seance: Seance) -> None:
    choose_state(lea, "invisible")
    client, page = browser(lea), reverse("seances:seance", args=[seance.pk])
    beat = reverse("seances:presence", args=[seance.pk])
    shown = client.get(page).content.decode()
    assert "votre présence à cette réunion n’est pas notée" in shown
    assert client.post(beat).status_code == 204
    assert not Assistance.objects.filter(agent=lea).exists()
    assert client.post(beat, {"declarer": "1"}).url == page
    assert Assistance.objects.get(agent=lea).vu_le is not None
    # As long as they stay, and not after they left.
    assert "mais votre présence à cette réunion est notée" in client.get(page).content.decode()
    seen = timezone.now() - timedelta(minutes=2)
    Assistance.objects.filter(agent=lea).update(arrivee_le=seen, vu_le=seen)
    client.post(beat)
    assert Assistance.objects.get(agent=lea).vu_le > seen
    seen = timezone.now() - timedelta(minutes=20)
    Assistance.objects.filter(agent=lea).update(arrivee_le=seen, vu_le=seen)
    client.post(beat)
    assert Assistance.objects.get(agent=lea).vu_le == seen
