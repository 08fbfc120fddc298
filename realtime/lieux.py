"""Every write on salons as places: opening them, who is in them, their name, their end. What is said in them is written
by `realtime.actions`."""

from collections.abc import Collection, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.actions import Annonce, notify
from annuaire.notifications.actions.envois import hold_back
from annuaire.notifications.fils import forget_thread
from annuaire.notifications.models import Notification
from communautes.access import can_animate, require_write
from communautes.models import Communaute
from forum.actions.rendus import titles_changed
from plateforme.socle.diffusion import publish_on_commit
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.journal import record
from plateforme.socle.limites import check_limit
from plateforme.socle.typographie import tidy_title
from realtime.access import NOT_MEMBER, can_manage, get_salon, members_of
from realtime.liens import link_key
from realtime.models import MembreSalon, Salon, SourdineSalon
from realtime.reponses import forget_fils

# More people than that are a community.
MOST_MEMBERS = 100
NAMES_SHOWN = 4
FOLLOWS = "Cette discussion est celle d’une réunion : y sont les personnes qui y participent."


def open_first_salon(sender: object, communaute: Communaute, **kwargs: Any) -> None:
    """Give a new community its salon. Listens to `communaute_created`, in its transaction."""
    Salon.objects.get_or_create(communaute=communaute, nom="Général", genre=Salon.Genre.COMMUNAUTE)


# --- Opening ---------------------------------------------------------------------------------------


@transaction.atomic
def open_community_salon(auteur: Agent, communaute: Communaute, nom: str) -> Salon:
    """Open one more salon to a whole community. Animateurs only. Raises `ActionRefusee` for a name that is taken."""
    require_write(auteur, communaute, NOT_MEMBER)
    if not can_animate(auteur, communaute):
        raise PermissionDenied(
            "Les salons de toute la communauté sont ouverts par les personnes qui l’animent."
        )
    check_limit("salon", auteur.pk)
    salon = Salon(genre=Salon.Genre.COMMUNAUTE, communaute=communaute, nom=_name(nom))
    _save_named(salon)
    record(auteur, "salon.open", salon, genre=salon.genre)
    publish_on_commit(f"communaute.{communaute.pk}", {"type": "salon.nouveau", "salon": salon.pk})
    return salon


@transaction.atomic
def open_restricted_salon(
    auteur: Agent,
    communaute: Communaute,
    nom: str,
    membres: Sequence[Agent],
    *,
    historique_entier: bool = True,
) -> Salon:
    """Open a salon to some members of a community, by any of them who may write there. Others never hear of it.

    Raises `ActionRefusee` for people who are not members.
    """
    require_write(auteur, communaute, NOT_MEMBER)
    check_limit("salon", auteur.pk)
    salon = Salon.objects.create(
        genre=Salon.Genre.RESTREINT,
        communaute=communaute,
        nom=_name(nom),
        historique_entier=historique_entier,
    )
    _open_to(auteur, salon, membres)
    return salon


@transaction.atomic
def open_group(
    auteur: Agent, membres: Sequence[Agent], nom: str = "", *, historique_entier: bool = True
) -> Salon:
    """Open a salon to a few agents of the State, of whatever communities. Without a name, it has theirs."""
    _require_agent_of_state(auteur)
    check_limit("salon", auteur.pk)
    others = [agent for agent in membres if agent != auteur]
    if not others:
        raise ActionRefusee("Nommez au moins une personne.", champ="personnes")
    salon = Salon.objects.create(
        genre=Salon.Genre.GROUPE,
        nom=_name(nom or _names([auteur, *others])),
        historique_entier=historique_entier,
    )
    _open_to(auteur, salon, others)
    return salon


@transaction.atomic
def open_direct(auteur: Agent, autre: Agent) -> Salon:
    """The salon of two agents of the State: opened the first time, found again afterwards, even twice at once.

    Nobody is told before something is said in it. Raises `ActionRefusee` and `PermissionDenied`.
    """
    _require_agent_of_state(auteur)
    if auteur == autre:
        raise ActionRefusee("Choisissez une autre personne que vous.")
    if not autre.is_active or autre.partenaire:
        raise ActionRefusee(f"On ne peut pas écrire ici à {autre.nom_complet}.")
    paire = ".".join(str(pk) for pk in sorted((auteur.pk, autre.pk)))
    found = Salon.objects.filter(paire=paire).first()
    if found is not None:
        return found
    check_limit("salon", auteur.pk)
    salon, new = Salon.objects.get_or_create(paire=paire, defaults={"genre": Salon.Genre.DIRECT})
    if new:
        write_members(auteur, salon, [auteur, autre])
        record(auteur, "salon.open", salon, genre=salon.genre)
    return salon


