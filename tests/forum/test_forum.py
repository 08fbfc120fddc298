"""The forum: opening, answering, accepting, following; and who is told."""

from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.test import Client

from annuaire.models import Agent
from annuaire.notifications.models import Notification, Reglage
from communautes.models import Adhesion, Communaute
from forum import actions
from forum.models import Message, Sujet
from plateforme.socle.erreurs import TropDeDemandes
from plateforme.socle.models import EntreeJournal
from tests.communautes.test_adhesions import together
from tests.factories import add_member, browser, make_agent, make_communaute, make_sujet

pytestmark = pytest.mark.django_db

QUESTION = {"genre": "question", "titre": "Busage sur dix-huit mètres ?", "texte": "Quel **seuil** ?"}


@pytest.fixture
def communaute() -> Communaute:
    return make_communaute(make_agent("Ana"))


@pytest.fixture
def nadia(communaute: Communaute) -> Agent:
    return add_member(communaute, make_agent("Nadia")).agent


@pytest.fixture
def gaelle(communaute: Communaute) -> Agent:
    return add_member(communaute, make_agent("Gaëlle")).agent


def test_open_answer_accept(communaute: Communaute, nadia: Agent, gaelle: Agent, run_jobs: Any) -> None:
    asked = browser(nadia).post(f"{communaute.get_absolute_url()}forum/nouveau/", QUESTION)
    sujet = Sujet.objects.get()
    assert asked["Location"] == sujet.get_absolute_url()
    where = sujet.get_absolute_url()
    browser(gaelle).post(f"{where}repondre/", {"texte": "Oui, à Foix."})
    answer = Message.objects.get(numero=2)
    run_jobs()
    told = Notification.objects.get(destinataire=nadia)
    assert (told.genre, told.titre.split(" a répondu")[0]) == ("reponse", gaelle.nom_complet)
    (message,) = mail.outbox
    assert message.to == [nadia.email]
    assert "Oui, à Foix." in message.body
    assert "Oui, à Foix." in message.alternatives[0].content
    # Reading it on the site marks it read.
    browser(nadia).get(where)
    told.refresh_from_db()
    assert told.lue_le is not None
    browser(nadia).post(f"/messages/{answer.pk}/accepter/")
    sujet.refresh_from_db()
    assert sujet.message_accepte == answer
    assert Notification.objects.get(destinataire=gaelle).genre == "acceptation"
    page = browser(gaelle).get(where).content.decode()
    # Right under the question and again at its place.
    assert page.count("Réponse retenue") >= 1
    browser(nadia).post(f"{where}retirer-acceptation/")
    sujet.refresh_from_db()
    assert sujet.message_accepte is None
    assert set(EntreeJournal.objects.values_list("action", flat=True)) >= {
        "sujet.open", "message.publish", "message.accept", "message.withdraw_acceptance",
    }  # fmt: skip


def test_a_mentioned_follower_is_told_once(
    communaute: Communaute, nadia: Agent, gaelle: Agent, run_jobs: Any
) -> None:
    sujet = make_sujet(communaute, nadia)
    outside = make_agent("Hors")
    private = make_communaute(gaelle, "privee")
    for target in (sujet, make_sujet(private, gaelle)):
        actions.publish_message(gaelle, target, f"@{nadia.identifiant} et @{outside.identifiant}, et toi ?")
    run_jobs()
    run_jobs()
    assert [row.genre for row in Notification.objects.filter(destinataire=nadia)] == ["mention"]
    # An open community is read by all; a private one is not even named to others.
    assert Notification.objects.filter(destinataire=outside).count() == 1
    assert not Notification.objects.filter(destinataire=gaelle).exists()


