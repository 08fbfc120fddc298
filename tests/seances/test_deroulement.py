"""Opening, moving on, pausing, ending: what one does, what two do at once."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.db import IntegrityError, connections, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.models import Notification
from communautes.fichiers.actions import share_document
from communautes.models import Communaute
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.models import EntreeJournal
from realtime.actions import send_message
from realtime.reunions.actions import (
    ProjetPoint,
    add_document,
    add_point,
    cancel_reunion,
    remove_point,
    set_role,
)
from realtime.reunions.models import Convive, PointOrdreDuJour, Reunion
from realtime.seances import actions
from realtime.seances.actions.commun import EtapeDepassee
from realtime.seances.models import Passage, Seance
from realtime.seances.presentation import etat_context
from tests.factories import browser, make_agent
from tests.seances.conftest import now_is


def test_a_meeting_from_its_opening_to_its_end(
    camille: Agent, noe: Agent, reunion: Reunion, points: list[PointOrdreDuJour]
) -> None:
    seance = actions.open_seance(camille, reunion)
    assert (seance.point, seance.etat, seance.etape) == (points[0], "ouverte", 1)
    assert Reunion.objects.get(pk=reunion.pk).etat == Reunion.Etat.EN_COURS
    seance = actions.move(noe, seance, points[1], etape=1)
    seance = actions.pause(noe, seance, etape=2)
    assert not seance.passages.filter(fin__isnull=True).exists()
    seance = actions.move(camille, seance, points[2], etape=3)
    assert not seance.passages.filter(fin__isnull=True).exists()
    seance = actions.resume(camille, seance, etape=4)
    seance = actions.move(camille, seance, points[1], etape=5)
    assert list(seance.passages.order_by("pk").values_list("point", flat=True)) == [
        points[0].pk,
        points[1].pk,
        points[2].pk,
        points[1].pk,
    ]
    seance = actions.end(camille, seance, etape=6)
    assert Reunion.objects.get(pk=reunion.pk).etat == Reunion.Etat.TERMINEE
    assert not seance.passages.filter(fin__isnull=True).exists()
    with pytest.raises(ActionRefusee, match="terminée"):
        actions.move(camille, seance, points[0], etape=7)
    seance = actions.resume(noe, seance, etape=7)
    assert Reunion.objects.get(pk=reunion.pk).etat == Reunion.Etat.EN_COURS
    assert seance.passages.get(fin__isnull=True).point == points[1]


def test_a_step_that_was_left_moves_nothing(camille: Agent, noe: Agent, seance: Seance, points: Any) -> None:
    """Both press « Point suivant » on the first point: the meeting is at the second, not at the third."""
    actions.move(camille, seance, points[1], etape=1)
    for gesture in (
        lambda: actions.move(noe, seance, points[1], etape=1),
        lambda: actions.pause(noe, seance, etape=1),
        lambda: actions.end(noe, seance, etape=1),
    ):
        with pytest.raises(EtapeDepassee):
            gesture()
    assert now_is(seance).point == points[1]


def test_who_runs_the_meeting(lea: Agent, zoe: Agent, reunion: Reunion, seance: Seance, points: Any) -> None:
    for who in (lea, zoe):
        with pytest.raises(PermissionDenied):
            actions.move(who, seance, points[1], etape=1)
    with pytest.raises(PermissionDenied):
        actions.open_seance(lea, reunion)


def test_neither_too_early_nor_cancelled(camille: Agent, plan: Callable[..., Reunion]) -> None:
    with pytest.raises(ActionRefusee, match="deux heures"):
        actions.open_seance(camille, plan())
    cancelled = plan("Annulée")
    cancel_reunion(camille, cancelled, motif="Plus d’objet")
    with pytest.raises(ActionRefusee, match="annulée"):
        actions.open_seance(camille, cancelled)


def test_opening_is_offered_once_it_is_possible(
    client: Client, camille: Agent, plan: Callable[..., Reunion]
) -> None:
    reunion = plan(debut=timezone.now() + timedelta(hours=3))
    client.force_login(camille)
    page = f"/reunions/{reunion.pk}/seance/"
    shown = client.get(page).content.decode()
    assert "deux heures avant son début" in shown and "/seance/ouvrir/" not in shown
    Reunion.objects.filter(pk=reunion.pk).update(debut=timezone.now() + timedelta(hours=1))
    assert "/seance/ouvrir/" in client.get(page).content.decode()


def test_one_ended_long_ago_stays_so(camille: Agent, seance: Seance) -> None:
    actions.end(camille, seance, etape=1)
    Seance.objects.filter(pk=seance.pk).update(levee_le=timezone.now() - timedelta(hours=3))
    with pytest.raises(ActionRefusee, match="rouvre plus"):
        actions.resume(camille, seance, etape=2)


def test_without_agenda(camille: Agent, plan: Callable[..., Reunion]) -> None:
    reunion = plan("Sans ordre du jour")
    Reunion.objects.filter(pk=reunion.pk).update(debut=timezone.now())
    seance = actions.open_seance(camille, reunion)
    assert seance.point is None
    assert browser(camille).get(reverse("seances:seance", args=[reunion.pk])).status_code == 200
    seance = actions.resume(camille, actions.pause(camille, seance, etape=1), etape=2)
    actions.end(camille, seance, etape=3)


def test_the_database_holds_the_states(seance: Seance, points: Any) -> None:
    for change in ({"etat": "levee"}, {"etat": "suspendue"}, {"levee_le": timezone.now()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Seance.objects.filter(pk=seance.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Passage.objects.create(seance=seance, point=points[1], debut=timezone.now())


def test_a_point_that_was_opened_stays(
    camille: Agent, seance: Seance, points: Any, communaute: Communaute
) -> None:
    with pytest.raises(ActionRefusee, match="abordé"):
        remove_point(camille, points[0])
    remove_point(camille, points[2])
    assert PointOrdreDuJour.objects.filter(pk=points[0].pk).exists()
    # With its whole meeting, it goes.
    Reunion.objects.filter(pk=seance.pk).delete()
    assert not Seance.objects.exists()


def test_time_spent_is_that_of_the_server(camille: Agent, seance: Seance, points: Any) -> None:
    start = timezone.now() - timedelta(minutes=7)
    Passage.objects.filter(seance=seance).update(debut=start)
    seance = actions.move(camille, seance, points[1], etape=1)
    actions.move(camille, seance, points[0], etape=2)
    Passage.objects.filter(seance=seance, fin__isnull=True).update(
        debut=timezone.now() - timedelta(minutes=2)
    )
    first = etat_context(camille, seance.reunion)["rangs"][0]
    assert 9 * 60 <= first.depense < 9 * 60 + 5
    assert first.depasse and first.courant


def test_each_line_keeps_its_point(camille: Agent, lea: Agent, seance: Seance, points: Any) -> None:
    import uuid

    salon = seance.salon
    assert salon is not None and salon.communaute == seance.reunion.communaute
    send_message(lea, salon, "Sur le bilan", uuid.uuid4())
    actions.move(camille, now_is(seance), points[1], etape=1)
    send_message(lea, salon, "Sur les seuils", uuid.uuid4())
    send_message(camille, salon, "Aussi", uuid.uuid4())
    page = browser(lea).get(reverse("seances:seance", args=[seance.pk]))
    under = [(titre, ligne.message.texte) for titre, ligne in page.context["lignes_par_point"]]
    assert under == [("Bilan", "Sur le bilan"), ("Seuils", "Sur les seuils"), ("", "Aussi")]


def test_those_invited_are_told(
    camille: Agent, noe: Agent, lea: Agent, reunion: Reunion, run_jobs: Callable[[], int]
) -> None:
    seance = actions.open_seance(camille, reunion)
    actions.note_presence(noe, seance)
    run_jobs()
    told = Notification.objects.filter(cle=f"reunion.{reunion.pk}.ouverte")
    assert [row.destinataire for row in told] == [lea]


@pytest.mark.django_db(transaction=True)
def test_simultaneous_animateurs(
    camille: Agent, noe: Agent, reunion: Reunion, points: list[PointOrdreDuJour]
) -> None:
    """Real transactions: opened once; of ten who go on from one step, one moves the meeting; no row is left open."""
    outcomes: list[str] = []
    ready = threading.Barrier(10)

    def run(work: Callable[[], Any]) -> None:
        try:
            ready.wait()
            work()
            outcomes.append("fait")
        except EtapeDepassee:
            outcomes.append("dépassé")
        except ActionRefusee as refused:
            outcomes.append(refused.message)
        except Exception as error:
            outcomes.append(repr(error))
        finally:
            connections.close_all()

    def all_at_once(works: list[Callable[[], Any]]) -> list[str]:
        outcomes.clear()
        threads = [threading.Thread(target=run, args=[work]) for work in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sorted(outcomes)

    who = [camille, noe]
    assert (
        all_at_once([lambda n=n: actions.open_seance(who[n % 2], reunion) for n in range(10)])
        == ["fait"] * 10
    )
    assert EntreeJournal.objects.filter(action="seance.open").count() == 1
    seance = Seance.objects.get(pk=reunion.pk)
    gestures: list[Callable[[], Any]] = [
        *(lambda n=n: actions.move(who[n % 2], seance, points[1 + n % 2], etape=1) for n in range(6)),
        *(lambda n=n: actions.pause(who[n % 2], seance, etape=1) for n in range(2)),
        *(lambda n=n: actions.end(who[n % 2], seance, etape=1) for n in range(2)),
    ]
    found = all_at_once(gestures)
    # Of those that ask for what is already so, some are harmless: a second « suspendre », a second « terminer ». When
    # « terminer » comes first, the others are told that.
    assert set(found) <= {"fait", "dépassé", "La réunion est terminée."}, found
    seance.refresh_from_db()
    assert seance.etape == 2
    assert EntreeJournal.objects.filter(action__in=["seance.move", "seance.pause", "seance.end"]).count() == 1
    assert seance.passages.filter(fin__isnull=True).count() == (1 if seance.etat == "ouverte" else 0)
    etat = Reunion.objects.get(pk=reunion.pk).etat
    assert (etat == Reunion.Etat.TERMINEE) == (seance.etat == "levee")


def test_what_is_prepared_meanwhile_is_shown(
    camille: Agent, noe: Agent, lea: Agent, seance: Seance, points: Any, communaute: Communaute
) -> None:
    """A point added, a role given while the meeting is held: open pages are told."""
    before = now_is(seance).version
    add_point(camille, seance.reunion, ProjetPoint("Question diverse"))
    assert now_is(seance).version == before + 1
    assert [rang.point.titre for rang in etat_context(lea, seance.reunion)["rangs"]][-1] == "Question diverse"
    set_role(camille, seance.reunion.participants.get(agent=lea), Convive.Role.SECRETAIRE)
    assert now_is(seance).version == before + 2
    actions.move(lea, seance, points[1], etape=1)


def test_documents_of_the_point(
    camille: Agent, lea: Agent, zoe: Agent, seance: Seance, points: Any, communaute: Communaute
) -> None:
    document = share_document(camille, communaute, ContentFile(b"plan", name="plan.txt"), nom="plan.txt")
    add_document(camille, seance.reunion, document, point=points[0])
    assert [row.document for row in etat_context(lea, seance.reunion)["pieces"]] == [document]
    # Somebody invited from outside of the community reads no file of it.
    assert etat_context(zoe, seance.reunion)["pieces"] == []
    actions.move(camille, seance, points[1], etape=1)
    assert etat_context(lea, seance.reunion)["pieces"] == []


# --- Pages ---------------------------------------------------------------------------------------


def test_the_page_without_javascript(
    camille: Agent, lea: Agent, zoe: Agent, reunion: Reunion, points: list[PointOrdreDuJour]
) -> None:
    page = reverse("seances:seance", args=[reunion.pk])
    assert "Ouvrir la réunion" not in browser(lea).get(page).content.decode()
    leads = browser(camille)
    assert "Ouvrir la réunion" in leads.get(page).content.decode()
    assert leads.post(reverse("seances:ouvrir", args=[reunion.pk])).status_code == 302
    assert browser(zoe).get(page).status_code == 404
    html = leads.get(page).content.decode()
    assert "Point 1 sur 3" in html and "Point suivant" in html
    assert "Point suivant" not in browser(lea).get(page).content.decode()
    answer = leads.post(
        reverse("seances:aller", args=[reunion.pk]), {"point": points[1].pk, "etape": 1}, follow=True
    )
    assert "Point 2 sur 3" in answer.content.decode()
    answer = leads.post(
        reverse("seances:aller", args=[reunion.pk]), {"point": points[2].pk, "etape": 1}, follow=True
    )
    assert "vient de faire avancer" in answer.content.decode()
    assert "Point 2 sur 3" in answer.content.decode()
    for bad in ({}, {"point": "x", "etape": 1}, {"point": 2**70, "etape": 1}, {"point": points[0].pk}):
        assert leads.post(reverse("seances:aller", args=[reunion.pk]), bad).status_code == 404


def test_the_state_for_a_dropped_line(camille: Agent, lea: Agent, seance: Seance, points: Any) -> None:
    """One question gives everything as it is; the same version costs no rendering."""
    address = reverse("seances:etat", args=[seance.pk])
    version = now_is(seance).version
    client = browser(lea)
    assert client.get(address, {"version": version}).status_code == 204
    actions.move(camille, seance, points[1], etape=1)
    answer = client.get(address, {"version": version})
    assert f'data-version="{version + 1}"' in answer.content.decode()
    assert "Point 2 sur 3" in answer.content.decode()
    screen = client.get(reverse("seances:etat", args=[seance.pk]), {"ecran": 1}).content.decode()
    assert "Seuils" in screen and "<button" not in screen


def test_a_refused_gesture_answers_with_the_state(
    camille: Agent, lea: Agent, seance: Seance, points: Any
) -> None:
    headers = {"X-Requested-With": "fetch"}
    actions.move(camille, seance, points[1], etape=1)
    address = reverse("seances:aller", args=[seance.pk])
    answer = browser(camille).post(address, {"point": points[2].pk, "etape": 1}, headers=headers)
    assert answer.status_code == 409
    assert "data-refus" in answer.content.decode() and "Point 2 sur 3" in answer.content.decode()
    assert browser(lea).post(address, {"point": points[2].pk, "etape": 2}, headers=headers).status_code == 403


def test_number_of_queries(
    camille: Agent, seance: Seance, communaute: Communaute, django_assert_max_num_queries: Any
) -> None:
    counts = []
    for number in (2, 12):
        for _ in range(number):
            agent = make_agent()
            from tests.factories import add_member

            add_member(communaute, agent)
            actions.note_presence(agent, seance)
            actions.raise_hand(agent, seance)
        page = browser(camille)
        page.get(reverse("seances:seance", args=[seance.pk]))
        with django_assert_max_num_queries(45) as queries:
            page.get(reverse("seances:seance", args=[seance.pk]))
        with django_assert_max_num_queries(26) as state:
            page.get(reverse("seances:etat", args=[seance.pk]))
        counts.append((len(queries), len(state)))
    assert counts[0] == counts[1]