def _open_to(auteur: Agent, salon: Salon, membres: Sequence[Agent]) -> None:
    others = [agent for agent in dict.fromkeys(membres) if agent != auteur]
    _check_people(salon, others)
    if len(others) >= MOST_MEMBERS:
        raise ActionRefusee(f"Un salon nominatif réunit {MOST_MEMBERS} personnes au plus.", champ="personnes")
    # Who opens it is the first in it, and so manages it.
    write_members(auteur, salon, [auteur])
    rows = write_members(auteur, salon, others)
    record(auteur, "salon.open", salon, genre=salon.genre, membres=len(others) + 1)
    _tell_added(auteur, salon, rows)


# --- What it is called, and its end ----------------------------------------------------------------


@transaction.atomic
def rename_salon(auteur: Agent, salon: Salon, nom: str) -> Salon:
    """Rename a salon. Those who manage it; that of two people has no name of its own."""
    current = _managed(auteur, salon)
    current.nom = _name(nom)
    _save_named(current)
    titles_changed(externe=link_key(current.pk))
    record(auteur, "salon.rename", current)
    publish_change(current, "nom")
    return current


@transaction.atomic
def archive_salon(auteur: Agent, salon: Salon) -> Salon:
    """Close a salon to new messages; it is read as before. Those who manage it; harmless when it is so."""
    current = _managed(auteur, salon)
    if current.archive_le is None:
        current.archive_le = timezone.now()
        current.save(update_fields=["archive_le"])
        record(auteur, "salon.archive", current)
        publish_change(current, "archive")
    return current


@transaction.atomic
def reopen_salon(auteur: Agent, salon: Salon) -> Salon:
    """Open an archived salon again. Those who manage it; harmless when it is open."""
    current = _managed(auteur, salon)
    if current.archive_le is not None:
        current.archive_le = None
        current.save(update_fields=["archive_le"])
        record(auteur, "salon.reopen", current)
        publish_change(current, "rouvert")
    return current


# --- Who is in it ----------------------------------------------------------------------------------


@transaction.atomic
def add_members(auteur: Agent, salon: Salon, agents: Sequence[Agent]) -> list[Agent]:
    """Add people to a salon of named people, and tell them; returns those who were not in it. Those who manage it.

    They read what was said before them if the salon was opened so. Raises `ActionRefusee`.
    """
    current = _managed(auteur, salon)
    if current.archive_le is not None:
        raise ActionRefusee("Rouvrez d’abord ce salon.")
    check_limit("salon", auteur.pk)
    already = set(members_of(current).values_list("pk", flat=True))
    newcomers = [agent for agent in dict.fromkeys(agents) if agent.pk not in already]
    _check_people(current, newcomers)
    if len(already) + len(newcomers) > MOST_MEMBERS:
        raise ActionRefusee(f"Un salon nominatif réunit {MOST_MEMBERS} personnes au plus.", champ="personnes")
    if newcomers:
        rows = write_members(auteur, current, newcomers)
        record(auteur, "salon.add_members", current, agents=[agent.pk for agent in newcomers])
        _tell_added(auteur, current, rows)
        publish_change(current, "membres")
    return newcomers


@transaction.atomic
def remove_member(auteur: Agent, salon: Salon, agent: Agent) -> None:
    """Take somebody out of a salon of named people. Those who manage it; their live channel closes within two seconds.

    Harmless when they are gone already.
    """
    current = _managed(auteur, salon)
    if auteur == agent:
        raise ActionRefusee("Pour partir vous-même, choisissez « Quitter ce salon ».")
    if take_out(current, agent):
        record(auteur, "salon.remove_member", current, agent=agent.pk)


@transaction.atomic
def leave_salon(agent: Agent, salon: Salon) -> None:
    """Leave a salon of named people; who has been there longest then manages it. Harmless when it is done already.

    Raises `ActionRefusee` for the salon of a community, left with the community, and for that of two people.
    """
    if not salon.nominatif:
        raise ActionRefusee("Ce salon est celui de toute la communauté : mettez-le en sourdine.")
    if salon.de_reunion:
        raise ActionRefusee(f"{FOLLOWS} Mettez-la en sourdine.")
    if salon.genre == Salon.Genre.DIRECT:
        raise ActionRefusee("Une conversation à deux ne se quitte pas : mettez-la en sourdine.")
    if take_out(locked_salon(salon), agent):
        record(agent, "salon.leave", salon)


@transaction.atomic
def set_silence(agent: Agent, salon: Salon, silence: bool) -> None:
    """Have nothing of a salon come looking for `agent`, or have it so no more. Somebody who is in it."""
    get_salon(agent, salon.pk)
    if silence:
        SourdineSalon.objects.get_or_create(agent=agent, salon=salon)
        hold_back(agent, f"salon.{salon.pk}")
    else:
        SourdineSalon.objects.filter(agent=agent, salon=salon).delete()
    record(agent, "salon.silence" if silence else "salon.unsilence", salon)