def test_read_meanwhile_is_not_mailed(
    communaute: Communaute, nadia: Agent, gaelle: Agent, run_jobs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sujet = make_sujet(communaute, nadia)
    message = actions.publish_message(gaelle, sujet, "Réponse")
    actions.tell_of_message(message)
    browser(nadia).get(sujet.get_absolute_url())
    run_jobs()
    assert mail.outbox == []


def test_no_mail_for_who_does_not_want_any(
    communaute: Communaute, nadia: Agent, gaelle: Agent, run_jobs: Any
) -> None:
    Reglage.objects.create(agent=nadia, courriels=False, jours=list(range(7)))
    actions.publish_message(gaelle, make_sujet(communaute, nadia), "Réponse")
    run_jobs()
    assert mail.outbox == []
    assert Notification.objects.filter(destinataire=nadia).count() == 1


def test_who_left_meanwhile_is_told_nothing(nadia: Agent, run_jobs: Any) -> None:
    private = make_communaute(make_agent(), "privee")
    member = add_member(private, make_agent()).agent
    sujet = make_sujet(private, member)
    author = add_member(private, nadia).agent
    actions.publish_message(author, sujet, "Réponse")
    Adhesion.objects.filter(agent=member).delete()
    run_jobs()
    assert not Notification.objects.filter(destinataire=member).exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"titre": ""}, "Ce champ est obligatoire"),
        ({"titre": "Court"}, "Donnez un titre qui se comprend seul"),
        ({"texte": "   "}, "Écrivez un texte avant d’envoyer."),
        ({"texte": "a" * 60_001}, "caractères"),
        ({"texte": " ".join(f"@agent-{n}" for n in range(51))}, "cite 50 personnes au plus"),
        ({"genre": "inconnu"}, "Choisissez le genre de votre sujet"),
    ],
)
def test_what_is_refused_is_told_and_kept(
    communaute: Communaute, nadia: Agent, change: dict[str, str], said: str
) -> None:
    answer = browser(nadia).post(f"{communaute.get_absolute_url()}forum/nouveau/", QUESTION | change)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert said in text
    kept = (QUESTION | change)["texte"]
    assert not kept.strip() or kept[:40] in text
    assert not Sujet.objects.exists()


def test_an_empty_answer_is_refused(communaute: Communaute, nadia: Agent) -> None:
    sujet = make_sujet(communaute, nadia)
    answer = browser(nadia).post(f"{sujet.get_absolute_url()}repondre/", {"texte": " "})
    assert answer.status_code == 422
    assert "Écrivez un texte avant d’envoyer." in answer.content.decode()


def test_a_double_click_publishes_once(communaute: Communaute, nadia: Agent) -> None:
    client = browser(nadia)
    for _ in range(2):
        client.post(f"{communaute.get_absolute_url()}forum/nouveau/", QUESTION)
    sujet = Sujet.objects.get()
    for _ in range(2):
        client.post(f"{sujet.get_absolute_url()}repondre/", {"texte": "Je précise."})
    assert sujet.messages.count() == 2


@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_hole_when_many_answer_at_once() -> None:
    communaute = make_communaute(make_agent())
    agents = [add_member(communaute, make_agent()).agent for _ in range(4)]
    sujet = make_sujet(communaute, agents[0])
    together(
        [
            lambda a=agent, n=n: actions.publish_message(a, sujet, f"Réponse {n} de {a.pk}")
            for agent in agents
            for n in range(2)
        ]
    )
    assert sorted(sujet.messages.values_list("numero", flat=True)) == list(range(1, 10))
    # Twice at once, the same text: one message.
    together([lambda: actions.publish_message(agents[0], sujet, "Une seule fois")] * 3)
    assert sujet.messages.filter(texte="Une seule fois").count() == 1
    together(
        [lambda: actions.open_sujet(agents[0], communaute, titre="Une seule question ?", texte="Oui")] * 3
    )
    assert Sujet.objects.filter(titre__startswith="Une seule").count() == 1


def test_only_the_asker_or_an_animateur_accepts(communaute: Communaute, nadia: Agent, gaelle: Agent) -> None:
    sujet = make_sujet(communaute, nadia)
    message = actions.publish_message(gaelle, sujet, "Réponse")
    with pytest.raises(PermissionDenied):
        actions.accept_message(gaelle, message)
    assert browser(gaelle).post(f"/messages/{message.pk}/accepter/").status_code == 403
    actions.accept_message(communaute.adhesions.get(role="animateur").agent, message)


