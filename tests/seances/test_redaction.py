"""Minutes: composed, written, validated under a number, corrected in the open."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connections, transaction
from django.urls import reverse
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.models import Notification
from communautes.models import Communaute
from forum.models import Brouillon
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.texte import MAX_SOURCE
from realtime.reunions.actions import Invites, plan_reunion
from realtime.reunions.models import Reunion
from realtime.seances import actions
from realtime.seances.actions import CompteRenduDepasse
from realtime.seances.composition import PAS_ABORDE, Entete, compose, plain
from realtime.seances.compte_rendu import minutes_of
from realtime.seances.models import (
    CompteRendu,
    CompteurComptesRendus,
    EditionCompteRendu,
    NotePoint,
    Seance,
)
from tests.factories import browser
from tests.seances.conftest import now_is


@pytest.fixture
def minutes(noe: Agent, camille: Agent, seance: Seance) -> CompteRendu:
    """Written by the secretary, of a meeting that is over."""
    actions.end(camille, now_is(seance), etape=1)
    return actions.start_minutes(noe, seance)


def address(name: str, minutes: CompteRendu) -> str:
    return reverse(f"seances:{name}", args=[minutes.pk])


def now(minutes: CompteRendu) -> CompteRendu:
    return CompteRendu.objects.get(pk=minutes.pk)


def test_written_by_the_secretary_and_validated_by_the_animateur(
    camille: Agent, noe: Agent, lea: Agent, zoe: Agent, minutes: CompteRendu
) -> None:
    assert actions.start_minutes(camille, minutes.seance) == minutes
    for who in (lea, zoe):
        with pytest.raises(PermissionDenied):
            actions.edit_minutes(who, minutes, "Tout autre chose", version=1)
        with pytest.raises(PermissionDenied):
            actions.start_minutes(who, minutes.seance)
    actions.edit_minutes(noe, minutes, f"{minutes.texte}\n\nLa séance est levée.", version=1)
    with pytest.raises(PermissionDenied):
        actions.validate_minutes(noe, minutes, version=2)
    actions.submit_minutes(noe, minutes)
    actions.submit_minutes(noe, minutes)
    told = Notification.objects.filter(cle__contains="soumis")
    assert [row.destinataire for row in told] == [camille]
    edition = actions.validate_minutes(
        camille, minutes, version=2, president="Camille Martin", secretaire="Noé Garcin"
    )
    held = now(minutes)
    year = timezone.localdate().year
    assert (held.etat, held.reference, held.nom) == ("valide", f"{year}-001", f"CR\u00a0{year}-001")
    assert (edition.rang, edition.validee_par) == (0, camille)
    entete = Entete.from_json(edition.entete)
    assert (entete.president, entete.secretaire, entete.titre) == (
        "Camille Martin",
        "Noé Garcin",
        "Point mensuel",
    )
    assert {row.nom for row in entete.absents} == {"Camille Martin", "Noé Garcin", "Léa Vidal"}
    # Twice: the same; and it no longer changes.
    assert actions.validate_minutes(camille, minutes, version=2) == edition
    with pytest.raises(ActionRefusee, match="rectificatif"):
        actions.edit_minutes(noe, minutes, "Autre chose", version=2)
    assert list(held.versions.order_by("numero").values_list("auteur", flat=True)) == [noe.pk, noe.pk]


def test_everybody_who_took_part_is_told(
    camille: Agent, noe: Agent, lea: Agent, minutes: CompteRendu
) -> None:
    edition = actions.validate_minutes(camille, minutes, version=1)
    for _ in range(2):
        actions.tell_of_minutes(edition)
    told = Notification.objects.filter(cle=f"reunion.{minutes.pk}.compte_rendu.0")
    assert {row.destinataire for row in told} == {noe, lea}
    browser(lea).get(address("compte-rendu", minutes))
    assert told.get(destinataire=lea).lue_le is not None


def test_only_of_a_meeting_that_is_over(camille: Agent, seance: Seance) -> None:
    with pytest.raises(ActionRefusee, match="Terminez"):
        actions.start_minutes(camille, seance)
    actions.end(camille, seance, etape=1)
    minutes = actions.start_minutes(camille, seance)
    actions.resume(camille, now_is(seance), etape=2)
    with pytest.raises(ActionRefusee, match="Terminez"):
        actions.validate_minutes(camille, minutes, version=1)
    assert now(minutes).reference == ""
    actions.end(camille, now_is(seance), etape=3)
    actions.validate_minutes(camille, minutes, version=1)
    with pytest.raises(ActionRefusee, match="ne se rouvre plus"):
        actions.resume(camille, now_is(seance), etape=4)


def test_a_correction_keeps_what_was_validated(
    camille: Agent, noe: Agent, lea: Agent, minutes: CompteRendu
) -> None:
    actions.validate_minutes(camille, minutes, version=1)
    first = now(minutes).texte
    with pytest.raises(ActionRefusee, match="corrige"):
        actions.correct_minutes(noe, minutes, "  ")
    actions.correct_minutes(noe, minutes, "Le seuil est de douze mètres")
    actions.correct_minutes(noe, minutes, "Un autre motif, d’une autre page")
    assert now(minutes).motif == "Le seuil est de douze mètres"
    actions.edit_minutes(noe, minutes, f"{first}\n\nDouze mètres.", version=1)
    # Until it is validated, everybody reads what holds.
    page = address("compte-rendu", minutes)
    assert "Douze mètres." not in browser(lea).get(page).content.decode()
    assert "Douze mètres." in browser(noe).get(page).content.decode()
    actions.validate_minutes(camille, minutes, version=2)
    html = browser(lea).get(page).content.decode()
    assert "Rectificatif n°\u00a01 au compte rendu" in html and "Douze mètres." in html
    assert "Le seuil est de douze mètres" in html
    before = browser(lea).get(page, {"edition": 0}).content.decode()
    assert "Douze mètres." not in before and "a été corrigé depuis" in before
    assert browser(lea).get(page, {"edition": 7}).status_code == 404
    assert browser(lea).get(page, {"edition": "x"}).status_code == 404
    held = now(minutes)
    assert held.numero == 1 and CompteurComptesRendus.objects.get().dernier == 1
    assert list(held.editions.values_list("texte", flat=True)) == [first, f"{first}\n\nDouze mètres."]


def test_a_correction_given_up(camille: Agent, noe: Agent, minutes: CompteRendu) -> None:
    actions.validate_minutes(camille, minutes, version=1)
    first = now(minutes).texte
    actions.correct_minutes(noe, minutes, "Une erreur")
    actions.edit_minutes(noe, minutes, "Tout autre chose", version=1)
    actions.drop_correction(noe, minutes)
    actions.drop_correction(noe, minutes)
    held = now(minutes)
    assert (held.valide, held.edition, held.motif, held.texte) == (True, 0, "", first)
    # What was typed is among the versions.
    assert held.versions.filter(texte="Tout autre chose").exists()
    assert actions.validate_minutes(camille, minutes, version=held.version).rang == 0


def test_the_database_holds_the_rules(camille: Agent, minutes: CompteRendu, communaute: Communaute) -> None:
    rows = CompteRendu.objects.filter(pk=minutes.pk)
    for fields in (
        {"etat": "valide"},
        {"numero": 3},
        {"motif": "Sans rectificatif"},
        {"edition": 1},
        {"annee": 2026, "numero": 1, "communaute": None},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**fields)
    actions.validate_minutes(camille, minutes, version=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        EditionCompteRendu.objects.update(rang=1)


def test_a_meeting_between_a_few_has_no_number(camille: Agent, noe: Agent) -> None:
    reunion = plan_reunion(
        camille,
        None,
        titre="Entre nous",
        debut=timezone.now() + timedelta(minutes=5),
        invites=Invites(agents=[noe]),
    )
    seance = actions.open_seance(camille, reunion)
    actions.end(camille, seance, etape=1)
    minutes = actions.start_minutes(camille, seance)
    actions.validate_minutes(camille, minutes, version=1)
    assert now(minutes).nom == "Compte rendu"
    client = browser(noe)
    assert client.get(address("compte-rendu", minutes)).status_code == 200
    actions.correct_minutes(camille, minutes, "Une erreur")
    assert (
        "Texte du compte rendu"
        in browser(camille).get(address("modifier-compte-rendu", minutes)).content.decode()
    )


def test_nobody_overwrites_another(camille: Agent, noe: Agent, minutes: CompteRendu) -> None:
    edit = address("modifier-compte-rendu", minutes)
    first, second = browser(noe), browser(camille)
    assert 'name="version" value="1"' in first.get(edit).content.decode()
    text = minutes.texte
    first.post(edit, {"texte": text.replace("1. Bilan", "1. Bilan de novembre"), "version": 1})
    answer = second.post(edit, {"texte": f"{text}\n\nFin à midi.", "version": 1})
    html = answer.content.decode()
    assert answer.status_code == 409 and "Noé Garcin a modifié le compte rendu" in html
    assert "1. Bilan de novembre" in html and "Fin à midi." in html
    assert 'name="version" value="2"' in html
    assert "Fin à midi." not in now(minutes).texte
    # Without a version, nothing is overwritten either.
    assert second.post(edit, {"texte": "Tout autre chose"}).status_code == 409
    # Validated meanwhile: what was typed is still on the page.
    actions.validate_minutes(camille, minutes, version=2)
    answer = first.post(edit, {"texte": "Ma longue phrase", "version": 2})
    assert answer.status_code == 409 and "Ma longue phrase" in answer.content.decode()


def test_what_is_validated_is_what_was_read(camille: Agent, noe: Agent, minutes: CompteRendu) -> None:
    actions.edit_minutes(noe, minutes, "Une phrase de plus", version=1)
    with pytest.raises(CompteRenduDepasse):
        actions.validate_minutes(camille, minutes, version=1)
    answer = browser(camille).post(address("valider", minutes), {"version": 1}, follow=True)
    assert "relisez-le" in answer.content.decode() and now(minutes).etat == "brouillon"
    assert browser(camille).post(address("valider", minutes), {"version": "x"}).status_code == 422
    assert browser(noe).post(address("valider", minutes), {"version": 2}).status_code == 403


def test_composed_again_without_losing_what_was_typed(
    camille: Agent, noe: Agent, lea: Agent, seance: Seance, points: Any
) -> None:
    actions.take_pen(noe, seance, points[0])
    actions.save_note(noe, seance, points[0], "Dix mètres.", 0)
    actions.end(camille, now_is(seance), etape=1)
    minutes = actions.start_minutes(noe, seance)
    page, again = address("compte-rendu", minutes), address("recomposer", minutes)
    client = browser(noe)
    assert again not in client.get(page).content.decode()
    assert "Rien n’a changé" in client.get(again).content.decode()
    typed = minutes.texte.replace(PAS_ABORDE, "Écrit à la main.", 1)
    actions.edit_minutes(noe, minutes, typed, version=1)
    assert again not in client.get(page).content.decode()
    actions.take_pen(noe, seance, points[0])
    actions.save_note(noe, seance, points[0], "Dix mètres en Ariège.", 1)
    assert again in client.get(page).content.decode()
    response = client.get(again)
    proposed = response.context["fusion"]["proposition"]
    assert "Dix mètres en Ariège." in proposed and "Écrit à la main." in proposed and "⟦" not in proposed
    form = {"texte": proposed, "version": 2, "empreinte": response.context["empreinte"]}
    # Something changes again while one reads: nothing is taken for what it is not.
    actions.note_action(lea, seance, "Relire l’arrêté")
    refused = client.post(again, form)
    assert refused.status_code == 409 and "Écrit à la main." in refused.content.decode()
    response = client.get(again)
    form = {
        "texte": response.context["fusion"]["proposition"],
        "version": 2,
        "empreinte": response.context["empreinte"],
    }
    assert client.post(again, form).status_code == 302
    held = now(minutes)
    assert "Écrit à la main." in held.texte and "Relire l’arrêté" in held.texte and held.version == 3
    assert again not in client.get(page).content.decode()
    # The same passage changed on both sides is to be chosen.
    actions.edit_minutes(noe, minutes, held.texte.replace("en Ariège", "en Lozère"), version=3)
    actions.take_pen(noe, seance, points[0])
    actions.save_note(noe, seance, points[0], "Dix mètres en Ardèche.", 2)
    response = client.get(again)
    form = {
        "texte": response.context["fusion"]["proposition"],
        "version": 4,
        "empreinte": response.context["empreinte"],
    }
    assert "⟦ version de la réunion ⟧" in form["texte"]
    assert "passage à choisir" in client.post(again, form).content.decode()


def test_what_waits_is_said_before_validating(camille: Agent, noe: Agent, lea: Agent, seance: Seance) -> None:
    decision = actions.note_decision(lea, seance, "Le seuil retenu est de dix mètres.")
    action = actions.note_action(lea, seance, "Relire l’arrêté")
    actions.set_aside(lea, actions.note_action(lea, seance, "Une autre"))
    actions.end(camille, now_is(seance), etape=1)
    page = address("compte-rendu", actions.start_minutes(noe, seance))
    assert "2 décisions ou actions attendent" in browser(camille).get(page).content.decode()
    actions.confirm_suite(noe, decision)
    assert "1 décision ou action attend d’être confirmée" in browser(camille).get(page).content.decode()
    actions.confirm_suite(noe, action)
    assert "d’être confirmée" not in browser(camille).get(page).content.decode()


def test_drafts_are_kept_and_found_again(noe: Agent, lea: Agent, minutes: CompteRendu) -> None:
    client = browser(noe)
    key = f"compte-rendu.{minutes.pk}"
    kept = {"cle": key, "version": 0, "contenu": '{"texte": "En cours de frappe", "version": "1"}'}
    assert client.post(reverse("forum:brouillon"), kept).status_code == 200
    edit = address("modifier-compte-rendu", minutes)
    assert "En cours de frappe" in client.get(edit).content.decode()
    drafts = client.get(reverse("forum:brouillons")).content.decode()
    assert "Compte rendu de « Point mensuel »" in drafts and edit in drafts
    # Who may no longer write them is given their words back.
    noe_invited = minutes.seance.reunion.participants.filter(agent=noe)
    noe_invited.update(role="participant")
    drafts = client.get(reverse("forum:brouillons")).content.decode()
    assert "En cours de frappe" in drafts and edit not in drafts
    noe_invited.update(role="secretaire")
    client.post(edit, {"texte": "En cours de frappe", "version": 1})
    assert not Brouillon.objects.exists()
    assert client.post(reverse("forum:brouillon"), kept | {"cle": "autre.1"}).status_code == 422


def test_bad_texts(noe: Agent, camille: Agent, minutes: CompteRendu) -> None:
    for texte in ("", " \n", "x" * (MAX_SOURCE + 1), "a ⟦ votre version ⟧ b"):
        with pytest.raises(ActionRefusee):
            actions.edit_minutes(noe, minutes, texte, version=1)
    with pytest.raises(ActionRefusee, match="120"):
        actions.validate_minutes(camille, minutes, version=1, president="x" * 121)
    form = {"texte": "", "version": 1}
    assert browser(noe).post(address("modifier-compte-rendu", minutes), form).status_code == 422
    with pytest.raises(ActionRefusee):
        actions.correct_minutes(noe, minutes, "Pas encore validé")


def test_notes_that_would_swallow_the_rest(camille: Agent, noe: Agent, seance: Seance, points: Any) -> None:
    actions.take_pen(noe, seance, points[0])
    actions.save_note(noe, seance, points[0], "Voici :\n\n```\ncode sans fin", 0)
    actions.move(camille, now_is(seance), points[1], etape=1)
    actions.end(camille, now_is(seance), etape=2)
    html = actions.start_minutes(camille, seance).html
    assert "<h3>2. Seuils</h3>" in html and "<h3>3. Suites</h3>" in html
    assert "Rien n’a été noté" in html and "n’a pas été abordé" in html
    assert plain("1. Bilan") == "1\\. Bilan" and plain("- x\n# y") == "\\- x \\# y"


def test_too_long_to_be_composed(camille: Agent, seance: Seance, points: Any) -> None:
    NotePoint.objects.bulk_create(
        [NotePoint(seance=seance, point=point, texte="long " * 4_200) for point in points]
    )
    actions.end(camille, now_is(seance), etape=1)
    page = browser(camille).post(reverse("seances:rediger", args=[seance.pk]), follow=True)
    assert "trop long" in page.content.decode() and not CompteRendu.objects.exists()


def test_pages_of_the_secretary(noe: Agent, lea: Agent, zoe: Agent, minutes: CompteRendu) -> None:
    client = browser(noe)
    for name in ("compte-rendu", "modifier-compte-rendu", "recomposer", "versions"):
        assert client.get(address(name, minutes)).status_code == 200
        assert browser(lea).get(address(name, minutes)).status_code == (
            200 if name == "compte-rendu" else 403
        )
        assert browser(zoe).get(address(name, minutes)).status_code == 404
    html = client.get(address("versions", minutes), {"version": 1}).content.decode()
    assert "composé de la réunion" in html
    assert client.get(address("versions", minutes), {"version": 9}).status_code == 404
    page = client.get(address("compte-rendu", minutes)).content.decode()
    assert "Soumettre à validation" in page and "Valider le compte rendu" not in page
    client.post(address("soumettre", minutes))
    assert "attend d’être validé" in client.get(address("compte-rendu", minutes)).content.decode()
    assert "Modifier le texte" not in browser(lea).get(address("compte-rendu", minutes)).content.decode()


def test_number_of_queries(camille: Agent, minutes: CompteRendu, django_assert_max_num_queries: Any) -> None:
    client = browser(camille)
    for name, most in (
        ("compte-rendu", 42),
        ("modifier-compte-rendu", 26),
        ("versions", 26),
        ("recomposer", 36),
    ):
        client.get(address(name, minutes))
        with django_assert_max_num_queries(most):
            client.get(address(name, minutes))


@pytest.mark.django_db(transaction=True)
def test_several_at_once(
    camille: Agent, noe: Agent, lea: Agent, plan: Callable[..., Reunion], communaute: Communaute
) -> None:
    """Two validate the same minutes while their secretary edits them, of six meetings: numbers without a hole."""
    made = []
    for _ in range(6):
        reunion = plan(debut=timezone.now() + timedelta(minutes=5), invites=Invites(agents=[noe, lea]))
        reunion.participants.filter(agent=lea).update(role="animateur")
        reunion.participants.filter(agent=noe).update(role="secretaire")
        seance = actions.open_seance(camille, reunion)
        actions.end(camille, seance, etape=1)
        made.append(actions.start_minutes(camille, seance))
    works: list[Callable[[], Any]] = []
    for minutes in made:
        works += [
            lambda m=minutes: actions.validate_minutes(camille, m, version=1),
            lambda m=minutes: actions.validate_minutes(lea, m, version=1),
            lambda m=minutes: actions.edit_minutes(noe, m, "Une phrase tardive", version=1),
        ]
    errors: list[BaseException] = []

    def run(work: Callable[[], Any]) -> None:
        try:
            work()
        except ActionRefusee:
            pass
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert not errors
    validated = [now(minutes) for minutes in made if now(minutes).valide]
    assert sorted(row.numero or 0 for row in validated) == list(range(1, len(validated) + 1))
    for minutes in map(now, made):
        # Either validated as it was read, or edited and still to be validated: never both.
        assert minutes.editions.count() == (1 if minutes.valide else 0)
        assert (minutes.texte == "Une phrase tardive") != minutes.valide


def test_composed_of_everything(camille: Agent, seance: Seance) -> None:
    text = compose(minutes_of(now_is(seance)))
    assert text.startswith("# Ordre du jour\n\n1. Bilan\n2. Seuils\n3. Suites\n")
