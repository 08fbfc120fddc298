"""Accounts: who may sign up, what the site tells of who has an account, what leaves by e-mail."""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.core import mail
from django.core.management import call_command
from django.test import Client, override_settings

from annuaire.models import Agent
from plateforme.socle.models import EntreeJournal
from tests.factories import make_agent

pytestmark = pytest.mark.django_db

MOT_DE_PASSE = "Un-mot-de-passe-de-test"
NEW = {
    "prenom": "Solène",
    "nom": "Pouget",
    "fonction": "Instructrice",
    "email": "solene.pouget@lozere.gouv.fr",
    "password1": MOT_DE_PASSE,
    "password2": MOT_DE_PASSE,
}
SIGNUP, LOGIN, RESET = "/compte/signup/", "/compte/login/", "/compte/password/reset/"


def confirmed(**fields: Any) -> Agent:
    agent = make_agent(**fields)
    EmailAddress.objects.create(user=agent, email=agent.email, verified=True, primary=True)
    return agent


def signed_in(agent: Agent, browser: str = "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0") -> Client:
    client = Client(headers={"user-agent": browser})
    answer = client.post(LOGIN, {"login": agent.email, "password": MOT_DE_PASSE})
    assert answer.status_code == 302, answer.content.decode()
    return client


def link_in(message: Any) -> str:
    return re.search(r"https?://[^/\s]+(/compte/\S+)", message.body)[1]


def test_sign_up_confirm_enter(client: Client, run_jobs: Any) -> None:
    assert client.post(SIGNUP, NEW).status_code == 302
    assert SESSION_KEY not in client.session
    run_jobs()
    (message,) = mail.outbox
    (html,) = (part.content for part in message.alternatives)
    assert "République française" in html
    assert link_in(message) in html
    # Opening the link confirms nothing: mail filters open links.
    page = client.get(link_in(message))
    assert not EmailAddress.objects.get(email=NEW["email"]).verified
    assert "Confirmer" in page.content.decode()
    client.post(link_in(message))
    agent = Agent.objects.get(email=NEW["email"])
    assert (agent.nom_complet, agent.identifiant) == ("Solène Pouget", "solene-pouget")
    assert signed_in(agent).get("/").status_code == 200


def test_other_domain_is_told_why_beside_the_field(client: Client) -> None:
    answer = client.post(SIGNUP, NEW | {"email": "solene@gmail.com"})
    text = answer.content.decode()
    assert "L’inscription est ouverte aux adresses professionnelles (@gouv.fr" in text
    assert 'value="Pouget"' in text
    assert 'value="solene@gmail.com"' in text
    assert not Agent.objects.filter(email="solene@gmail.com").exists()


@pytest.mark.parametrize(
    "address",
    ["a@gouv.fr.evil.example", "a@xgouv.fr", "a@evil.example?gouv.fr", '"a@gouv.fr"@evil.example'],
)
def test_lookalike_domains_are_refused(client: Client, address: str) -> None:
    client.post(SIGNUP, NEW | {"email": address})
    assert not Agent.objects.exists()


@override_settings(DOMAINES_COURRIEL=["ofb.example"])
def test_domains_are_configured(client: Client) -> None:
    client.post(SIGNUP, NEW)
    assert not Agent.objects.exists()
    client.post(SIGNUP, NEW | {"email": "a@occitanie.ofb.example"})
    assert Agent.objects.count() == 1


def test_sign_up_does_not_tell_who_has_an_account(client: Client, run_jobs: Any) -> None:
    agent = confirmed()
    known = client.post(SIGNUP, NEW | {"email": agent.email.upper()})
    unknown = Client().post(SIGNUP, NEW)
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    run_jobs()
    subjects = {message.to[0]: message.subject for message in mail.outbox}
    assert len(subjects) == 2
    assert Agent.objects.count() == 2


def test_reset_does_not_tell_who_has_an_account(client: Client, run_jobs: Any) -> None:
    agent = confirmed()
    answers = [client.post(RESET, {"email": email}) for email in (agent.email, "personne@demo.gouv.fr")]
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {
        (302, "/compte/password/reset/done/")
    }
    run_jobs()
    assert {message.to[0] for message in mail.outbox} == {agent.email, "personne@demo.gouv.fr"}


def test_wrong_password_and_unknown_address_read_the_same(client: Client) -> None:
    agent = confirmed()
    texts = [
        client.post(LOGIN, {"login": email, "password": "pas-le-bon-du-tout"}).content.decode()
        for email in (agent.email, "personne@demo.gouv.fr")
    ]
    sentence = "L’adresse e-mail ou le mot de passe sont incorrects."
    assert [sentence in text for text in texts] == [True, True]


