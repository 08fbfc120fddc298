"""What a meeting left to be done is followed in the next: ticked off, postponed, written in its minutes."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from annuaire.models import Agent
from communautes.models import Communaute
from communautes.suites.actions import set_task_state
from communautes.suites.models import Tache
from plateforme.socle.erreurs import ActionRefusee
from realtime.reunions.actions import Invites, duplicate_reunion, plan_reunion
from realtime.reunions.models import Convive, Reunion
from realtime.seances import actions
from realtime.seances.access import followable
from realtime.seances.composition import compose
from realtime.seances.compte_rendu import minutes_of
from realtime.seances.models import ActionReportee, Seance
from tests.factories import browser
from tests.seances.conftest import now_is

Plan = Callable[..., Reunion]


@pytest.fixture
def tache(camille: Agent, noe: Agent, lea: Agent, seance: Seance) -> Tache:
    """Of the first meeting, which is over: Léa's, confirmed by Camille; another is done."""
    done = actions.confirm_suite(
        camille, actions.note_action(noe, seance, "Écrire au préfet", responsable=noe)
    )
    kept = actions.confirm_suite(
        camille, actions.note_action(lea, seance, "Relire l’arrêté", responsable=lea)
    )
    actions.note_action(lea, seance, "Une action que personne n’a confirmée")
    assert done.tache is not None and kept.tache is not None
    set_task_state(noe, done.tache, "faite")
    actions.end(camille, now_is(seance), etape=1)
    return kept.tache


@pytest.fixture
def suivante(plan: Plan, camille: Agent, noe: Agent, tache: Tache) -> Seance:
    """The next meeting, open."""
    reunion = plan(
        "Point suivant",
        debut=timezone.now() + timedelta(minutes=5),
        invites=Invites(toute_la_communaute=True),
    )
    reunion.participants.filter(agent=noe).update(role=Convive.Role.SECRETAIRE)
    return actions.open_seance(camille, reunion)


def test_chosen_by_who_runs_the_meeting(
    camille: Agent, noe: Agent, lea: Agent, zoe: Agent, seance: Seance, suivante: Seance, tache: Tache
) -> None:
    assert suivante.suite_de is None and not suivante.reports.exists()
    page = reverse("seances:suivre", args=[suivante.pk])
    assert browser(lea).get(page).status_code == 403
    assert browser(zoe).get(page).status_code == 404
    secretary = browser(noe)
    assert "Point mensuel" in secretary.get(page).content.decode()
    answer = secretary.post(page, {"precedente": seance.pk}, follow=True)
    assert "premier point" in answer.content.decode()
    current = now_is(suivante)
    assert [row.tache for row in current.reports.all()] == [tache]
    assert list(current.reunion.points.order_by("rang").values_list("titre", flat=True)) == [
        "Suivi des actions"
    ]
    # Again: the same; another: refused; itself, or a meeting of elsewhere: not offered.
    actions.follow(noe, suivante, seance)
    assert current.reports.count() == 1
    assert secretary.post(page, {"precedente": suivante.pk}).status_code == 404
    assert secretary.post(page, {"precedente": "x"}).status_code == 404
    with pytest.raises(ActionRefusee, match="déjà"):
        actions.follow(noe, suivante, now_is(suivante))


def test_ticked_off_and_postponed_live(
    camille: Agent, noe: Agent, lea: Agent, zoe: Agent, seance: Seance, suivante: Seance, tache: Tache
) -> None:
    actions.follow(camille, suivante, seance)
    current = now_is(suivante)
    assert current.suivi is not None
    actions.move(camille, current, current.suivi, etape=1)
    report = ActionReportee.objects.get()
    page, gesture = reverse("seances:seance", args=[suivante.pk]), reverse("seances:report", args=[report.pk])
    html = browser(noe).get(page).content.decode()
    assert "Relire l’arrêté" in html and gesture in html
    day = timezone.localdate() + timedelta(days=9)
    before = now_is(suivante).version
    # Noé neither wrote the task nor has it to do, nor animates the community: he is the secretary of this meeting.
    browser(noe).post(gesture, {"geste": "reporter", "echeance": day.isoformat()})
    tache.refresh_from_db()
    assert tache.echeance == day and now_is(suivante).version == before + 1
    answer = browser(noe).post(gesture, {"geste": "reporter", "echeance": "demain"}, follow=True)
    assert "Indiquez une date" in answer.content.decode()
    answer = browser(noe).post(gesture, {"geste": "reporter", "echeance": "2020-01-01"}, follow=True)
    assert "passée" in answer.content.decode()
    actions.mark_followed(lea, report, "faite")
    tache.refresh_from_db()
    assert tache.etat == "faite"
    assert "Toujours à faire" in browser(noe).get(page).content.decode()
    assert browser(zoe).post(gesture, {"geste": "a_faire"}).status_code == 404
    text = compose(minutes_of(now_is(suivante)))
    assert (
        "# 1. Suivi des actions" in text and "| Relire l’arrêté | Léa Vidal |" in text and "| Faite |" in text
    )
    assert "personne n’a confirmée" not in text and "Écrire au préfet" not in text


