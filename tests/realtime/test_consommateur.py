"""The endpoint, from end to end: handshake, sending, catching up, and what closes a line."""

import asyncio
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth import logout
from django.contrib.sessions.models import Session
from django.test import Client, RequestFactory
from django.utils import timezone

from communautes.actions import exclude_member
from forum.models import Sujet
from realtime import historique
from realtime.actions import send_message
from realtime.hub import Hub
from realtime.lectures import Lectures
from realtime.models import LectureSalon, MessageSalon
from realtime.veille import Veille
from tests.realtime.conftest import Monde, in_thread, make_session, open_line, say

# --- Handshake -----------------------------------------------------------------------------------


async def test_foreign_origin_is_refused(monde: Monde, hub: Hub):
    for origin in ("http://mechant.fr", None, "null", "http://testserver:81"):
        line = open_line(monde.sessions[monde.camille.pk], origin=origin)
        assert await line.connect() == (False, 4403), origin


async def test_no_session_is_refused(monde: Monde, hub: Hub):
    for session in (None, "", "x" * 32, "../../etc/passwd"):
        assert await open_line(session).connect() == (False, 4401), session


async def test_closed_account_is_refused(monde: Monde, hub: Hub):
    monde.camille.is_active = False
    await in_thread(monde.camille.save)()
    assert await open_line(monde.sessions[monde.camille.pk]).connect() == (False, 4401)


async def test_first_frame_says_what_is_spoken(monde: Monde, tab, settings):
    camille = await tab(monde.camille)
    hello = await camille.hear("bonjour")
    assert (hello["version"], hello["agent"]) == (1, monde.camille.pk)
    assert hello["limites"] == settings.DIRECT
    assert abs(datetime.fromisoformat(hello["heure"]) - timezone.now()) < timedelta(seconds=5)


@pytest.mark.parametrize("version", ["2", "0", "un", "01", "1.0"])
async def test_another_version_is_refused_in_words(monde: Monde, hub: Hub, version: str):
    line = open_line(monde.sessions[monde.camille.pk], path=f"/ws/?v={version}")
    assert (await line.connect())[0]
    refused = await line.hear("fin")
    assert refused["raison"] == "version_inconnue"
    assert "Rechargez" in refused["message"]
    assert await line.closed_with() == 4406
    assert not hub.prises


async def test_one_too_many_pages_closes_the_oldest(monde: Monde, tab, settings):
    settings.DIRECT = {**settings.DIRECT, "connexions": 2}
    lines = [await tab(monde.camille) for _ in range(2)]
    noe = await tab(monde.noe)
    lines.append(await tab(monde.camille))
    assert (await lines[0].hear("fin"))["raison"] == "trop_de_connexions"
    assert await lines[0].closed_with() == 4409
    for line in (lines[1], lines[2], noe):
        await line.say(type="ping")
        await line.hear("pong")


# --- Channels ------------------------------------------------------------------------------------


async def test_channels_one_may_not_see_are_refused(monde: Monde, tab):
    hidden = await in_thread(monde.private)()
    camille = await tab(monde.camille)
    for canal, code in (
        (f"salon.{hidden.pk}", "introuvable"),
        ("salon.999999", "introuvable"),
        ("sujet.999999", "introuvable"),
        (f"communaute.{hidden.communaute_id}", "introuvable"),
        (f"agent.{monde.noe.pk}", "acces_refuse"),
        ("admin.1", "champ_invalide"),
    ):
        await camille.say(type="abonner", canal=canal, ref=canal)
        error = await camille.hear("erreur")
        assert (error["code"], error["ref"]) == (code, canal)
        assert error["message"].endswith(".")
    # An open community's salon exists for all, and is for members.
    zoe = await tab(monde.zoe)
    await zoe.say(type="abonner", canal=f"salon.{monde.salon.pk}")
    assert (await zoe.hear("erreur"))["code"] == "acces_refuse"
    await in_thread(say)(monde.salon, monde.camille, "Entre nous")
    assert "Entre nous" not in str(await zoe.hear_all())


async def test_channels_one_may_see(monde: Monde, tab):
    sujet = await in_thread(Sujet.objects.create)(
        communaute=monde.communaute,
        auteur=monde.noe,
        titre="Crues",
        cree_le=timezone.now(),
        dernier_message_le=timezone.now(),
        dernier_numero=3,
    )
    camille = await tab(monde.camille)
    assert (await camille.subscribe(f"sujet.{sujet.pk}"))["dernier_numero"] == 3
    assert (await camille.subscribe(f"communaute.{monde.communaute.pk}"))["dernier_numero"] is None
    assert (await camille.subscribe(f"agent.{monde.camille.pk}", ref="z"))["ref"] == "z"
    salon = await camille.subscribe(f"salon.{monde.salon.pk}")
    assert salon["dernier_numero"] == 0
    assert [person["nom"] for person in salon["presents"]] == ["Camille Martin"]
    await camille.say(type="desabonner", canal=f"salon.{monde.salon.pk}")
    await camille.hear("desabonne")
    await in_thread(say)(monde.salon, monde.noe, "Trop tard")
    assert "Trop tard" not in str(await camille.hear_all())


