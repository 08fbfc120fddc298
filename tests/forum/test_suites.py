"""From a message to the register and to tasks: its marks, the way back, the summary."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from annuaire.models import Agent
from annuaire.notifications.models import Notification
from communautes.models import Communaute
from communautes.suites.actions import cancel_decision, confirm_decision, set_task_state
from communautes.suites.models import Decision, Tache
from communautes.suites.origines import origins_of_decisions, origins_of_taches
from forum import actions
from forum.models import Message, SuiteMessage
from plateforme.socle.erreurs import ActionRefusee
from tests.communautes.test_adhesions import together
from tests.factories import add_member, browser, make_agent, make_communaute, make_sujet

pytestmark = pytest.mark.django_db
TEXTE = "Le seuil de 60 m vaut pour tout le bassin."


@pytest.fixture
def ana() -> Agent:
    return make_agent("Ana")


@pytest.fixture
def communaute(ana: Agent) -> Communaute:
    return make_communaute(ana, "sur_demande")


@pytest.fixture
def lila(communaute: Communaute) -> Agent:
    return add_member(communaute, make_agent("Lila")).agent


@pytest.fixture
def message(communaute: Communaute, lila: Agent) -> Message:
    """The answer of a third person, in a sujet that Lila has opened."""
    sujet = make_sujet(communaute, lila)
    omar = add_member(communaute, make_agent("Omar")).agent
    return actions.publish_message(omar, sujet, "Nous avons tous convenu de **60 m** hier, en réunion.")


def page_of(agent: Agent, message: Message) -> str:
    return browser(agent).get(f"/sujets/{message.sujet_id}/").content.decode()


def test_the_animation_notes_a_decision_that_the_message_shows(
    communaute: Communaute, ana: Agent, lila: Agent, message: Message, django_assert_num_queries: Any
) -> None:
    client = browser(ana)
    client.get(f"/sujets/{message.sujet_id}/")
    with CaptureQueriesContext(connection) as before:
        assert "message__suites" not in client.get(f"/sujets/{message.sujet_id}/").content.decode()
        queries = len(before)
    form = client.get(f"/messages/{message.pk}/decision/").content.decode()
    assert "Nous avons tous convenu de 60 m hier" in form
    made = client.post(
        f"/messages/{message.pk}/decision/", {"texte": TEXTE, "prise_le": "2026-05-12", "confirmer": "oui"}
    )
    assert made["Location"].endswith(f"#message-{message.numero}")
    decision = Decision.objects.get()
    assert (decision.etat, decision.reference) == ("confirmee", "2026-001")
    # The page shows it at once to all, and reads no more than it did.
    assert "Décision n°\u00a02026-001" in page_of(lila, message)
    client.get(f"/sujets/{message.sujet_id}/")
    with django_assert_num_queries(queries):
        assert f"/decisions/{decision.pk}/" in client.get(f"/sujets/{message.sujet_id}/").content.decode()
    register = browser(lila).get(f"/communautes/{communaute.slug}/decisions/").content.decode()
    assert f"/messages/{message.pk}/" in register
    assert f"Sujet : {message.sujet.titre}" in register
    # Sent twice, it is one decision.
    client.post(
        f"/messages/{message.pk}/decision/", {"texte": TEXTE, "prise_le": "2026-05-12", "confirmer": "oui"}
    )
    assert Decision.objects.count() == 1
    cancel_decision(ana, decision, motif="Le décret a changé.")
    assert "<s>Décision n°\u00a02026-001</s>" in page_of(lila, message)


def test_who_opened_the_sujet_proposes(ana: Agent, lila: Agent, message: Message) -> None:
    assert "Noter comme décision" in page_of(lila, message)
    client = browser(lila)
    client.post(
        f"/messages/{message.pk}/decision/", {"texte": TEXTE, "prise_le": "2026-05-12", "confirmer": "oui"}
    )
    decision = Decision.objects.get()
    assert (decision.etat, decision.numero) == ("proposee", None)
    assert "Décision proposée" in page_of(ana, message)
    confirm_decision(ana, decision)
    assert "Décision n°\u00a02026-001" in page_of(lila, message)
    # Whoever answered only may not.
    assert "Noter comme décision" not in page_of(message.auteur, message)
    assert browser(message.auteur).get(f"/messages/{message.pk}/decision/").status_code == 403
    with pytest.raises(PermissionDenied):
        actions.note_decision(message.auteur, message, TEXTE)


def test_a_member_makes_a_task(communaute: Communaute, ana: Agent, lila: Agent, message: Message) -> None:
    omar = message.auteur
    assert "En faire une tâche" in page_of(omar, message)
    client = browser(omar)
    form = client.get(f"/messages/{message.pk}/tache/").content.decode()
    assert "Nous avons tous convenu" in form
    wrong = client.post(
        f"/messages/{message.pk}/tache/", {"libelle": "Écrire la note", "echeance": "2020-01-01"}
    )
    assert wrong.status_code == 422
    assert "Écrire la note" in wrong.content.decode()
    fields = {"libelle": "Écrire la note", "responsable": lila.identifiant}
    client.post(f"/messages/{message.pk}/tache/", fields)
    client.post(f"/messages/{message.pk}/tache/", fields)
    tache = Tache.objects.get()
    assert "Tâche à faire" in page_of(ana, message)
    assert Notification.objects.filter(destinataire=lila, genre="tache").count() == 1
    assert f"Sujet : {message.sujet.titre}" in browser(lila).get(f"/taches/{tache.pk}/").content.decode()
    set_task_state(lila, tache, "faite")
    assert "Tâche faite" in page_of(ana, message)


def test_followers_of_the_sujet_are_told_at_once_and_sleepers_are_not(
    communaute: Communaute, ana: Agent, lila: Agent, message: Message, run_jobs: Any
) -> None:
    calm, quiet, keen = (add_member(communaute, make_agent(name)).agent for name in ("Cal", "Quentin", "Kim"))
    actions.set_level(quiet, message.sujet, "sourdine")
    actions.set_level(keen, message.sujet, "suivre")
    run_jobs()
    decision = actions.note_decision(ana, message, TEXTE)
    run_jobs()
    told = Notification.objects.filter(cle=f"decision.{decision.pk}")
    # Lila and Omar wrote in the sujet, and so follow it.
    assert {row.destinataire: row.voie for row in told} == {
        calm: "resume", keen: "courriel", lila: "courriel", message.auteur: "courriel",
    }  # fmt: skip


def test_the_summary_tells_what_was_decided(
    communaute: Communaute, ana: Agent, lila: Agent, message: Message, django_assert_max_num_queries: Any
) -> None:
    page, client = f"/sujets/{message.sujet_id}/resume/", browser(lila)
    assert "Décisions</h2>" not in client.get(page).content.decode()
    for number in range(4):
        actions.note_decision(ana, message, f"{TEXTE} {number}")
    actions.make_task(ana, message, "Écrire la note", responsable=lila)
    refused = actions.note_decision(lila, message, "Le seuil est aboli partout.")
    cancel_decision(ana, refused, motif="Non")
    with django_assert_max_num_queries(18):
        text = client.get(page).content.decode()
    assert "Décisions</h2>" in text
    assert text.count('class="decision"') == 4
    assert "Écrire la note" in text
    assert "aboli" not in text
    assert f"Message {message.numero}" in text


def test_the_way_back_is_shown_to_who_may_read_the_place(
    communaute: Communaute, ana: Agent, lila: Agent, message: Message
) -> None:
    decision = actions.note_decision(ana, message, TEXTE)
    tache = actions.make_task(ana, message, "Écrire la note")
    outside = make_agent("Hors")

    def seen(agent: Agent) -> tuple[bool, bool]:
        return (
            decision.pk in origins_of_decisions(agent, [decision.pk]),
            tache.pk in origins_of_taches(agent, [tache.pk]),
        )

    assert (seen(lila), seen(outside)) == ((True, True), (False, False))
    actions.hide_message(ana, message, motif="Hors charte")
    assert seen(lila) == (False, False)
    # The decision stands, though its message is withdrawn; nothing more is noted from it.
    assert "message__suites" not in page_of(lila, message)
    assert browser(lila).get(f"/decisions/{decision.pk}/").status_code == 200
    assert browser(ana).get(f"/messages/{message.pk}/decision/").status_code == 403
    message.refresh_from_db()
    with pytest.raises(ActionRefusee, match="plus visible"):
        actions.make_task(ana, message, "Autre tâche")


def test_a_sujet_moved_elsewhere_tells_nothing_of_the_register_it_left(
    communaute: Communaute, ana: Agent, lila: Agent, message: Message
) -> None:
    elsewhere = make_communaute(ana)
    decision = actions.note_decision(ana, message, TEXTE)
    actions.move_sujet(ana, message.sujet, elsewhere)
    stranger = make_agent("Hors")
    assert "2026-001" not in page_of(stranger, message)
    assert TEXTE not in browser(stranger).get(f"/sujets/{message.sujet_id}/resume/").content.decode()
    # Its number changed elsewhere: still nothing.
    cancel_decision(ana, decision, motif="Erreur")
    assert "2026-001" not in page_of(stranger, message)
    message.sujet.refresh_from_db()
    actions.move_sujet(ana, message.sujet, communaute)
    assert "2026-001" in page_of(lila, message)


def test_split_and_merge_keep_the_marks(communaute: Communaute, ana: Agent, message: Message) -> None:
    actions.note_decision(ana, message, TEXTE)
    target = make_sujet(communaute, ana, "Un autre sujet de la communauté")
    actions.merge_sujets(ana, message.sujet, target)
    message.refresh_from_db()
    assert message.sujet_id == target.pk
    assert "2026-001" in page_of(ana, message)
    confirm = actions.note_decision(ana, message, "Autre décision prise ensuite.", confirmer=False)
    confirm_decision(ana, confirm)
    assert "2026-002" in page_of(ana, message)


def test_a_link_is_to_one_thing(communaute: Communaute, ana: Agent, message: Message) -> None:
    decision = actions.note_decision(ana, message, TEXTE)
    for fields in ({"decision": None, "tache": None}, {"decision": decision, "tache": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SuiteMessage.objects.create(message=message, **fields)


@pytest.mark.django_db(transaction=True)
def test_noted_confirmed_and_edited_at_once() -> None:
    ana = make_agent("Ana")
    communaute = make_communaute(ana)
    sujet = make_sujet(communaute, ana)
    message = sujet.messages.get()
    waiting = [actions.note_decision(ana, message, f"{TEXTE} {n}", confirmer=False) for n in range(4)]
    calls: list[Any] = [lambda decision=decision: confirm_decision(ana, decision) for decision in waiting]
    calls += [lambda n=n: actions.note_decision(ana, message, f"{TEXTE} bis {n}") for n in range(4)]
    calls += [lambda: actions.note_decision(ana, message, f"{TEXTE} ter") for _ in range(3)]
    calls += [lambda: actions.edit_message(ana, message, "Un autre texte.", version=1)]
    together(calls)
    numbers = sorted(Decision.objects.exclude(numero=None).values_list("numero", flat=True))
    assert numbers == list(range(1, 10))
    message.refresh_from_db()
    assert message.version == 2
    assert message.suites.count("confirmee") == 9
    assert Decision.objects.filter(texte=f"{TEXTE} ter").count() == 1


def test_the_address_of_a_decision_is_shown_by_its_words(
    communaute: Communaute, ana: Agent, message: Message, settings: Any
) -> None:
    decision = actions.note_decision(ana, message, TEXTE)
    answer = actions.publish_message(
        ana, message.sujet, f"Voir {settings.SITE_URL}/decisions/{decision.pk}/ à ce propos."
    )
    assert "Le seuil de 60 m vaut" in answer.html