def test_only_while_the_meeting_is_on(
    camille: Agent, noe: Agent, seance: Seance, suivante: Seance, tache: Tache
) -> None:
    actions.follow(camille, suivante, seance)
    report = ActionReportee.objects.get()
    actions.end(camille, now_is(suivante), etape=1)
    with pytest.raises(ActionRefusee, match="terminée"):
        actions.mark_followed(noe, report, "faite")
    with pytest.raises(PermissionDenied):
        set_task_state(noe, tache, "faite")
    assert (
        "Relire l’arrêté" in browser(noe).get(reverse("seances:seance", args=[suivante.pk])).content.decode()
    )
    with pytest.raises(ActionRefusee, match="terminée"):
        actions.follow(camille, suivante, seance)


def test_what_is_still_not_done_goes_on_to_the_third(
    plan: Plan, camille: Agent, seance: Seance, suivante: Seance, tache: Tache
) -> None:
    actions.follow(camille, suivante, seance)
    mine = actions.confirm_suite(
        camille, actions.note_action(camille, suivante, "Une de plus", responsable=camille)
    )
    actions.end(camille, now_is(suivante), etape=1)
    third = actions.open_seance(camille, plan("Troisième", debut=timezone.now() + timedelta(minutes=5)))
    actions.follow(camille, third, now_is(suivante))
    assert {row.tache for row in third.reports.all()} == {tache, mine.tache}


def test_in_a_series_the_meeting_before_is_followed_of_itself(
    plan: Plan, camille: Agent, lea: Agent, communaute: Communaute
) -> None:
    from realtime.reunions.models import Serie

    start = timezone.now()
    serie = Serie.objects.create(
        communaute=communaute,
        organisateur=camille,
        titre="Hebdo",
        debut=start,
        frequence="hebdo",
        jours=[0],
        duree_minutes=60,
    )
    held: list[Seance] = []
    for rank in (1, 2):
        reunion = plan("Hebdo", debut=start + timedelta(minutes=rank))
        Reunion.objects.filter(pk=reunion.pk).update(
            serie=serie, occurrence=start + timedelta(minutes=rank), debut=start + timedelta(minutes=rank)
        )
        reunion.refresh_from_db()
        seance = actions.open_seance(camille, reunion)
        if rank == 1:
            actions.confirm_suite(
                camille, actions.note_action(lea, seance, "Relire l’arrêté", responsable=lea)
            )
            actions.end(camille, now_is(seance), etape=1)
        held.append(now_is(seance))
    assert held[0].suite_de is None and held[1].suite_de == held[0]
    # It is where the meeting begins.
    assert held[1].point is not None and held[1].point.titre == "Suivi des actions"
    assert held[1].point == held[1].suivi


def test_nothing_left_makes_no_point(plan: Plan, camille: Agent, seance: Seance) -> None:
    actions.end(camille, seance, etape=1)
    second = actions.open_seance(camille, plan("Second", debut=timezone.now() + timedelta(minutes=5)))
    current = actions.follow(camille, second, now_is(seance))
    assert current.suivi is None and not current.reunion.points.exists()


def test_meetings_of_elsewhere_are_not_followed(
    camille: Agent, noe: Agent, lea: Agent, seance: Seance, suivante: Seance, tache: Tache
) -> None:
    alone = plan_reunion(
        camille,
        None,
        titre="Entre nous",
        debut=timezone.now() + timedelta(minutes=5),
        invites=Invites(agents=[noe]),
    )
    private = actions.open_seance(camille, alone)
    with pytest.raises(ActionRefusee, match="pas de celles"):
        actions.follow(camille, private, now_is(seance))
    assert list(followable(camille, alone)) == []
    assert list(followable(lea, suivante.reunion)) == [seance]
    with pytest.raises(IntegrityError), transaction.atomic():
        Seance.objects.filter(pk=private.pk).update(suite_de=private.pk)


