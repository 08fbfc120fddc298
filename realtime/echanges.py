"""What is done of each frame of a browser. A module that brings a type of frame says here how it is obeyed.

    @repond_a(Lu)
    async def read(connexion: Connexion, frame: Lu) -> None:
        await _read(connexion.agent_id, frame)

Writes go through the actions of the apps, in a thread (`realtime.fils.in_thread`). Refusals are raised (`ActionRefusee`,
`PermissionDenied`, `Http404`): the caller makes an `erreur` of them.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.core.exceptions import PermissionDenied

from annuaire.models import Agent
from annuaire.presence.lecture import Choix, choice_of
from plateforme.socle.canaux import Canal
from realtime.access import get_line
from realtime.actions import Demande
from realtime.canaux import can_write_in, last_number_for
from realtime.fils import in_thread
from realtime.frames import person_frame
from realtime.lignes import delete_line, edit_line, pin_line, restore_line, set_line_reaction
from realtime.models import MessageSalon
from realtime.protocole import TrameRecue
from realtime.trames import (
    Abonne,
    Abonner,
    Accuse,
    Changements,
    Desabonne,
    Desabonner,
    Dire,
    Ecrit,
    Epingler,
    Erreur,
    Eveil,
    Fait,
    Lu,
    Modifier,
    Ping,
    Pong,
    Rattrapage,
    Reagir,
    Retablir,
    Supprimer,
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


def current_agent(agent_id: int) -> Agent:
    """The person as they are now: names change and accounts close while a tab stays open for days."""
    agent = Agent.objects.active().with_place().select_related("etat_presence").filter(pk=agent_id).first()
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
        await hub.enter(prise, canal)
    # Read after the subscription holds, access included: what is said between the two is kept, and comes after.
    named = canal.options.presence and (new or frame.apres is None)
    present = await hub.presence.present(canal) if named else {}
    idle = (
        await hub.ouvertes.idle_among(
            [pk for pk, frame in hub.presence.shown(canal).items() if frame is None]
        )
        if named
        else set()
    )
    try:
        while True:
            changes = connexion.changes
            shown = hub.presence.shown(canal) if named else {}
            news = await _news(connexion.agent_id, canal, frame.apres, frame.revision, shown, idle)
            # An access withdrawn while we looked: what was read may be of before.
            if connexion.changes == changes:
                break
    except BaseException:
        if new:
            await hub.unsubscribe(prise, canal)
        raise
    if canal not in prise.canaux:
        return None  # withdrawn meanwhile, and said so
    # Before anybody can hear of this person. Who is invisible is not even in their own list.
    hub.etats.learn(prise.agent_id, news.choix)
    invisible = hub.etats.invisible(prise.agent_id)
    here = set(present) | ({prise.agent_id} if not invisible else set()) if named else set()
    who: dict[str, Any] = {"presents": news.presents, "nombre": len(here)} if named else {}
    lectures, lu_par = news.lectures
    answer = Abonne(str(canal), news.dernier, revision=news.revision, lectures=lectures, lu_par=lu_par, **who)
    connexion.reply(answer, frame.ref)
    if news.suite is not None:
        events, more = news.suite
        # The last number was read before the events: all of those that have one up to it were there.
        reached = max([0 if more else news.dernier or 0, *(event["numero"] for event in events[-1:])])
        connexion.reply(Rattrapage(str(canal), events, more, reached), frame.ref)
    if news.changements is not None:
        connexion.reply(Changements(str(canal), *news.changements), frame.ref)
    if new:
        hub.admit(prise, canal)
    return None


class Nouvelles(NamedTuple):
    """What a subscription begins with: `suite` and `changements` when the browser said where it was."""

    dernier: int | None
    revision: int | None
    presents: list[dict[str, Any]]
    choix: Choix
    lectures: tuple[list[dict[str, Any]] | None, int | None]
    suite: tuple[list[dict[str, Any]], bool] | None
    changements: tuple[list[dict[str, Any]], int, bool] | None


@in_thread
def _news(
    agent_id: int,
    canal: Canal,
    apres: int | None,
    revision: int | None,
    present: dict[int, Any],
    idle: Collection[int],
) -> Nouvelles:
    """Last number, who is there, what was missed since `apres`, what has changed since `revision`.

    Raises what the access to the channel does.
    """
    agent = current_agent(agent_id)
    last = last_number_for(agent, canal)
    options = canal.options
    reached = options.revisions([canal.pk]).get(canal.pk) if options.revisions is not None else None
    unknown = [pk for pk, person in present.items() if person is None]
    if unknown:
        found = Agent.objects.active().with_place().select_related("etat_presence").filter(pk__in=unknown)
        present |= {person.pk: _seen(person, person.pk in idle) for person in found}
    choix = choice_of(agent)
    if options.presence:
        present[agent_id] = _seen(agent, False)
    people = sorted((person for person in present.values() if person), key=lambda person: person["nom"])
    missed = (
        options.suite(agent, canal.pk, apres) if options.suite is not None and apres is not None else None
    )
    changed = (
        options.changements(agent, canal.pk, revision)
        if options.changements is not None and revision is not None
        else None
    )
    read = options.lectures(agent, canal.pk) if options.lectures is not None else (None, None)
    return Nouvelles(last, reached, people, choix, read, missed, changed)


def _seen(person: Agent, inactif: bool) -> dict[str, Any] | None:
    """Somebody as those who are there see them; None for who is invisible."""
    choix = choice_of(person)
    if choix.invisible:
        return None
    etat = choix.frame(inactif=inactif)
    return person_frame(person) | ({"etat": etat} if etat is not None else {})


@repond_a(Desabonner)
async def unsubscribe(connexion: "Connexion", frame: Desabonner) -> TrameEmise:
    await connexion.hub.unsubscribe(connexion.prise, frame.canal)
    connexion.droits.leave(frame.canal)
    return Desabonne(str(frame.canal))


# --- Salons ----------------------------------------------------------------------------------------


@repond_a(Dire)
async def say(connexion: "Connexion", frame: Dire) -> TrameEmise:
    demande = Demande(
        connexion.agent_id,
        frame.texte,
        frame.client_id,
        frame.fichiers or (),
        frame.racine,
        frame.au_salon or False,
    )
    numero = await connexion.hub.redaction.say(frame.salon, demande)
    return Accuse(frame.salon, str(frame.client_id), numero)


@repond_a(Lu)
async def read(connexion: "Connexion", frame: Lu) -> None:
    """Taken from whoever follows the salon, which is checked; others have nothing there to have read."""
    if Canal("salon", frame.salon) not in connexion.prise.canaux:
        raise PermissionDenied("Cette page ne suit pas ce salon.")
    if frame.racine is None:
        connexion.hub.lectures.note(connexion.agent_id, frame.salon, frame.numero)
    else:
        connexion.hub.lectures_fils.note(connexion.agent_id, (frame.salon, frame.racine), frame.numero)


# --- One line of a salon ----------------------------------------------------------------------------


@repond_a(Modifier)
async def edit(connexion: "Connexion", frame: Modifier) -> TrameEmise:
    return await _on_line(
        connexion.agent_id, frame, edit_line, frame.texte, version=frame.version, fichiers=frame.fichiers
    )


@repond_a(Supprimer)
async def delete(connexion: "Connexion", frame: Supprimer) -> TrameEmise:
    return await _on_line(connexion.agent_id, frame, delete_line, motif=frame.motif or "")


@repond_a(Retablir)
async def restore(connexion: "Connexion", frame: Retablir) -> TrameEmise:
    return await _on_line(connexion.agent_id, frame, restore_line)


@repond_a(Reagir)
async def react(connexion: "Connexion", frame: Reagir) -> TrameEmise:
    return await _on_line(connexion.agent_id, frame, set_line_reaction, frame.genre, frame.present)


@repond_a(Epingler)
async def pin(connexion: "Connexion", frame: Epingler) -> TrameEmise:
    return await _on_line(connexion.agent_id, frame, pin_line, frame.present)


@in_thread
def _on_line(
    agent_id: int,
    frame: Modifier | Supprimer | Retablir | Reagir | Epingler,
    action: Callable[..., MessageSalon],
    *values: Any,
    **more: Any,
) -> TrameEmise:
    """Have `action` done to the line that a frame names, if the person may reach it."""
    agent = current_agent(agent_id)
    line = action(agent, get_line(agent, frame.salon, frame.numero), *values, **more)
    return Fait(line.salon_id, line.numero, line.revision)


# --- Who is writing --------------------------------------------------------------------------------


@repond_a(Ecrit)
async def tell_of_writing(connexion: "Connexion", frame: Ecrit) -> None:
    """Pass on that the person writes. What is too much, or not permitted, is dropped without a word: nobody waits
    for an answer."""
    canal, prise, droits = frame.canal, connexion.prise, connexion.droits
    now = asyncio.get_running_loop().time()
    if canal not in prise.canaux or droits.too_soon(canal, now):
        return
    if connexion.hub.etats.invisible(prise.agent_id):
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
        if connexion.hub.etats.invisible(prise.agent_id):
            return
        droits.remember(canal, nom, now)
        if not ecriture.may_say(canal, prise.agent_id, frame.actif):
            return
    if nom:
        ecriture.say(canal, prise.agent_id, nom, frame.actif, frame.racine)


@in_thread
def _name_to_show(agent_id: int, canal: Canal) -> str:
    """The name under which the channel may be told that this person writes; empty if it may not, or if they
    would rather not."""
    agent = Agent.objects.active().select_related("etat_presence").filter(pk=agent_id).first()
    shown = (
        agent is not None
        and agent.montre_ecriture
        and not choice_of(agent).invisible
        and can_write_in(agent, canal)
    )
    return agent.nom_complet if shown else ""


# --- Being there -----------------------------------------------------------------------------------


@repond_a(Eveil)
async def note_gestures(connexion: "Connexion", frame: Eveil) -> None:
    connexion.hub.ouvertes.at_screen(connexion.prise, frame.actif)


# --- The line itself -------------------------------------------------------------------------------


@repond_a(Ping)
async def pong(connexion: "Connexion", frame: Ping) -> TrameEmise:
    return Pong()