def take_out(salon: Salon, agent: Agent) -> bool:
    """Remove somebody from a salon of named people, and what waits for them of it; whether they were there. The caller
    has checked that it may, in its transaction. Their live channel closes within two seconds."""
    removed, _ = MembreSalon.objects.filter(salon=salon, agent=agent).delete()
    if not removed:
        return False
    forget_thread(f"salon.{salon.pk}", [agent.pk])
    forget_fils(salon, agent)
    SourdineSalon.objects.filter(salon=salon, agent=agent).delete()
    publish_change(salon, "membres")
    return True


def write_members(auteur: Agent | None, salon: Salon, agents: Sequence[Agent]) -> list[MembreSalon]:
    """Put people in a salon of named people, none of whom is there. The caller has checked that they may be, and holds
    the salon's row, or made it: what is the last message does not change meanwhile."""
    apres = 0 if salon.historique_entier else salon.dernier_numero
    return MembreSalon.objects.bulk_create(
        MembreSalon(salon=salon, agent=agent, apres=apres, ajoute_par=auteur) for agent in agents
    )


def _check_people(salon: Salon, agents: Collection[Agent]) -> None:
    """Raise `ActionRefusee`, with their names, for people who may not be there."""
    numbers = [agent.pk for agent in agents]
    if salon.communaute is not None:
        may = Agent.objects.active().filter(pk__in=numbers, adhesions__communaute=salon.communaute)
        why = "ne sont pas membres de cette communauté"
    else:
        may = Agent.objects.active().filter(pk__in=numbers, partenaire=False)
        why = "ne peuvent pas entrer ici : ces salons sont ceux des agents de l’État"
    known = set(may.values_list("pk", flat=True))
    others = [agent for agent in agents if agent.pk not in known]
    if others:
        raise ActionRefusee(f"Ces personnes {why} : {_names(others)}.", champ="personnes")


def _tell_added(auteur: Agent, salon: Salon, rows: Sequence[MembreSalon]) -> None:
    where = f" de « {salon.communaute.nom} »" if salon.communaute is not None else ""
    for row in rows:
        notify(
            [row.agent],
            Annonce(
                genre=Notification.Genre.INVITATION,
                cle=f"inscription.{row.pk}",
                titre=f"{auteur.nom_complet} vous ajoute au salon « {salon.nom} »{where}",
                url=salon.get_absolute_url(),
                acteur=auteur,
            ),
        )


def publish_change(salon: Salon, quoi: str) -> None:
    """Tell open pages, once committed, what changed of a salon."""
    publish_on_commit(
        f"salon.{salon.pk}",
        {
            "type": "salon.change",
            "quoi": quoi,
            "nom": salon.nom,
            "archive": salon.archive_le is not None,
        },
    )


def _managed(auteur: Agent, salon: Salon) -> Salon:
    """The salon as it is now, locked; raises unless `auteur` is in it and manages it."""
    get_salon(auteur, salon.pk)
    current = locked_salon(salon)
    if current.genre == Salon.Genre.DIRECT:
        raise PermissionDenied("Une conversation à deux ne se règle pas.")
    if current.de_reunion:
        raise PermissionDenied(FOLLOWS)
    if not can_manage(auteur, current):
        raise PermissionDenied("Ce salon est tenu par d’autres personnes.")
    return current


def locked_salon(salon: Salon) -> Salon:
    """The salon's row as it is now, held until the transaction ends."""
    current: Salon = (
        Salon.objects.select_for_update(of=("self",)).select_related("communaute").get(pk=salon.pk)
    )
    return current


def _require_agent_of_state(agent: Agent) -> None:
    if not agent.is_active or agent.partenaire:
        raise PermissionDenied("Les salons hors des communautés sont réservés aux agents de l’État.")


def _save_named(salon: Salon) -> None:
    """Save a salon whose name may be taken in its community, said so."""
    try:
        with transaction.atomic():
            salon.save()
    except IntegrityError:
        raise ActionRefusee("Un salon de la communauté porte déjà ce nom.", champ="nom") from None


def _name(nom: str) -> str:
    name = tidy_title(nom)[:80].strip()
    if not name:
        raise ActionRefusee("Donnez un nom à ce salon.", champ="nom")
    return name


def _names(agents: Sequence[Agent]) -> str:
    """« Camille, Noé et 3 autres »: whole names would not fit."""
    shown = [agent.prenom for agent in agents[:NAMES_SHOWN]]
    more = len(agents) - len(shown)
    if more > 0:
        shown.append(f"{more} autre{'s' if more > 1 else ''}")
    return " et ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else shown[0]