async def test_too_many_subscriptions(monde: Monde, tab, settings):
    settings.DIRECT = {**settings.DIRECT, "abonnements": 1}
    camille = await tab(monde.camille)
    await camille.subscribe(f"salon.{monde.salon.pk}")
    await camille.subscribe(f"salon.{monde.salon.pk}")  # again is not one more
    await camille.say(type="abonner", canal=f"agent.{monde.camille.pk}")
    assert (await camille.hear("erreur"))["code"] == "trop_d_abonnements"


# --- Saying --------------------------------------------------------------------------------------


async def test_said_by_one_heard_by_the_other(monde: Monde, tab):
    camille, noe = await tab(monde.camille), await tab(monde.noe)
    for line in (camille, noe):
        await line.subscribe(f"salon.{monde.salon.pk}")
    client_id = str(uuid4())
    await camille.say(
        type="dire", salon=monde.salon.pk, texte="**Crue** à 14 h", client_id=client_id, ref="r1"
    )
    ack = await camille.hear("accuse")
    assert ack == {
        "type": "accuse",
        "salon": monde.salon.pk,
        "client_id": client_id,
        "numero": 1,
        "ref": "r1",
    }
    message = await noe.hear("salon.message")
    assert message["canal"] == f"salon.{monde.salon.pk}"
    assert (message["numero"], message["client_id"]) == (1, client_id)
    assert "<strong>Crue</strong>" in message["html"]
    assert message["auteur"]["nom"] == "Camille Martin"
    assert (await in_thread(MessageSalon.objects.get)()).texte == "**Crue** à 14 h"


async def test_a_resend_never_doubles(monde: Monde, tab):
    camille, other_tab = await tab(monde.camille), await tab(monde.camille)
    noe = await tab(monde.noe)
    await noe.subscribe(f"salon.{monde.salon.pk}")
    frame = {"type": "dire", "salon": monde.salon.pk, "texte": "Une fois", "client_id": str(uuid4())}
    await camille.say(**frame)
    await other_tab.say(**frame)
    await camille.say(**frame)
    acks = [await camille.hear("accuse"), await camille.hear("accuse"), await other_tab.hear("accuse")]
    assert {ack["numero"] for ack in acks} == {1}
    heard = [frame for frame in await noe.hear_all() if frame["type"] == "salon.message"]
    assert len(heard) == 1
    assert await in_thread(MessageSalon.objects.count)() == 1


async def test_what_cannot_be_said(monde: Monde, tab, settings):
    camille, zoe = await tab(monde.camille), await tab(monde.zoe)
    salon = monde.salon.pk
    for texte, code in (("   ", "refuse"), ("a" * 4001, "refuse"), ("a\0", "champ_invalide")):
        await camille.say(type="dire", salon=salon, texte=texte, client_id=str(uuid4()), ref="r")
        error = await camille.hear("erreur")
        assert (error["code"], error["ref"]) == (code, "r")
    await zoe.say(type="dire", salon=salon, texte="Coucou", client_id=str(uuid4()))
    assert (await zoe.hear("erreur"))["code"] == "acces_refuse"
    settings.LIMITES_PAR_MINUTE = {**settings.LIMITES_PAR_MINUTE, "message": 0}
    await camille.say(type="dire", salon=salon, texte="Trop vite", client_id=str(uuid4()))
    assert (await camille.hear("erreur"))["code"] == "trop_de_demandes"
    assert await in_thread(MessageSalon.objects.count)() == 0


async def test_broken_frames_get_errors_and_the_line_lives(monde: Monde, tab):
    camille = await tab(monde.camille)
    await camille.send_to(bytes_data=b"\x00\xff")
    assert (await camille.hear("erreur"))["code"] == "trame_illisible"
    for text in ("{", "[" * 10_000, '{"type":"abonner"}', '{"type":"inconnu","ref":"x"}', "x" * 20_000):
        await camille.send_to(text_data=text)
        assert (await camille.hear("erreur"))["message"]
    await camille.say(type="ping", ref="p")
    assert (await camille.hear("pong"))["ref"] == "p"


