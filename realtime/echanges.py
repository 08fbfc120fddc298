"""What is done of each frame of a browser. A module that brings a type of frame says here how it is obeyed.

    @repond_a(Lu)
    async def read(connexion: Connexion, frame: Lu) -> None:
        await _read(connexion.agent_id, frame)

Writes go through the actions of the apps, in a thread (`in_thread`). Refusals are raised (`ActionRefusee`,
`PermissionDenied`, `Http404`): the caller makes an `erreur` of them.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from channels.db import database_sync_to_async
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404

from annuaire.models import Agent
from plateforme.socle.canaux import Canal
from realtime.access import get_salon
from realtime.actions import mark_salon_read, send_message
from realtime.canaux import can_write_in, last_number_for
from realtime.frames import person_frame
from realtime.presence import SHOWN
from realtime.protocole import TrameRecue
from realtime.trames import (
    Abonne,
    Abonner,
    Accuse,
    Desabonne,
    Desabonner,
    Dire,
    Ecrit,
    Erreur,
    Lu,
    Ping,
    Pong,
    Rattrapage,
    Recu,
    TrameEmise,
)

if TYPE_CHECKING:
    from realtime.consumers import Connexion

Obeit = Callable[["Connexion", Any], Awaitable[TrameEmise | None]]

_obeit: dict[type[TrameRecue], Obeit] = {}


def repond_a(kind: type[TrameRecue]) -> Callable[[Obeit], Obeit]:
    """Have frames of this kind obeyed by the decorated coroutine; what it returns is the answer."""

    def register(function: Obeit) -> Obeit:
        assert kind not in _obeit, kind
        _obeit[kind] = function
        return function

    return register


async def obey(connexion: "Connexion", frame: TrameRecue) -> None:
    """Do what a frame asks, and answer it."""
    answer = await _obeit[type(frame)](connexion, frame)
    if answer is not None:
        connexion.reply(answer, frame.ref)


def in_thread(function: Any) -> Any:
    """Run a function that queries in a thread of its own: sockets do not wait for one another."""
    return database_sync_to_async(function, thread_sensitive=False)


def current_agent(agent_id: int) -> Agent:
    """The person as they are now: names change and accounts close while a tab stays open for days."""
    agent = Agent.objects.active().with_place().filter(pk=agent_id).first()
    if agent is None:
        raise PermissionDenied("Ce compte est fermé.")
    return agent


# --- Subscriptions ---------------------------------------------------------------------------------


@repond_a(Abonner)
async def subscribe(connexion: "Connexion", frame: Abonner) -> TrameEmise | None:
    canal, prise, hub = frame.canal, connexion.prise, connexion.hub
    new = canal not in prise.canaux
    if new:
        if len(prise.canaux) >= settings.DIRECT["abonnements"]:
            return Erreur("trop_d_abonnements", "Cette page suit déjà trop de conversations à la fois.")
        await _check(connexion.agent_id, canal)
        await hub.subscribe(prise, canal)
    # Read after the subscription holds, access included: what is said between the two comes live, and an
    # access withdrawn between the two is either seen here or finds the subscription.
    named = canal.options.presence and (new or frame.apres is None)
    present = await hub.presence.present(canal) if named else []
    try:
        last, people, missed = await _news(connexion.agent_id, canal, frame.apres, present[:SHOWN])
    except (Http404, PermissionDenied):
        await hub.unsubscribe(prise, canal)
        raise
    who: dict[str, Any] = {"presents": people, "nombre": len(present)} if named else {}
    connexion.reply(Abonne(str(canal), last, **who), frame.ref)
    if missed is not None:
        events, more = missed
        connexion.reply(Rattrapage(str(canal), events, more))
    return None


@in_thread
def _check(agent_id: int, canal: Canal) -> None:
    last_number_for(current_agent(agent_id), canal)


@in_thread
def _news(
    agent_id: int, canal: Canal, apres: int | None, present: list[int]
) -> tuple[int | None, list[dict[str, Any]], tuple[list[dict[str, Any]], bool] | None]:
    """What a subscription begins with: last number, who is there, what was missed since `apres`."""
    last = last_number_for(current_agent(agent_id), canal)
    people = Agent.objects.active().with_place().filter(pk__in=present).order_by("nom", "prenom", "pk")
    shown = [person_frame(person) for person in people] if present else []
    suite = canal.options.suite
    missed = suite(canal.pk, apres) if suite is not None and apres is not None else None
    return last, shown, missed


@repond_a(Desabonner)
async def unsubscribe(connexion: "Connexion", frame: Desabonner) -> TrameEmise:
    await connexion.hub.unsubscribe(connexion.prise, frame.canal)
    connexion.droits.leave(frame.canal)
    return Desabonne(str(frame.canal))


# --- Salons ----------------------------------------------------------------------------------------


@repond_a(Dire)
async def say(connexion: "Connexion", frame: Dire) -> TrameEmise:
    numero = await _say(connexion.agent_id, frame)
    return Accuse(frame.salon, str(frame.client_id), numero)


@in_thread
def _say(agent_id: int, frame: Dire) -> int:
    agent = current_agent(agent_id)
    return send_message(agent, get_salon(agent, frame.salon), frame.texte, frame.client_id).numero


@repond_a(Lu)
async def read(connexion: "Connexion", frame: Lu) -> None:
    await _read(connexion.agent_id, frame)


@in_thread
def _read(agent_id: int, frame: Lu) -> None:
    agent = current_agent(agent_id)
    mark_salon_read(agent, get_salon(agent, frame.salon), frame.numero)


# --- Who is writing --------------------------------------------------------------------------------


@repond_a(Ecrit)
async def tell_of_writing(connexion: "Connexion", frame: Ecrit) -> None:
    """Pass on that the person writes. What is too much, or not permitted, is dropped without a word: nobody waits
    for an answer."""
    canal, prise, droits = frame.canal, connexion.prise, connexion.droits
    now = asyncio.get_running_loop().time()
    if canal not in prise.canaux or droits.too_soon(canal, now):
        return
    ecriture = connexion.hub.ecriture
    # Before any look at the database: in a crowd, most stop here.
    if not ecriture.may_say(canal, prise.agent_id, frame.actif):
        return
    nom = droits.known(canal, now)
    if nom is None:
        oublis = droits.oublis
        nom = await _name_to_show(prise.agent_id, canal)
        # Withdrawn while we looked: what was read may be of before.
        if droits.oublis != oublis or canal not in prise.canaux:
            return
        droits.remember(canal, nom, now)
        if not ecriture.may_say(canal, prise.agent_id, frame.actif):
            return
    if nom:
        ecriture.say(canal, prise.agent_id, nom, frame.actif)


@in_thread
def _name_to_show(agent_id: int, canal: Canal) -> str:
    """The name under which the channel may be told that this person writes; empty if it may not, or if they
    would rather not."""
    agent = Agent.objects.active().filter(pk=agent_id).first()
    shown = agent is not None and agent.montre_ecriture and can_write_in(agent, canal)
    return agent.nom_complet if shown else ""


# --- The line itself -------------------------------------------------------------------------------


@repond_a(Ping)
async def pong(connexion: "Connexion", frame: Ping) -> TrameEmise:
    return Pong()


@repond_a(Recu)
async def unknown_mark(connexion: "Connexion", frame: Recu) -> TrameEmise:
    """A mark that was sent is taken before it comes here."""
    return Erreur("champ_invalide", "Ce jalon n’a pas été envoyé.")
