"""The community's FAQ: proposed, decided, ordered; it follows the messages that it shows."""

import contextlib
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.models import Notification
from annuaire.preuves.models import Preuve
from communautes.models import Communaute
from forum import actions
from forum.actions import faq
from forum.models import EntreeFaq, Message
from plateforme.socle.erreurs import ActionRefusee
from tests.communautes.test_adhesions import together
from tests.factories import add_member, browser, make_agent, make_communaute, make_sujet

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana() -> Agent:
    return make_agent("Ana")


@pytest.fixture
def communaute(ana: Agent) -> Communaute:
    return make_communaute(ana, "sur_demande")


def member(communaute: Communaute, prenom: str) -> Agent:
    return add_member(communaute, make_agent(prenom)).agent


def answer(communaute: Communaute, texte: str = "Au-delà de **dix mètres**.") -> Message:
    sujet = make_sujet(communaute, member(communaute, "Nadia"))
    return actions.publish_message(member(communaute, "Gaëlle"), sujet, texte)


def faq_proofs() -> list[str]:
    return list(Preuve.objects.filter(genre="faq").values_list("source", flat=True))


def test_a_member_proposes_and_the_animation_publishes(communaute: Communaute, ana: Agent) -> None:
    message, lila = answer(communaute), member(communaute, "Lila")
    page = f"{communaute.get_absolute_url()}faq/"
    client = browser(lila)
    form = client.get(f"/messages/{message.pk}/faq/").content.decode()
    assert message.sujet.titre in form
    refused = client.post(f"/messages/{message.pk}/faq/", {"question": "Court"})
    assert refused.status_code == 422
    assert "de 8 à 200 caractères" in refused.content.decode()
    client.post(f"/messages/{message.pk}/faq/", {"question": "À partir de quelle longueur déclarer ?"})
    entree = EntreeFaq.objects.get()
    assert faq_proofs() == []
    # Only the animation sees proposals, and is told of them.
    assert "quelle longueur" not in client.get(page).content.decode()
    assert "1\xa0proposition à examiner" in browser(ana).get(page).content.decode()
    assert Notification.objects.get(destinataire=ana).titre.startswith("Lila")
    with pytest.raises(ActionRefusee, match="déjà été proposée"):
        faq.nominate(lila, message, "Encore la même question ?")
    assert client.post(f"/faq/{entree.pk}/", {"decision": "publier"}).status_code == 403
    browser(ana).post(f"/faq/{entree.pk}/", {"decision": "publier"})
    shown = client.get(page).content.decode()
    assert "quelle longueur déclarer" in shown
    assert "<strong>dix mètres</strong>" in shown
    assert faq_proofs() == [f"message.{message.pk}"]
    told = Notification.objects.filter(cle=f"faq.{entree.pk}.publiee")
    assert {row.destinataire for row in told} == {lila, message.auteur}
    assert "quelle longueur" in client.get(page, {"q": "mètres"}).content.decode()
    assert "Aucune réponse ne contient" in client.get(page, {"q": "girafe"}).content.decode()
    browser(ana).post(f"/faq/{entree.pk}/", {"question": "Dès quelle longueur faut-il déclarer ?"})
    assert "Dès quelle longueur" in client.get(page).content.decode()
    browser(ana).post(f"/faq/{entree.pk}/", {"decision": "retirer"})
    assert "Dès quelle longueur" not in client.get(page).content.decode()
    assert faq_proofs() == []
    assert not Notification.objects.filter(cle=f"faq.{entree.pk}.publiee").exists()


def test_it_follows_its_message(communaute: Communaute, ana: Agent) -> None:
    message = answer(communaute)
    # What an animateur proposes is published at once.
    entree = faq.nominate(ana, message, "Dès quelle longueur déclarer ?")
    assert entree.etat == "publiee"
    page = f"{communaute.get_absolute_url()}faq/"
    Message.objects.filter(pk=message.pk).update(html_stocke="<p>Au-delà de cent mètres.</p>")
    assert "cent mètres" in browser(ana).get(page).content.decode()
    for champ in ("supprime_le", "masque_le"):
        Message.objects.filter(pk=message.pk).update(**{champ: timezone.now()})
        actions.refresh_evidence([message.pk])
        assert "cent mètres" not in browser(ana).get(page).content.decode()
        assert faq_proofs() == []
        Message.objects.filter(pk=message.pk).update(**{champ: None})
        actions.refresh_evidence([message.pk])
        assert faq_proofs() == [f"message.{message.pk}"]


def test_a_refusal_is_told_to_who_proposed_and_stands(communaute: Communaute, ana: Agent) -> None:
    message, lila = answer(communaute), member(communaute, "Lila")
    entree = faq.nominate(lila, message, "Dès quelle longueur déclarer ?")
    faq.refuse_entry(ana, entree)
    assert [row.destinataire for row in Notification.objects.filter(cle=f"faq.{entree.pk}.refusee")] == [lila]
    assert not Notification.objects.filter(destinataire=ana).exists()
    with pytest.raises(ActionRefusee, match="ne l’a pas reprise"):
        faq.nominate(lila, message, "Dès quelle longueur déclarer ?")
    assert faq.nominate(ana, message, "Dès quelle longueur déclarer ?").etat == "publiee"
    with pytest.raises(ActionRefusee, match="figure déjà"):
        faq.nominate(ana, message, "Dès quelle longueur déclarer ?")
    with pytest.raises(PermissionDenied):
        faq.nominate(make_agent(), answer(communaute), "Dès quelle longueur déclarer ?")
    with pytest.raises(ActionRefusee, match="pas la question"):
        faq.nominate(lila, message.sujet.messages.get(numero=1), "Dès quelle longueur déclarer ?")


def test_order_and_its_bounds(communaute: Communaute, ana: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [faq.nominate(ana, answer(communaute), f"Question numéro {n} ?") for n in range(3)]

    def order() -> list[str]:
        return list(EntreeFaq.objects.order_by("position", "pk").values_list("question", flat=True))

    faq.move_entry(ana, entries[2], -1)
    faq.move_entry(ana, entries[0], -1)
    assert [text[16] for text in order()] == ["0", "2", "1"]
    browser(ana).post(f"/faq/{entries[0].pk}/", {"decision": "descendre"})
    assert [text[16] for text in order()] == ["2", "0", "1"]
    monkeypatch.setattr(faq, "MAX_ENTREES", 3)
    with pytest.raises(ActionRefusee, match="compte déjà 3 réponses"):
        faq.nominate(ana, answer(communaute), "Une de trop ici ?")


@pytest.mark.django_db(transaction=True)
def test_two_animateurs_at_once() -> None:
    ana, paul = make_agent("Ana"), make_agent("Paul")
    communaute = make_communaute(ana)
    add_member(communaute, paul)
    communaute.adhesions.update(role="animateur")
    message = answer(communaute)
    entree = faq.nominate(member(communaute, "Lila"), message, "Dès quelle longueur déclarer ?")

    def quietly(action: Any, *arguments: Any) -> Any:
        def run() -> None:
            with contextlib.suppress(ActionRefusee):
                action(*arguments)

        return run

    together(
        [
            quietly(faq.publish_entry, ana, entree),
            quietly(faq.refuse_entry, paul, entree),
            quietly(faq.withdraw_entry, paul, entree),
            quietly(faq.nominate, ana, message, "Autre question sur la longueur ?"),
        ]
    )
    found = EntreeFaq.objects.filter(message=message).first()
    published = found is not None and found.etat == "publiee"
    assert faq_proofs() == ([f"message.{message.pk}"] if published else [])
