"""Decisions and actions noted in a meeting: proposed by anyone, confirmed by the secretary, in the register."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connections, transaction
from django.urls import reverse
from django.utils import timezone

from annuaire.models import Agent
from communautes.models import Adhesion, Communaute
from communautes.suites.actions import cancel_decision, edit_decision, set_task_state
from communautes.suites.models import Decision, Tache
from communautes.suites.origines import origins_of_decisions, origins_of_taches
from plateforme.socle.erreurs import ActionRefusee
from realtime.reunions.actions import Invites, plan_reunion
from realtime.reunions.models import Reunion
from realtime.seances import actions
from realtime.seances.actions.suites import rerender_decisions_apart
from realtime.seances.composition import compose
from realtime.seances.compte_rendu import minutes_of
from realtime.seances.models import Seance, SuiteReunion
from tests.factories import browser, make_agent
from tests.seances.conftest import now_is

TEXTE = "Le seuil retenu est de dix mètres."


def test_a_decision_proposed_by_one_and_confirmed_by_the_secretary(
    camille: Agent, noe: Agent, lea: Agent, zoe: Agent, seance: Seance, points: Any
) -> None:
    suite = actions.note_decision(lea, seance, TEXTE)
    assert actions.note_decision(lea, seance, TEXTE) == suite
    assert suite.decision is not None and suite.decision.proposee and suite.point == points[0]
    for who in (lea, zoe):
        with pytest.raises(PermissionDenied):
            actions.confirm_suite(who, suite)
    before = now_is(seance).version
    # Noé does not animate the community: he is the secretary of this meeting.
    actions.confirm_suite(noe, suite)
    actions.confirm_suite(camille, suite)
    decision = Decision.objects.get()
    assert decision.confirmee and decision.reference == f"{timezone.localdate().year}-001"
    assert now_is(seance).version == before + 1
    link = origins_of_decisions(lea, [decision.pk])[decision.pk]
    assert link.url == reverse("seances:seance", args=[seance.pk])
    assert origins_of_decisions(zoe, [decision.pk]) == {}
    # Confirmed, it is the register's: the secretary neither words nor cancels it.
    with pytest.raises(PermissionDenied):
        cancel_decision(noe, decision, motif="Erreur")
    edit_decision(camille, decision, "Le seuil retenu est de douze mètres.")
    assert now_is(seance).version == before + 2
    with pytest.raises(ActionRefusee, match="registre"):
        actions.set_aside(camille, suite)


def test_the_secretary_of_another_meeting_confirms_nothing(
    noe: Agent, lea: Agent, camille: Agent, communaute: Communaute
) -> None:
    from communautes.suites.actions import confirm_decision, propose_decision

    decision = propose_decision(lea, communaute, TEXTE)
    with pytest.raises(PermissionDenied):
        confirm_decision(noe, decision)


def test_an_action_becomes_a_task(noe: Agent, lea: Agent, camille: Agent, seance: Seance) -> None:
    due = timezone.localdate() + timedelta(days=10)
    suite = actions.note_action(lea, seance, "Relire l’arrêté", responsable=camille, echeance=due)
    assert actions.note_action(lea, seance, "Relire l’arrêté", responsable=camille, echeance=due) == suite
    assert not Tache.objects.exists()
    actions.confirm_suite(noe, suite)
    actions.confirm_suite(noe, suite)
    tache = Tache.objects.get()
    assert (tache.responsable, tache.echeance, tache.communaute) == (camille, due, seance.reunion.communaute)
    assert origins_of_taches(lea, [tache.pk])[tache.pk].libelle == "Réunion : Point mensuel"
    before = now_is(seance).version
    set_task_state(camille, tache, "faite")
    assert now_is(seance).version == before + 1


def test_what_is_set_aside(noe: Agent, lea: Agent, camille: Agent, seance: Seance) -> None:
    mine = actions.note_action(lea, seance, "Relire l’arrêté")
    actions.set_aside(lea, mine)
    with pytest.raises(ActionRefusee, match="écartée"):
        actions.confirm_suite(noe, mine)
    decision = actions.note_decision(camille, seance, TEXTE)
    with pytest.raises(PermissionDenied):
        actions.set_aside(lea, decision)
    actions.set_aside(noe, decision)
    assert Decision.objects.get().annulee


def test_bad_words_and_people(lea: Agent, zoe: Agent, seance: Seance) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    for fields in ({"libelle": " "}, {"libelle": "Relire", "echeance": yesterday}):
        with pytest.raises(ActionRefusee):
            actions.note_action(lea, seance, **fields)
    with pytest.raises(ActionRefusee, match="ne participe pas"):
        actions.note_action(lea, seance, "Relire", responsable=zoe)
    with pytest.raises(ActionRefusee):
        actions.note_decision(lea, seance, "Non")
    with pytest.raises(PermissionDenied):
        actions.note_action(zoe, seance, "Relire")


def test_a_meeting_between_a_few(camille: Agent, zoe: Agent) -> None:
    """No community: no register, but tasks; their owner is one of those invited."""
    reunion = plan_reunion(
        camille,
        None,
        titre="À trois",
        debut=timezone.now() + timedelta(minutes=5),
        invites=Invites(agents=(zoe,)),
    )
    seance = actions.open_seance(camille, reunion)
    page = browser(camille)
    answer = page.post(
        reverse("seances:noter-action", args=[reunion.pk]),
        {"libelle": "Appeler le maire", "responsable": "Zoé Dehors"},
        follow=True,
    )
    assert "Appeler le maire" in answer.content.decode()
    actions.confirm_suite(camille, SuiteReunion.objects.get())
    assert Tache.objects.get().responsable == zoe
    other = make_agent("Autre")
    with pytest.raises(ActionRefusee):
        actions.note_action(camille, seance, "Relire", responsable=other)


def test_a_decision_between_a_few_stays_with_them(camille: Agent, zoe: Agent, noe: Agent) -> None:
    reunion = plan_reunion(
        camille,
        None,
        titre="À trois",
        debut=timezone.now() + timedelta(minutes=5),
        invites=Invites(agents=(zoe,)),
    )
    seance = actions.open_seance(camille, reunion)
    suite = actions.note_decision(zoe, seance, TEXTE)
    assert actions.note_decision(zoe, seance, TEXTE) == suite
    assert not Decision.objects.exists() and suite.nom_decision == "Décision proposée"
    for who, raised in ((zoe, PermissionDenied), (noe, PermissionDenied)):
        with pytest.raises(raised):
            actions.confirm_suite(who, suite)
    with pytest.raises(PermissionDenied):
        actions.note_decision(noe, seance, TEXTE)
    with pytest.raises(ActionRefusee, match="seule"):
        actions.note_decision(zoe, seance, "Non")
    aside = actions.note_decision(zoe, seance, "Une autre décision, pour voir.")
    actions.set_aside(zoe, aside)
    with pytest.raises(ActionRefusee, match="décision a été écartée"):
        actions.confirm_suite(camille, aside)
    page = reverse("seances:seance", args=[seance.pk])
    assert "Noter une décision" in browser(zoe).get(page).content.decode()
    browser(camille).post(reverse("seances:suite", args=[suite.pk]))
    suite.refresh_from_db()
    assert suite.decidee and suite.nom_decision == "Décision"
    actions.confirm_suite(camille, suite)
    with pytest.raises(ActionRefusee, match="reste au compte rendu"):
        actions.set_aside(camille, suite)
    # Those invited read it, nobody else does.
    assert TEXTE in browser(zoe).get(page).content.decode()
    assert browser(noe).get(page).status_code == 404
    text = compose(minutes_of(now_is(seance)))
    assert f"**Décision.** {TEXTE}" in text and "pour voir" not in text
    SuiteReunion.objects.update(version_rendu=0, html="")
    assert rerender_decisions_apart() and rerender_decisions_apart() is None
    suite.refresh_from_db()
    assert suite.html.startswith("<p>")
    for fields in ({"libelle": "Et une action"}, {"texte": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SuiteReunion.objects.filter(pk=suite.pk).update(**fields)


def test_noted_and_confirmed_without_javascript(
    camille: Agent, noe: Agent, lea: Agent, zoe: Agent, seance: Seance, communaute: Communaute
) -> None:
    page = reverse("seances:seance", args=[seance.pk])
    member, secretary = browser(lea), browser(noe)
    member.post(reverse("seances:noter-decision", args=[seance.pk]), {"texte": TEXTE})
    bad = {"libelle": "Relire", "responsable": "Personne", "echeance": "hier"}
    answer = member.post(reverse("seances:noter-action", args=[seance.pk]), bad, follow=True)
    assert "Aucun membre" in answer.content.decode() and "Indiquez une date" in answer.content.decode()
    (suite,) = SuiteReunion.objects.all()
    assert "Confirmer" not in member.get(page).content.decode()
    assert "Confirmer" in secretary.get(page).content.decode()
    address = reverse("seances:suite", args=[suite.pk])
    assert browser(zoe).post(address).status_code == 404
    assert member.post(address).status_code == 403
    secretary.post(address)
    assert f"{timezone.localdate().year}-001" in member.get(page).content.decode()
    # The register says where it comes from.
    register = member.get(reverse("suites:decisions", args=[communaute.slug])).content.decode()
    assert "Réunion : Point mensuel" in register or "Réunion&nbsp;: Point mensuel" in register
    Adhesion.objects.filter(agent=lea).delete()
    assert (
        member.post(reverse("seances:noter-decision", args=[seance.pk]), {"texte": TEXTE}).status_code == 404
    )


@pytest.mark.django_db(transaction=True)
def test_confirmed_at_once_by_two_and_edited_in_the_register(
    camille: Agent, noe: Agent, lea: Agent, reunion: Reunion
) -> None:
    """Rows are locked in one order from both sides: nothing waits for itself, one number is given."""
    seance = actions.open_seance(camille, reunion)
    suites = [actions.note_decision(lea, seance, f"{TEXTE} Cas {number}.") for number in range(4)]
    task = actions.note_action(lea, seance, "Relire l’arrêté")
    outcomes: list[str] = []

    def run(work: Any) -> None:
        try:
            work()
            outcomes.append("fait")
        except ActionRefusee as refused:
            outcomes.append(refused.message)
        except Exception as error:
            outcomes.append(repr(error))
        finally:
            connections.close_all()

    works = [
        *(lambda s=s, who=who: actions.confirm_suite(who, s) for s in suites for who in (camille, noe)),
        *(lambda s=s: edit_decision(camille, s.decision, f"{TEXTE} Relu {s.pk}.") for s in suites),
        *(lambda who=who: actions.confirm_suite(who, task) for who in (camille, noe)),
        lambda: actions.raise_hand(lea, seance),
    ]
    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == ["fait"] * len(works)
    assert sorted(Decision.objects.values_list("numero", flat=True)) == [1, 2, 3, 4]
    assert Tache.objects.count() == 1
