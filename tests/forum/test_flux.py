"""Atom feeds: what a personal key opens, to whom, and that it stays secret."""

import io
import logging
import re
import time
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client

from annuaire.models import Agent, Expertise
from communautes.models import Adhesion, Communaute
from forum import actions
from forum.models import CleFlux, Etiquette, Message, Sujet
from plateforme.socle.models import EntreeJournal
from tests.factories import add_member, declare, make_agent, make_communaute, make_sujet

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def communaute() -> Communaute:
    return make_communaute(make_agent("Ana"), "sur_demande")


@pytest.fixture
def nadia(communaute: Communaute) -> Agent:
    return add_member(communaute, make_agent("Nadia")).agent


def address(agent: Agent, communaute: Communaute) -> str:
    return f"/flux/{actions.create_feed_key(agent)}/communautes/{communaute.slug}.atom"


def essentials(content: bytes) -> list[Any]:
    """Check what RFC 4287 asks of every feed; returns the entries."""
    feed = ElementTree.fromstring(content)
    assert feed.tag == f"{ATOM}feed"
    for element in (feed, *feed.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(element.findall(ATOM + name)) == 1
        assert re.fullmatch(r"tag:localhost,2026:[a-z]+/\d+", element.findtext(f"{ATOM}id"))
        assert re.fullmatch(
            r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", element.findtext(f"{ATOM}updated")
        )
        assert element.find(f"{ATOM}author/{ATOM}name").text
        assert element.find(f"{ATOM}link[@rel='alternate']").get("href").startswith("http://localhost:8000/")
    return feed.findall(f"{ATOM}entry")


def test_a_feed_gives_the_sujets_of_a_community(communaute: Communaute, nadia: Agent) -> None:
    where = address(nadia, communaute)
    assert essentials(Client().get(where).content) == []
    sujet = make_sujet(communaute, nadia, "Busage & fossés <script>")
    actions.publish_message(nadia, sujet, "Et voici [la page](/annuaire/).")
    client = Client()
    response = client.get(where)
    (entry,) = essentials(response.content)
    assert entry.findtext(f"{ATOM}title") == "Busage & fossés <script>"
    assert entry.find(f"{ATOM}content").get("type") == "html"
    assert "<strong>60 m</strong>" in entry.findtext(f"{ATOM}content")
    assert "1 réponse." in entry.findtext(f"{ATOM}content")
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert response["Cache-Control"] == "private, max-age=300"
    assert response["Referrer-Policy"] == "no-referrer"
    assert not client.cookies
    assert where.split("/")[2] not in response.content.decode()
    # Asked again: nothing travels until something changes.
    assert client.get(where, HTTP_IF_NONE_MATCH=response["ETag"]).status_code == 304
    assert client.get(where, HTTP_IF_MODIFIED_SINCE=response["Last-Modified"]).status_code == 304
    sujet.titre = "Busage corrigé"
    sujet.save()
    again = client.get(where, HTTP_IF_NONE_MATCH=response["ETag"])
    assert again.status_code == 200
    assert essentials(again.content)[0].findtext(f"{ATOM}id") == entry.findtext(f"{ATOM}id")


def test_whatever_was_written_the_feed_is_xml_and_its_addresses_whole(
    communaute: Communaute, nadia: Agent
) -> None:
    sujet = make_sujet(communaute, nadia)
    Sujet.objects.filter(pk=sujet.pk).update(titre="a\x01\x0b\ufffe]]>&amp;")
    opening = Message.objects.filter(sujet=sujet, numero=1)
    where = address(nadia, communaute)
    opening.update(html_stocke='<p>\x1f<a href="/annuaire/">x</a> <a href="//x.fr">y</a>]]></p>')
    (entry,) = essentials(Client().get(where).content)
    assert entry.findtext(f"{ATOM}title") == "a]]>&amp;"
    assert 'href="http://localhost:8000/annuaire/"' in entry.findtext(f"{ATOM}content")
    assert 'href="//x.fr"' in entry.findtext(f"{ATOM}content")
    opening.update(html_stocke="<p>" + "a" * 30_000 + "</p>", version=2)
    assert len(Client().get(where).content) < 10_000
    from django.utils import timezone

    opening.update(masque_le=timezone.now())
    assert "60 m" not in Client().get(where).content.decode()


def test_a_key_opens_what_its_owner_may_read_now(communaute: Communaute, nadia: Agent) -> None:
    make_sujet(communaute, nadia)
    private = make_communaute(make_agent(), "privee")
    where = address(nadia, communaute)
    cle = where.split("/")[2]
    get = Client().get
    assert get(where).status_code == 200
    for wrong in (private.slug, "inconnue"):
        assert get(where.replace(communaute.slug, wrong)).status_code == 404
    assert get(where.replace(cle, cle[:-1] + "_")).status_code == 404
    assert get(where.replace(cle, "é")).status_code == 404
    outsider = make_agent()
    assert get(address(outsider, communaute)).status_code == 404
    Adhesion.objects.filter(agent=nadia, communaute=communaute).delete()
    assert get(where).status_code == 404
    add_member(communaute, nadia)
    assert get(where).status_code == 200
    nadia.is_active = False
    nadia.save()
    assert get(where).status_code == 404
    assert Client().post(where).status_code == 405


def test_feeds_by_tag_and_by_expertise_keep_to_what_one_may_read(
    communaute: Communaute, nadia: Agent
) -> None:
    eau = declare(nadia, "Loi sur l’eau")
    sujet, other = make_sujet(communaute, nadia), make_sujet(communaute, nadia, "Un autre sujet")
    sujet.expertises.add(eau)
    private = make_communaute(make_agent(), "privee")
    hidden = make_sujet(private, private.membres.get(), "Secret bien gardé")
    hidden.expertises.add(eau)
    old = Etiquette.objects.create(communaute=communaute, nom="Busages", slug="busages")
    kept = Etiquette.objects.create(communaute=communaute, nom="Busage", slug="busage")
    old.fusionnee_dans = kept
    old.save()
    other.etiquettes.add(kept)
    base = f"/flux/{actions.create_feed_key(nadia)}"

    def titles(path: str) -> list[str]:
        return [entry.findtext(f"{ATOM}title") for entry in essentials(Client().get(base + path).content)]

    assert titles(f"/expertises/{Expertise.objects.get().slug}.atom") == [sujet.titre]
    for slug in ("busage", "busages"):
        assert titles(f"/communautes/{communaute.slug}/etiquettes/{slug}.atom") == ["Un autre sujet"]
    assert Client().get(f"{base}/communautes/{communaute.slug}/etiquettes/rien.atom").status_code == 404
    assert Client().get(f"{base}/expertises/rien.atom").status_code == 404


def test_the_key_is_seen_once_replaced_and_revoked(communaute: Communaute, nadia: Agent) -> None:
    client = Client()
    client.force_login(nadia)
    assert "Créer ma clé" in client.get("/flux/").content.decode()
    shown = client.post("/flux/creer/")
    assert "no-store" in shown["Cache-Control"]
    # « no-referrer » would make browsers send these forms as from nowhere, which is refused.
    assert shown["Referrer-Policy"] == "same-origin"
    where = re.search(rf"/flux/([\w-]{{43}})/communautes/{communaute.slug}\.atom", shown.content.decode())
    assert where is not None
    assert Client().get(where[0]).status_code == 200
    assert where[1] not in CleFlux.objects.get().empreinte
    page = client.get("/flux/").content.decode()
    assert where[1] not in page
    assert "VOTRE-CLE" in page
    assert "dernière fois" in page
    client.post("/flux/creer/")
    assert Client().get(where[0]).status_code == 404
    client.post("/flux/revoquer/")
    client.post("/flux/revoquer/")
    assert not CleFlux.objects.exists()
    assert [entry.action for entry in EntreeJournal.objects.filter(action__startswith="feed_key").order_by("pk")] == [
        "feed_key.create", "feed_key.replace", "feed_key.revoke",
    ]  # fmt: skip


def test_a_key_is_not_used_without_bound(
    communaute: Communaute, nadia: Agent, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.LIMITES_PAR_MINUTE = {**settings.LIMITES_PAR_MINUTE, "flux": 2}
    # Within one minute of the clock.
    now = time.time()
    monkeypatch.setattr("plateforme.socle.limites.time.time", lambda: now)
    where = address(nadia, communaute)
    codes = [Client().get(where).status_code for _ in range(3)]
    assert codes == [200, 200, 429]


def test_the_key_is_in_no_log(communaute: Communaute, nadia: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    root, said = logging.getLogger(), io.StringIO()
    (console,) = [handler for handler in root.handlers if handler.name == "console"]
    monkeypatch.setattr(console, "stream", said)
    monkeypatch.setattr(root, "level", logging.DEBUG)
    where = address(nadia, communaute)
    Client().get(where)
    Client().get(where.replace(".atom", "x.atom"))
    logging.getLogger("essai").warning("Not Found: %s", where)
    assert said.getvalue().count("/flux/***/communautes/") >= 3
    assert where.split("/")[2] not in said.getvalue()
