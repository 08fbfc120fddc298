"""Who is told of a message, and how much of a sujet one wants to hear."""

from collections.abc import Mapping

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef

from annuaire.models import Agent, AgentQuerySet
from annuaire.notifications.actions import Annonce, hold_back, notify
from annuaire.notifications.genres import Genre, Niveau
from communautes.access import can_read, readers_of
from communautes.models import Adhesion
from forum.models import Abonnement, LectureSujet, Message, Sujet
from forum.rendu import mentioned_agents
from plateforme.socle.journal import record
from plateforme.socle.texte import plain_text


@transaction.atomic
def set_level(agent: Agent, sujet: Sujet, niveau: str) -> None:
    """Say how much of a sujet one wants to hear: every message, what concerns one, or nothing but one's name.

    Whoever may read it. Harmless when it is so already.
    """
    if not can_read(agent, sujet.communaute):
        raise PermissionDenied("Ce sujet ne vous est pas ouvert.")
    Abonnement.objects.update_or_create(
        agent=agent, sujet=sujet, defaults={"niveau": Abonnement.Niveau(niveau)}
    )
    if niveau == Abonnement.Niveau.SOURDINE:
        hold_back(agent, f"sujet.{sujet.pk}")
    record(agent, "sujet.set_level", sujet, niveau=niveau)


def levels_of(sujet: Sujet, agents: list[Agent]) -> Mapping[int, Niveau]:
    """How much each wants to hear of `sujet`: their level there, else their community's. Two queries.

    Following a community is following its new sujets, not every answer in each.
    """
    ids = [agent.pk for agent in agents]
    found = dict.fromkeys(ids, Niveau.NORMAL)
    for pk in Adhesion.objects.filter(
        communaute=sujet.communaute_id, agent__in=ids, niveau=Adhesion.Niveau.SOURDINE
    ).values_list("agent", flat=True):
        found[pk] = Niveau.SOURDINE
    for pk, niveau in Abonnement.objects.filter(sujet=sujet, agent__in=ids).values_list("agent", "niveau"):
        found[pk] = Niveau(niveau)
    return found


@transaction.atomic
def tell_of_message(message: Message) -> None:
    """Tell those whom a message concerns. For the worker; harmless when repeated.

    Named first, then whose message it answers, then the followers: the key is the same, so that each hears
    of it once, as what touches them most. Access is looked at now, not when the message was written: whoever
    left meanwhile is told nothing, nor anybody of what was taken away meanwhile. The number of queries does
    not depend on how many follow, but for one batch each 500.
    """
    sujet = message.sujet
    if not message.visible or sujet.masque_le is not None or sujet.fusionne_dans_id is not None:
        return
    # Whoever has the page open has read it already: what they see arrive needs no telling.
    seen = LectureSujet.objects.filter(sujet=sujet, agent=OuterRef("pk"), dernier_numero__gte=message.numero)
    people = readers_of(sujet.communaute).exclude(Exists(seen))
    name, titre = message.auteur.nom_complet, sujet.titre
    mentioned = people.filter(
        pk__in=[agent.pk for agent in mentioned_agents(message.texte, sujet.communaute)]
    )
    _tell(message, mentioned, Genre.MENTION, f"{name} vous cite dans « {titre} »")
    if message.numero == 1:
        _tell_of_opening(message, people)
        return
    if message.repond_a is not None:
        answered = people.filter(pk=message.repond_a.auteur_id)
        _tell(message, answered, Genre.REPONSE, f"{name} vous a répondu dans « {titre} »", asked=True)
    followers = people.filter(
        Exists(Abonnement.objects.filter(agent=OuterRef("pk"), sujet=sujet, niveau=Abonnement.Niveau.SUIVRE))
    )
    _tell(message, followers, Genre.REPONSE, f"{name} a répondu à « {titre} »")


def _tell_of_opening(message: Message, people: AgentQuerySet) -> None:
    """A new sujet, for those who follow its community; an annonce, for all its members."""
    sujet = message.sujet
    members = Adhesion.objects.filter(communaute=sujet.communaute_id, agent=OuterRef("pk"))
    name = message.auteur.nom_complet
    if sujet.genre == Sujet.Genre.ANNONCE:
        members = members.exclude(niveau=Adhesion.Niveau.SOURDINE)
        _tell(message, people.filter(Exists(members)), Genre.ANNONCE, f"Annonce : « {sujet.titre} »")
        return
    followers = people.filter(Exists(members.filter(niveau=Adhesion.Niveau.SUIVRE)))
    _tell(message, followers, Genre.SUJET, f"{name} a ouvert « {sujet.titre} »", asked=True)


def _tell(message: Message, people: AgentQuerySet, genre: Genre, titre: str, *, asked: bool = False) -> None:
    """`asked`: at the usual level too, unless the sujet or its community was put to sleep."""
    agents = list(people.exclude(pk=message.auteur_id))
    if not agents:
        return
    niveaux = dict(levels_of(message.sujet, agents))
    if asked:
        niveaux = {pk: Niveau.SUIVRE if niveau is Niveau.NORMAL else niveau for pk, niveau in niveaux.items()}
    notify(
        agents,
        Annonce(
            genre=genre,
            cle=f"message.{message.pk}",
            titre=titre,
            url=message.get_absolute_url(),
            extrait=plain_text(message.texte, 280),
            acteur=message.auteur,
            fil=f"sujet.{message.sujet_id}",
            intitule=message.sujet.titre,
            rang=message.numero,
            niveaux=niveaux,
        ),
    )