async def test_an_error_of_ours_gets_an_answer(monde: Monde, tab, monkeypatch: pytest.MonkeyPatch):
    async def fail(*args: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("realtime.redaction._send", fail)
    camille = await tab(monde.camille)
    await camille.say(type="dire", salon=monde.salon.pk, texte="Bonjour", client_id=str(uuid4()), ref="r")
    error = await camille.hear("erreur")
    assert (error["code"], error["ref"]) == ("erreur_interne", "r")
    await camille.say(type="ping")
    await camille.hear("pong")


async def test_rate_limit_then_cut(monde: Monde, tab, settings):
    settings.DIRECT = {**settings.DIRECT, "trames_par_10_s": 8, "trames_refusees": 5}
    camille = await tab(monde.camille)
    for _ in range(9):
        await camille.say(type="ping")
    heard = sorted(frame.get("code", frame["type"]) for frame in await camille.hear_all())
    assert heard == ["bonjour", *["pong"] * 8, "trop_de_trames"]
    for _ in range(6):
        await camille.say(type="ping")
    assert await camille.closed_with() == 4429


# --- Catching up ---------------------------------------------------------------------------------


async def test_catch_up_has_no_hole_and_no_end_too_soon(monde: Monde, tab, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(historique, "CATCH_UP", 4)

    def fill() -> None:
        for number in range(11):
            say(monde.salon, monde.noe, f"Message {number + 1}")

    await in_thread(fill)()
    canal = f"salon.{monde.salon.pk}"
    camille = await tab(monde.camille)
    numbers, after, more = [], 2, True
    while more:
        assert (await camille.subscribe(canal, apres=after))["dernier_numero"] == 11
        page = await camille.hear("rattrapage")
        assert page["canal"] == canal
        numbers += [message["numero"] for message in page["messages"]]
        after, more = numbers[-1], page["suite"]
    assert numbers == list(range(3, 12))
    await camille.subscribe(canal, apres=11)
    empty = await camille.hear("rattrapage")
    assert (empty["messages"], empty["suite"]) == ([], False)


async def test_catch_up_pages_are_bounded_in_size(monde: Monde, tab, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(historique, "CATCH_UP_CHARACTERS", 10)
    for texte in ("Un texte assez long", "Un autre"):
        await in_thread(say)(monde.salon, monde.noe, texte)
    camille = await tab(monde.camille)
    await camille.subscribe(f"salon.{monde.salon.pk}", apres=0)
    page = await camille.hear("rattrapage")
    assert ([message["numero"] for message in page["messages"]], page["suite"]) == ([1], True)


async def test_heartbeat_tells_of_a_lost_last_message(monde: Monde, tab, hub: Hub, monkeypatch):
    camille = await tab(monde.camille)
    await camille.subscribe(f"salon.{monde.salon.pk}", apres=0)
    with monkeypatch.context() as patch:
        patch.setattr("plateforme.socle.diffusion._publish_all", lambda *event: None)
        await in_thread(send_message)(monde.noe, monde.salon, "Perdu en route", uuid4())
    await hub.battement.beat()
    beat = await camille.hear("battement")
    assert beat["numeros"] == {f"salon.{monde.salon.pk}": 1}
    await camille.subscribe(f"salon.{monde.salon.pk}", apres=0)
    assert "Perdu en route" in (await camille.hear("rattrapage"))["messages"][0]["html"]


async def test_heartbeat_without_database_still_beats(monde: Monde, tab, hub: Hub, monkeypatch):
    async def fail(*args: object) -> None:
        raise RuntimeError("no database")

    camille = await tab(monde.camille)
    monkeypatch.setattr("realtime.battement._look", fail)
    await hub.battement.beat()
    assert (await camille.hear("battement"))["numeros"] == {}


async def test_read_mark(monde: Monde, tab, hub: Hub, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Lectures, "EVERY", 0.05)
    for texte in ("Bonjour", "Bonsoir"):
        await in_thread(say)(monde.salon, monde.noe, texte)
    camille, canal = await tab(monde.camille), f"salon.{monde.salon.pk}"
    # Who does not follow the salon has nothing there to have read.
    await camille.say(type="lu", salon=monde.salon.pk, numero=1)
    assert (await camille.hear("erreur"))["code"] == "acces_refuse"
    await camille.subscribe(canal)

    async def mark() -> int | None:
        await asyncio.sleep(0.3)
        read = LectureSalon.objects.filter(agent=monde.camille).values_list("dernier_numero", flat=True)
        return await in_thread(read.first)()

    for numero, kept in ((1, 1), (0, 1), (500, 2), (1, 2)):
        await camille.say(type="lu", salon=monde.salon.pk, numero=numero)
        assert await mark() == kept


async def test_reading_marks_wait_for_a_database_that_is_away(monde: Monde, hub: Hub, monkeypatch):
    monkeypatch.setattr(Lectures, "EVERY", 0.05)
    await in_thread(say)(monde.salon, monde.noe, "Bonjour")
    really, away = hub.lectures._mark, True

    async def mark(lus: object) -> None:
        if away:
            raise RuntimeError("no database")
        await really(lus)

    monkeypatch.setattr(hub.lectures, "_mark", mark)
    hub.lectures.note(monde.camille.pk, monde.salon.pk, 1)
    await asyncio.sleep(0.2)
    assert not await in_thread(LectureSalon.objects.filter(agent=monde.camille).exists)()
    away = False
    await asyncio.sleep(0.3)
    assert await in_thread(LectureSalon.objects.filter(agent=monde.camille).exists)()


async def test_presence_is_told(monde: Monde, tab):
    camille = await tab(monde.camille)
    await camille.subscribe(f"salon.{monde.salon.pk}")
    noe = await tab(monde.noe)
    answer = await noe.subscribe(f"salon.{monde.salon.pk}")
    assert answer["nombre"] == 2
    assert {person["nom"] for person in answer["presents"]} == {"Camille Martin", "Noé Martin"}
    while not (event := await camille.hear("presence"))["arrivees"] or event["nombre"] != 2:
        pass
    await noe.disconnect()
    while (event := await camille.hear("presence"))["departs"] != [monde.noe.pk]:
        pass
    assert event["nombre"] == 1


# --- What closes a line or a channel -------------------------------------------------------------


async def test_membership_removed_closes_the_channel(monde: Monde, tab):
    noe, camille = await tab(monde.noe), await tab(monde.camille)
    salon, communaute = f"salon.{monde.salon.pk}", f"communaute.{monde.communaute.pk}"
    for line in (noe, camille):
        await line.subscribe(salon)
    await noe.subscribe(communaute)
    await in_thread(exclude_member)(monde.camille, monde.communaute, monde.noe)
    closed = await noe.hear("ferme")
    assert (closed["canal"], closed["message"]) == (
        salon,
        "Rejoignez la communauté pour entrer dans son salon.",
    )
    await in_thread(say)(monde.salon, monde.camille, "Entre membres")
    assert "Entre membres" in str(await camille.hear("salon.message"))
    # The community is open: its own channel stays.
    assert [f["type"] for f in await noe.hear_all() if f["type"] in {"ferme", "salon.message"}] == []


async def test_signing_out_closes_this_session_only(monde: Monde, tab):
    here = await tab(monde.camille)
    elsewhere_key = await in_thread(make_session)(monde.camille)
    elsewhere = open_line(elsewhere_key)
    await elsewhere.connect()

    def sign_out() -> None:
        client = Client()
        client.cookies["sessionid"] = monde.sessions[monde.camille.pk]
        request = RequestFactory().post("/")
        request.session, request.user = client.session, monde.camille
        logout(request)

    await in_thread(sign_out)()
    assert await here.closed_with() == 4401
    await elsewhere.say(type="ping")
    await elsewhere.hear("pong")
    await elsewhere.disconnect()


async def test_session_revoked_from_the_list_closes(monde: Monde, tab):
    camille = await tab(monde.camille)

    def revoke() -> None:
        row = UserSession.objects.create(
            user=monde.camille, ip="127.0.0.1", session_key=monde.sessions[monde.camille.pk]
        )
        row.end()

    await in_thread(revoke)()
    assert await camille.closed_with() == 4401


async def test_account_deactivated_closes(monde: Monde, tab):
    camille = await tab(monde.camille)
    monde.camille.is_active = False
    await in_thread(monde.camille.save)()
    assert (await camille.hear("fin"))["raison"] == "compte_ferme"
    assert await camille.closed_with() == 4410


@pytest.mark.parametrize("how", ["session", "account", "password"])
async def test_heartbeat_closes_what_no_event_told(monde: Monde, tab, hub: Hub, how: str, monkeypatch):
    camille, noe = await tab(monde.camille), await tab(monde.noe)

    # Nothing is told: the heartbeat alone sees it.
    monkeypatch.setattr(Veille, "_apply", lambda *cible: [])

    def end() -> None:
        if how == "session":
            Session.objects.filter(session_key=monde.sessions[monde.camille.pk]).delete()
        elif how == "account":
            type(monde.camille).objects.filter(pk=monde.camille.pk).update(is_active=False)
        else:
            type(monde.camille).objects.filter(pk=monde.camille.pk).update(password="autre")

    await in_thread(end)()
    await hub.battement.beat()
    assert await camille.closed_with() == (4410 if how == "account" else 4401)
    await noe.hear("battement")
