"""People, a community and its salon; a line to the real application through the real Redis."""

import asyncio
import json
import os
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import fields
from datetime import timedelta
from importlib import import_module
from types import UnionType
from typing import Any, get_origin, get_type_hints
from uuid import uuid4

import pytest
import pytest_asyncio
from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.utils import timezone

from annuaire.models import Agent
from communautes.actions import create_communaute, join
from communautes.models import Communaute
from plateforme.asgi import application
from realtime.actions import send_message
from realtime.hub import Hub, get_hub
from realtime.models import MessageSalon, Salon
from realtime.presence import Presence
from realtime.trames import emises

PATIENCE = 3.0  # seconds
SILENCE = 0.15


def make_agent(prenom: str, **fields: Any) -> Agent:
    agent = Agent.objects.create_user(
        f"{prenom.lower()}@demo.gouv.fr",
        None,
        prenom=prenom,
        nom="Martin",
        fonction="Chargée de mission",
        **fields,
    )
    # An account opened long ago: the young write less fast (annuaire.anciennete).
    agent.date_joined = timezone.now() - timedelta(days=400)
    agent.save(update_fields=["date_joined"])
    return agent


def make_session(agent: Agent) -> str:
    """A session as signing in makes it; gives its key."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(agent.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = agent.get_session_auth_hash()
    session.create()
    return session.session_key


def say(salon: Salon, auteur: Agent, texte: str) -> MessageSalon:
    return send_message(auteur, salon, texte, uuid4())


in_thread = database_sync_to_async


class Monde:
    """Camille animates an open community that Noé has joined; Zoé is not in it."""

    def __init__(self) -> None:
        self.camille = make_agent("Camille")
        self.noe = make_agent("Noé")
        self.zoe = make_agent("Zoé")
        self.communaute = create_communaute(self.camille, nom="Gestion de crise", resume="Entre préfectures")
        join(self.noe, self.communaute)
        self.salon = Salon.objects.get(communaute=self.communaute)
        self.sessions = {agent.pk: make_session(agent) for agent in (self.camille, self.noe, self.zoe)}

    def private(self) -> Salon:
        """The salon of a private community of Zoé's."""
        communaute = create_communaute(
            self.zoe, nom="Cellule", resume="Fermée", visibilite=Communaute.Visibilite.PRIVEE
        )
        return Salon.objects.get(communaute=communaute)


@pytest.fixture
def monde(transactional_db: None) -> Monde:
    return Monde()


@pytest.fixture
def presence_of_its_own(settings: Any) -> None:
    """Presence in a Redis database of this worker's: another's emptying of its cache empties database 0."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    settings.REDIS_URL, found = re.subn(r"(?<=[/=])\d+$", str(1 + worker % 15), settings.REDIS_URL)
    assert found


@pytest_asyncio.fixture
async def hub(
    monkeypatch: pytest.MonkeyPatch, transactional_db: None, presence_of_its_own: None
) -> AsyncIterator[Hub]:
    """The hub of this test's loop. With a database: a hub that cannot hear from one hands nothing out."""
    monkeypatch.setattr(Presence, "TELL_AFTER", 0.05)
    hub = get_hub()
    yield hub
    await hub.close()


def read(text: str) -> dict[str, Any]:
    """A frame, once seen to be what the schema of its type says."""
    frame = json.loads(text)
    schema = emises.get(frame["type"])
    if schema is not None:
        hints = get_type_hints(schema)
        optional = {part.name for part in fields(schema) if part.default is None}
        assert frame.keys() - {"type", "ref"} <= {part.name for part in fields(schema)}, frame
        assert {part.name for part in fields(schema)} - optional <= frame.keys(), frame
        for name, value in frame.items():
            if name not in {"type", "ref"}:
                kinds = hints[name].__args__ if isinstance(hints[name], UnionType) else (hints[name],)
                assert isinstance(value, tuple(get_origin(kind) or kind for kind in kinds)), (frame, name)
    return frame


class Ligne(WebsocketCommunicator):
    """A browser tab."""

    async def say(self, **frame: Any) -> None:
        await self.send_to(text_data=json.dumps(frame))

    async def hear(self, genre: str) -> dict[str, Any]:
        """The next frame of this type; others are let by."""
        async with asyncio.timeout(PATIENCE):
            while True:
                frame = read(await self.receive_from(timeout=PATIENCE))
                if frame["type"] == genre:
                    return frame

    async def hear_all(self) -> list[dict[str, Any]]:
        """What comes until nothing does for a moment."""
        frames = []
        while not await self.receive_nothing(timeout=SILENCE, interval=0.02):
            frames.append(read(await self.receive_from()))
        return frames

    async def subscribe(self, canal: object, **more: Any) -> dict[str, Any]:
        await self.say(type="abonner", canal=str(canal), **more)
        return await self.hear("abonne")

    async def closed_with(self) -> int:
        """The code with which the server closes, frames before it let by."""
        async with asyncio.timeout(PATIENCE):
            while True:
                event = await self.receive_output(timeout=PATIENCE)
                if event["type"] == "websocket.close":
                    return event["code"]


def open_line(
    session: str | None,
    origin: str | None = "http://testserver",
    host: str = "testserver",
    path: str = "/ws/?v=1",
) -> Ligne:
    headers = [(b"host", host.encode())]
    if origin is not None:
        headers.append((b"origin", origin.encode()))
    if session is not None:
        headers.append((b"cookie", f"{settings.SESSION_COOKIE_NAME}={session}".encode()))
    return Ligne(application, path, headers=headers)


@pytest_asyncio.fixture
async def tab(monde: Monde, hub: Hub) -> AsyncIterator[Callable[[Agent], Any]]:
    """`await tab(agent)`: an open line of theirs, closed at the end of the test."""
    lines: list[Ligne] = []

    async def open_one(agent: Agent) -> Ligne:
        line = open_line(monde.sessions[agent.pk])
        lines.append(line)
        connected, _ = await line.connect(timeout=PATIENCE)
        assert connected
        return line

    yield open_one
    for line in lines:
        await line.disconnect()
