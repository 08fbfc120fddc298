"""The register of decisions: proposed, numbered without a hole, corrected, cancelled; who may, and who is told."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.models import Notification
from annuaire.notifications.sources import visible
from communautes.actions import set_level, suspend
from communautes.models import Communaute
from communautes.suites.actions import (
    DecisionDepassee,
    cancel_decision,
    confirm_decision,
    edit_decision,
    propose_decision,
    rerender_decisions,
)
from communautes.suites.models import CompteurDecisions, Decision
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.models import EntreeJournal
from tests.communautes.test_adhesions import together
from tests.factories import add_member, make_agent, make_communaute
from tests.suites.conftest import put_out

pytestmark = pytest.mark.django_db
TEXTE = "Le seuil de **60 m** vaut pour tout le bassin."


def year() -> int:
    return timezone.localdate().year


def test_a_member_proposes_and_the_animation_confirms(
    communaute: Communaute, ana: Agent, lila: Agent, run_jobs: Any
) -> None:
    proposed = propose_decision(lila, communaute, f"- {TEXTE}\n")
    assert (proposed.texte, proposed.nom, proposed.reference) == (TEXTE, "Décision proposée", "")
    assert "<strong>60 m</strong>" in proposed.html
    asked = Notification.objects.get(destinataire=ana)
    assert asked.titre.startswith("Lila Essai")
    with pytest.raises(PermissionDenied):
        confirm_decision(lila, proposed)
    other = add_member(communaute, make_agent("Omar")).agent
    decision = confirm_decision(ana, proposed)
    assert decision.nom == f"Décision n°\u00a0{year()}-001"
    assert (decision.confirmee_par, decision.etat) == (ana, "confirmee")
    # The animation need look no more; the members are told once, whoever confirmed it is not.
    assert not Notification.objects.filter(destinataire=ana).exists()
    run_jobs()
    told = Notification.objects.filter(cle=f"decision.{decision.pk}")
    assert {row.destinataire for row in told} == {lila, other}
    assert {row.destinataire: row.voie for row in told} == {lila: "courriel", other: "resume"}
    assert confirm_decision(ana, proposed).numero == 1
    assert list(EntreeJournal.objects.filter(objet_type="suites.decision").values_list("action", flat=True)) == [
        "decision.propose", "decision.confirm",
    ]  # fmt: skip


def test_each_is_told_by_their_level(
    communaute: Communaute, ana: Agent, lila: Agent, run_jobs: Any, mailoutbox: Any
) -> None:
    quiet, keen = (add_member(communaute, make_agent(name)).agent for name in ("Quentin", "Kim"))
    set_level(quiet, communaute, "sourdine")
    set_level(keen, communaute, "suivre")
    decision = propose_decision(ana, communaute, TEXTE, confirmer=True)
    gone = add_member(communaute, make_agent("Gil")).agent
    put_out(communaute, gone)
    run_jobs()
    told = {row.destinataire: row for row in Notification.objects.filter(cle=f"decision.{decision.pk}")}
    assert {agent: row.voie for agent, row in told.items()} == {lila: "resume", keen: "courriel"}
    assert decision.reference in told[keen].titre
    [mail] = mailoutbox
    assert mail.to == [keen.email]
    assert "Le seuil de **60 m**" in mail.body
    assert f"Ne plus être prévenu(e) de « {communaute.nom} »" in mail.body
    # Looked at again when it is about to leave: who has left hears of it no more.
    assert visible(keen, [told[keen]]) == [told[keen]]
    put_out(communaute, keen)
    assert visible(keen, [told[keen]]) == []


def test_cancelled_it_stays_with_its_reason_and_who_knew_is_told(
    communaute: Communaute, ana: Agent, lila: Agent, run_jobs: Any
) -> None:
    omar, kim = (add_member(communaute, make_agent(name)).agent for name in ("Omar", "Kim"))
    set_level(kim, communaute, "suivre")
    decision = propose_decision(ana, communaute, TEXTE, confirmer=True)
    run_jobs()
    Notification.objects.filter(destinataire=lila).update(lue_le=timezone.now())
    with pytest.raises(PermissionDenied):
        cancel_decision(lila, decision, motif="Non")
    with pytest.raises(ActionRefusee, match="Dites pourquoi"):
        cancel_decision(ana, decision, motif="  ")
    cancel_decision(ana, decision, motif="Le décret a changé.")
    run_jobs()
    decision.refresh_from_db()
    assert (decision.etat, decision.reference, decision.motif_annulation, decision.annulee_par) == (
        "annulee", f"{year()}-001", "Le décret a changé.", ana,
    )  # fmt: skip
    # Lila had read it, Kim by e-mail; Omar had not, and hears of neither.
    told = Notification.objects.filter(cle=f"decision.{decision.pk}.annulee")
    assert {row.destinataire for row in told} == {lila, kim}
    assert not Notification.objects.filter(destinataire=omar).exists()
    again = cancel_decision(ana, decision, motif="Autre raison")
    assert again.motif_annulation == "Le décret a changé."
    with pytest.raises(ActionRefusee, match="annulée"):
        edit_decision(ana, decision, "Autre chose que cela.")
    # Its number is nobody else's.
    assert propose_decision(ana, communaute, TEXTE, confirmer=True).reference == f"{year()}-002"


def test_a_proposal_set_aside_never_had_a_number(communaute: Communaute, ana: Agent, lila: Agent) -> None:
    mine, other = (propose_decision(lila, communaute, f"{TEXTE} {number}") for number in range(2))
    cancel_decision(lila, mine, motif="Je me suis trompée.")
    assert not Notification.objects.filter(destinataire=lila).exists()
    cancel_decision(ana, other, motif="Hors sujet.")
    told = Notification.objects.get(destinataire=lila)
    assert (told.extrait, told.voie) == ("Hors sujet.", "courriel")
    other.refresh_from_db()
    assert (other.nom, other.reference) == ("Proposition écartée", "")
    with pytest.raises(ActionRefusee, match="écartée"):
        confirm_decision(ana, other)
    assert not CompteurDecisions.objects.exists()


def test_numbers_are_of_one_community_and_one_year(communaute: Communaute, ana: Agent) -> None:
    elsewhere = make_communaute(ana)
    last = date(year() - 1, 12, 30)
    given = [
        propose_decision(ana, where, f"{TEXTE} {number}", confirmer=True, prise_le=day).reference
        for number, (where, day) in enumerate(
            ((communaute, None), (communaute, last), (elsewhere, None), (communaute, last))
        )
    ]
    assert given == [f"{year()}-001", f"{year() - 1}-001", f"{year()}-001", f"{year() - 1}-002"]
    # A number that goes back with its transaction is given again: no hole.
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        propose_decision(ana, communaute, TEXTE, confirmer=True)
        raise ZeroDivisionError
    assert propose_decision(ana, communaute, TEXTE, confirmer=True).numero == 2
    with pytest.raises(ActionRefusee, match="à venir"):
        propose_decision(ana, communaute, TEXTE, prise_le=timezone.localdate() + timedelta(days=1))
    with pytest.raises(ActionRefusee, match="année"):
        propose_decision(ana, communaute, TEXTE, prise_le=date(202, 1, 1))


def test_sent_twice_it_is_written_once(communaute: Communaute, ana: Agent, lila: Agent) -> None:
    first = propose_decision(lila, communaute, TEXTE)
    assert propose_decision(lila, communaute, f" {TEXTE}") == first
    assert propose_decision(ana, communaute, TEXTE) != first
    Decision.objects.update(cree_le=timezone.now() - timedelta(minutes=2))
    assert propose_decision(lila, communaute, TEXTE) != first
    # Proposed, then noted as taken: not the same thing.
    noted = propose_decision(ana, communaute, TEXTE, confirmer=True)
    assert (noted.etat, propose_decision(ana, communaute, TEXTE, confirmer=True)) == ("confirmee", noted)


@pytest.mark.django_db(transaction=True)
def test_confirmed_at_once_they_take_following_numbers() -> None:
    ana = make_agent("Ana")
    communaute = make_communaute(ana)
    proposed = [propose_decision(ana, communaute, f"{TEXTE} {number}") for number in range(6)]
    doubled = [*proposed, *proposed]
    together([lambda decision=decision: confirm_decision(ana, decision) for decision in doubled])
    numbers = sorted(Decision.objects.filter(etat="confirmee").values_list("numero", flat=True))
    assert numbers == [1, 2, 3, 4, 5, 6]
    # Confirmed and set aside at once: one or the other, and still no hole.
    more = [propose_decision(ana, communaute, f"{TEXTE} {number}") for number in range(3)]
    calls = [lambda decision=decision: confirm_decision(ana, decision) for decision in more]
    calls += [lambda decision=decision: cancel_decision(ana, decision, motif="Non") for decision in more]
    together(calls)
    numbers = sorted(Decision.objects.exclude(numero=None).values_list("numero", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert CompteurDecisions.objects.get().dernier == len(numbers)


def test_what_it_said_is_kept(communaute: Communaute, ana: Agent, lila: Agent) -> None:
    decision = propose_decision(lila, communaute, TEXTE)
    edit_decision(lila, decision, "Le seuil de 50 m vaut pour tout le bassin.", version=1)
    with pytest.raises(DecisionDepassee) as stale:
        edit_decision(ana, decision, "Le seuil de 40 m vaut partout.", version=1)
    assert stale.value.actuelle.version == 2
    confirmed = confirm_decision(ana, decision)
    with pytest.raises(ActionRefusee, match="confirmée entre-temps"):
        edit_decision(lila, confirmed, "Le seuil de 45 m vaut pour tout le bassin.")
    with pytest.raises(ActionRefusee, match=f"décision de {year()}"):
        edit_decision(ana, confirmed, TEXTE, prise_le=date(year() - 1, 3, 1))
    edited = edit_decision(ana, confirmed, "Le seuil de 45 m vaut pour tout le bassin.")
    assert [(row.numero, row.texte, row.auteur) for row in edited.versions.order_by("numero")] == [
        (1, TEXTE, lila), (2, "Le seuil de 50 m vaut pour tout le bassin.", lila),
    ]  # fmt: skip
    assert (edited.version, edited.modifiee_par) == (3, ana)
    assert edit_decision(ana, edited, edited.texte).version == 3


@pytest.mark.parametrize(
    ("texte", "said"),
    [
        ("", "Écrivez un texte"),
        ("Court", "une phrase"),
        ("x" * 1001, "1000 caractères"),
        ("---" * 10, "un seul paragraphe"),
    ],
)
def test_a_decision_is_one_paragraph(communaute: Communaute, ana: Agent, texte: str, said: str) -> None:
    with pytest.raises(ActionRefusee, match=said):
        propose_decision(ana, communaute, texte)


@pytest.mark.parametrize(
    "texte",
    [
        "12. Le seuil est de 60 m dans ce bassin.",
        "# Le seuil est de 60 m\n\n* dans ce bassin",
        "> - Le seuil est <script>alert(1)</script> de 60 m",
        "Le seuil\x00 est de \ud800 60 m",
        "Le seuil est de 60 m\n| a | b |\n|---|---|\n| 1 | 2 |",
    ],
)
def test_whatever_is_typed_makes_one_paragraph(communaute: Communaute, ana: Agent, texte: str) -> None:
    decision = propose_decision(ana, communaute, texte)
    assert decision.html.count("<p>") == 1
    assert "<script" not in decision.html


def test_who_may(communaute: Communaute, ana: Agent, lila: Agent) -> None:
    outside = make_agent("Hors")
    with pytest.raises(PermissionDenied):
        propose_decision(outside, communaute, TEXTE)
    with pytest.raises(PermissionDenied):
        propose_decision(lila, communaute, TEXTE, confirmer=True)
    decision = propose_decision(lila, communaute, TEXTE)
    suspend(ana, communaute, lila, jusqu_au=timezone.now() + timedelta(days=2), motif="Repos")
    with pytest.raises(ActionRefusee, match="suspendue"):
        propose_decision(lila, communaute, TEXTE)
    with pytest.raises(PermissionDenied):
        edit_decision(lila, decision, "Autre chose que cela.")


def test_the_database_holds_the_rules(communaute: Communaute, ana: Agent) -> None:
    first = propose_decision(ana, communaute, TEXTE, confirmer=True)
    second = propose_decision(ana, communaute, TEXTE)
    wrong: list[tuple[Decision, dict[str, Any]]] = [
        (second, {"etat": "confirmee"}),
        (second, {"annee": first.annee, "numero": 1}),
        (first, {"etat": "annulee", "annulee_le": timezone.now()}),
        (first, {"annee": year() - 1}),
        (first, {"texte": "x" * 1001}),
        (first, {"etat": "proposee"}),
    ]
    for decision, fields in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            Decision.objects.filter(pk=decision.pk).update(**fields)


def test_an_older_rendering_is_made_again(communaute: Communaute, ana: Agent) -> None:
    decision = propose_decision(ana, communaute, TEXTE)
    Decision.objects.update(version_rendu=0, html="<p>ancien</p>")
    assert rerender_decisions() == decision.pk
    assert rerender_decisions(decision.pk) is None
    decision.refresh_from_db()
    assert "<strong>" in decision.html
