"""A part is away: what people see, and what stays true."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from forum.models import Message
from tests.factories import add_member, make_agent, make_communaute, make_sujet

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def no_redis(settings: Any, tmp_path: Path) -> None:
    """Redis does not answer: its socket is not there."""
    nowhere = f"unix://{tmp_path}/parti.sock"
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": nowhere}}
    layer = settings.CHANNEL_LAYERS["default"]
    settings.CHANNEL_LAYERS = {"default": layer | {"CONFIG": layer["CONFIG"] | {"hosts": [nowhere]}}}


@pytest.fixture
def sujet() -> Any:
    communaute = make_communaute(make_agent())
    return make_sujet(communaute, add_member(communaute, make_agent()).agent)


def test_pages_and_writes_go_on_without_redis(sujet: Any, no_redis: None) -> None:
    client = Client()
    client.force_login(sujet.auteur)
    assert client.get("/").status_code == 200
    assert client.get(sujet.get_absolute_url()).status_code == 200
    answer = client.post(f"/sujets/{sujet.pk}/repondre/", {"texte": "Écrit sans Redis, gardé quand même."})
    assert answer.status_code == 302
    assert Message.objects.filter(sujet=sujet, numero=2).exists()
    assert client.get("/sante/pret").json()["parties"]["redis"] is False


def test_signing_in_works_without_redis(no_redis: None) -> None:
    agent = make_agent()
    from allauth.account.models import EmailAddress

    EmailAddress.objects.create(user=agent, email=agent.email, verified=True, primary=True)
    client = Client()
    answer = client.post("/compte/login/", {"login": agent.email, "password": "Un-mot-de-passe-de-test"})
    assert answer.status_code == 302
    assert client.get("/annuaire/moi/").status_code == 302


def test_maintenance_closes_the_doors_and_says_so(client: Client, settings: Any, tmp_path: Path) -> None:
    settings.MAINTENANCE_FILE = tmp_path / "maintenance"
    settings.MAINTENANCE_FILE.write_text("")
    answer = client.get("/")
    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert "Réessayer" in answer.content.decode()
    # The supervisor must still see that the process lives.
    assert client.get("/sante/vivant").status_code == 200
    settings.MAINTENANCE_FILE.unlink()
    assert Client().get("/").status_code == 200


def test_a_fault_gives_a_page_in_french(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any) -> None:
        raise RuntimeError("panne")

    monkeypatch.setattr("plateforme.views.home_of", fail)
    client.force_login(make_agent())
    client.raise_request_exception = False
    answer = client.get("/")
    assert answer.status_code == 500
    text = answer.content.decode()
    assert '<html lang="fr"' in text
    assert "panne" not in text