def test_reset_changes_the_password_and_says_so(client: Client, run_jobs: Any) -> None:
    agent = confirmed()
    client.post(RESET, {"email": agent.email})
    run_jobs()
    form = client.get(link_in(mail.outbox[0]), follow=True)
    new = "Un-tout-autre-secret"
    client.post(form.request["PATH_INFO"], {"password1": new, "password2": new})
    agent.refresh_from_db()
    assert agent.check_password(new)
    run_jobs()
    told = mail.outbox[-1]
    assert "Votre mot de passe a été réinitialisé." in told.body
    assert "Navigateur inconnu" in told.body
    assert "République française" in told.alternatives[0].content
    # The link works once.
    assert "password1" not in client.get(link_in(mail.outbox[0]), follow=True).content.decode()


def test_guessing_is_stopped(client: Client) -> None:
    agent = confirmed()
    for _ in range(12):
        answer = client.post(LOGIN, {"login": agent.email, "password": "au hasard"})
    assert answer.status_code == 429 or "Trop de tentatives" in answer.content.decode()
    assert SESSION_KEY not in client.session


def test_a_closed_account_does_not_enter(client: Client) -> None:
    agent = confirmed()
    Agent.objects.update(is_active=False)
    client.post(LOGIN, {"login": agent.email, "password": MOT_DE_PASSE})
    assert SESSION_KEY not in client.session


def test_sessions_are_listed_and_closed() -> None:
    agent = confirmed()
    here = signed_in(agent)
    phone = signed_in(agent, "Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Safari/537.36")
    page = here.get("/compte/sessions/").content.decode()
    assert "Firefox sur Windows" in page
    assert "Chrome sur Android" in page
    theirs = UserSession.objects.get(session_key=phone.session.session_key)
    here.post(f"/annuaire/moi/sessions/{theirs.pk}/fermer/")
    assert phone.get("/annuaire/moi/")["Location"].startswith("/compte/login/")
    assert here.get("/compte/sessions/").status_code == 200
    assert EntreeJournal.objects.filter(action="agent.end_session", acteur_id=agent.pk).exists()
    # Twice, or from somebody else: there is no such session.
    assert here.post(f"/annuaire/moi/sessions/{theirs.pk}/fermer/").status_code == 404
    other = signed_in(confirmed())
    mine = UserSession.objects.get(session_key=here.session.session_key)
    assert other.post(f"/annuaire/moi/sessions/{mine.pk}/fermer/").status_code == 404


def test_changing_the_password_closes_the_other_sessions() -> None:
    agent = confirmed()
    here, there = signed_in(agent), signed_in(agent)
    new = "Un-tout-autre-secret"
    here.post("/compte/password/change/", {"oldpassword": MOT_DE_PASSE, "password1": new, "password2": new})
    assert there.get("/annuaire/moi/")["Location"].startswith("/compte/login/")


def test_one_click_enters_demo_accounts_only(client: Client) -> None:
    make_agent(prenom="Préfète")
    hidden = Agent.objects.get()
    assert client.post("/demo/connexion/", {"identifiant": hidden.identifiant}).status_code == 404
    assert SESSION_KEY not in client.session


def test_operators_close_an_account(client: Client) -> None:
    agent, operator = confirmed(), confirmed()
    theirs = signed_in(agent)
    assert theirs.get("/administration/login/").status_code == 403
    Agent.objects.filter(pk=operator.pk).update(is_staff=True, is_superuser=True)
    console = signed_in(operator)
    where = f"/administration/annuaire/agent/{agent.pk}/change/"
    assert agent.email in console.get("/administration/annuaire/agent/?q=" + agent.nom).content.decode()
    # What is not sent is off: the box is left empty. Nothing else can be changed.
    console.post(where, {"nom": "Changé"})
    agent.refresh_from_db()
    assert (agent.is_active, agent.nom == "Changé") == (False, False)
    assert theirs.get("/annuaire/moi/")["Location"].startswith("/compte/login/")
    assert EntreeJournal.objects.filter(action="agent.close", acteur_id=operator.pk).exists()
    console.post(where, {"is_active": "on"})
    assert signed_in(agent).get("/annuaire/moi/").status_code == 302
    assert console.post(f"/administration/annuaire/agent/{operator.pk}/change/", {}).status_code == 403
    # Visitors enter the administration by the site's own door, where the second factor is asked for.
    assert client.get("/administration/login/")["Location"].startswith("/compte/login/")


def test_the_first_operator_is_made_from_the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", MOT_DE_PASSE)
    call_command(
        "createsuperuser",
        email="ops@demo.gouv.fr",
        prenom="Ops",
        nom="Astreinte",
        interactive=False,
        verbosity=0,
    )
    agent = Agent.objects.get(email="ops@demo.gouv.fr")
    assert (agent.is_superuser, agent.identifiant) == (True, "ops-astreinte")