def test_number_of_queries(
    camille: Agent, lea: Agent, seance: Seance, plan: Plan, django_assert_max_num_queries: Any, settings: Any
) -> None:
    settings.LIMITES_PAR_MINUTE = {**settings.LIMITES_PAR_MINUTE, "tache": 100}
    for number in range(12):
        actions.confirm_suite(
            camille, actions.note_action(camille, seance, f"Action {number}", responsable=lea)
        )
    actions.end(camille, now_is(seance), etape=1)
    second = actions.open_seance(camille, plan("Second", debut=timezone.now() + timedelta(minutes=5)))
    current = actions.follow(camille, second, now_is(seance))
    assert current.suivi is not None
    actions.move(camille, current, current.suivi, etape=1)
    client = browser(camille)
    address = reverse("seances:etat", args=[second.pk])
    client.get(address)
    with django_assert_max_num_queries(27):
        assert "Action 11" in client.get(address).content.decode()
    client.get(reverse("seances:suivre", args=[second.pk]))
    with django_assert_max_num_queries(26):
        client.get(reverse("seances:suivre", args=[second.pk]))


# --- Chosen when planning --------------------------------------------------------------------------


def test_a_meeting_planned_to_follow_another_begins_with_its_actions(
    camille: Agent, plan: Plan, seance: Seance, tache: Tache
) -> None:
    reunion = plan("Suite", debut=timezone.now() + timedelta(minutes=6), suite_de=seance.reunion)
    page = browser(camille).get(reunion.get_absolute_url()).content.decode()
    assert "Fait suite à" in page and seance.reunion.get_absolute_url() in page
    opened = actions.open_seance(camille, reunion)
    assert opened.suite_de == seance and [row.tache for row in opened.reports.all()] == [tache]
    # One that is not over yet leaves nothing to follow; it may still be chosen in the meeting.
    third = plan("Encore", debut=timezone.now() + timedelta(minutes=7), suite_de=reunion)
    assert actions.open_seance(camille, third).suite_de is None


def test_what_may_be_followed(
    camille: Agent, noe: Agent, lea: Agent, plan: Plan, seance: Seance, labo: Communaute
) -> None:
    later = plan("Plus tard", debut=timezone.now() + timedelta(days=3))
    elsewhere = plan("Ailleurs", communaute=labo, debut=timezone.now() + timedelta(minutes=1))
    for wrong in (later, elsewhere):
        with pytest.raises(ActionRefusee):
            plan("Suite", debut=timezone.now() + timedelta(days=1), suite_de=wrong)
    # Between agents: only a meeting that one is in.
    few = plan_reunion(
        lea, None, titre="À deux", debut=timezone.now() + timedelta(hours=1), invites=Invites(agents=(noe,))
    )
    when = timezone.now() + timedelta(days=1)
    with pytest.raises(ActionRefusee):
        plan_reunion(camille, None, titre="Suite", debut=when, invites=Invites(agents=(noe,)), suite_de=few)
    assert (
        plan_reunion(
            noe, None, titre="Suite", debut=when, invites=Invites(agents=(camille,)), suite_de=few
        ).suite_de
        == few
    )
    assert duplicate_reunion(camille, later, debut=later.debut + timedelta(days=7)).suite_de == later


def test_chosen_in_the_forms(camille: Agent, plan: Plan, seance: Seance, communaute: Communaute) -> None:
    page = browser(camille)
    address = reverse("reunions:planifier", args=[communaute.slug])
    assert "Fait suite à" in page.get(address).content.decode()
    day = timezone.localtime() + timedelta(days=2)
    form = {
        "titre": "Suite",
        "date": day.strftime("%Y-%m-%d"),
        "heure": "10:00",
        "fuseau": "Europe/Paris",
        "duree_minutes": "60",
        "visio": "aucune",
        "qui": "communaute",
        "points-TOTAL_FORMS": "0",
        "points-INITIAL_FORMS": "0",
        "suite_de": str(seance.pk),
    }
    answer = page.post(address, form)
    reunion = Reunion.objects.get(titre="Suite")
    assert answer.status_code == 302 and reunion.suite_de_id == seance.pk
    change = reverse("reunions:modifier", args=[reunion.pk])
    assert f'value="{seance.pk}" selected' in page.get(change).content.decode()
    for wrong in ("x", str(reunion.pk), str(2**70)):
        assert page.post(change, form | {"suite_de": wrong}).status_code == 422
    before = reunion.sequence
    assert page.post(change, form | {"suite_de": ""}).status_code == 302
    reunion.refresh_from_db()
    # Nobody's calendar has to hear of it.
    assert reunion.suite_de_id is None and reunion.sequence == before