def test_readers_of_an_open_community_do_not_write(communaute: Communaute, nadia: Agent) -> None:
    sujet = make_sujet(communaute, nadia)
    reader = browser(make_agent())
    assert reader.get(sujet.get_absolute_url()).status_code == 200
    assert reader.post(f"{sujet.get_absolute_url()}repondre/", {"texte": "Moi aussi"}).status_code == 403
    assert sujet.messages.count() == 1


def test_preview_is_what_will_be_published(communaute: Communaute, nadia: Agent, gaelle: Agent) -> None:
    source = f"**Gras**, @{gaelle.identifiant}, <script>alert(1)</script> [lien](javascript:alert(1))"
    shown = browser(nadia).post("/apercu/", {"texte": source, "communaute": communaute.slug})
    shown = shown.content.decode()
    sujet = make_sujet(communaute, nadia)
    message = actions.publish_message(nadia, sujet, source)
    assert message.html in shown
    assert "<script" not in shown
    assert "javascript:" not in shown.replace("javascript:alert(1)", "", 0) or 'href="javascript' not in shown


def test_following_and_no_longer(communaute: Communaute, nadia: Agent, gaelle: Agent, run_jobs: Any) -> None:
    sujet = make_sujet(communaute, nadia)
    where = sujet.get_absolute_url()
    browser(gaelle).post(f"{where}niveau/", {"niveau": "suivre"})
    browser(nadia).post(f"{where}niveau/", {"niveau": "normal"})
    actions.publish_message(communaute.adhesions.get(role="animateur").agent, sujet, "Du nouveau")
    run_jobs()
    assert [row.destinataire for row in Notification.objects.all()] == [gaelle]


def test_writing_too_fast_is_slowed_with_words(communaute: Communaute, nadia: Agent, settings: Any) -> None:
    settings.LIMITES_PAR_MINUTE = settings.LIMITES_PAR_MINUTE | {"message": 2}
    sujet = make_sujet(communaute, nadia)
    for number in range(2):
        actions.publish_message(nadia, sujet, f"Message {number}")
    with pytest.raises(TropDeDemandes):
        actions.publish_message(nadia, sujet, "Message de trop")
    answer = browser(nadia).post(f"{sujet.get_absolute_url()}repondre/", {"texte": "Message de trop"})
    assert answer.status_code == 422
    assert "Message de trop" in answer.content.decode()


def test_a_form_sent_after_the_session_ended_comes_back_to_its_page(
    communaute: Communaute, nadia: Agent
) -> None:
    sujet = make_sujet(communaute, nadia)
    page = f"http://testserver{sujet.get_absolute_url()}?apres=0"
    answer = Client().post(
        f"{sujet.get_absolute_url()}repondre/", {"texte": "Longue réponse"}, headers={"referer": page}
    )
    assert answer["Location"] == f"/compte/login/?next={sujet.get_absolute_url()}%3Fapres%3D0"
    login = Client().post(
        f"{sujet.get_absolute_url()}repondre/", headers={"referer": "https://ailleurs.example/x"}
    )
    assert login["Location"] == "/compte/login/?next=/"
    scripted = Client().post("/apercu/", headers={"accept": "application/json"})
    assert scripted.status_code == 401
    assert "Votre session s’est fermée" in scripted.json()["erreur"]


@pytest.mark.parametrize("apres", ["-1", "abc", "999999999999", "²", "1e3"])
def test_odd_addresses_do_not_break_the_page(communaute: Communaute, nadia: Agent, apres: str) -> None:
    sujet = make_sujet(communaute, nadia)
    assert browser(nadia).get(f"{sujet.get_absolute_url()}?apres={apres}").status_code == 200
    assert browser(nadia).get(f"{sujet.get_absolute_url()}nouveaux/?apres={apres}").status_code == 200
