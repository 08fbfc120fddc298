"""What the pages of salons show: lines grouped as people read them, and the list of one's salons."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Subquery
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.preferences import clock_of
from communautes.models import Communaute
from communautes.presentation import community_context
from forum.models import Reaction
from realtime import historique
from realtime.access import (
    animates,
    can_manage,
    first_member,
    may_pin,
    may_restore,
    member_salons,
    read_after,
)
from realtime.conservation import say_retention
from realtime.etats import Etat, Reactions, states_of
from realtime.fichiers.presentation import extract_of
from realtime.frames import person_frame
from realtime.models import LectureSalon, MembreSalon, MessageSalon, Salon, SourdineSalon

# Lines of one person closer than this share one head; static/realtime/lignes.js does the same.
SUITE = timedelta(minutes=5)
# Salons of one page.
SHOWN = 100
# Of the salon that each community begins with: called by the community's name.
FIRST_NAME = "Général"
NOTHING = Etat()


@dataclass(frozen=True)
class Ligne:
    """A message as it is shown. `jour` is set where a new day begins, `non_lu` on the first unread line."""

    message: MessageSalon
    personne: dict[str, Any]
    jour: date
    nouveau_jour: bool
    suite: bool
    non_lu: bool
    etat: Etat
    retablissable: bool = False

    @property
    def reactions(self) -> list[tuple[str, str, Reactions]]:
        """Of each kind that somebody had: its name, its label, how many and who."""
        kinds = Reaction.Genre
        return [
            (kind.value, kind.label, self.etat.reactions[kind])
            for kind in kinds
            if kind.value in self.etat.reactions
        ]


def build_lines(
    messages: Sequence[MessageSalon], agent: Agent, lu: int | None = None, *, fils: bool = True
) -> list[Ligne]:
    """Group messages (oldest first) into lines. `lu`: number up to which `agent` has read, if it matters; `fils`: whether
    they say what threads they began."""
    lines: list[Ligne] = []
    states = states_of(messages, agent, fils=fils)
    people: dict[int, dict[str, Any]] = {}
    before: MessageSalon | None = None
    unread_shown = lu is None
    for message in messages:
        day = timezone.localdate(message.cree_le)
        unread = not unread_shown and message.numero > (lu or 0) and message.auteur_id != agent.pk
        unread_shown = unread_shown or unread
        new_day = before is None or timezone.localdate(before.cree_le) != day
        follows = (
            before is not None
            and not new_day
            and not unread
            and before.auteur_id == message.auteur_id
            and message.cree_le - before.cree_le < SUITE
        )
        if message.auteur_id not in people:
            people[message.auteur_id] = person_frame(message.auteur)
        lines.append(
            Ligne(
                message,
                people[message.auteur_id],
                day,
                new_day,
                follows,
                unread,
                states.get(message.pk, NOTHING),
                not message.visible and may_restore(agent, message),
            )
        )
        before = message
    return lines


@dataclass(frozen=True)
class Endroit:
    """Where a salon is opened: before, since or around a number; at its end if `fin`; else where one had read to."""

    avant: int | None = None
    depuis: int | None = None
    autour: int | None = None
    fin: bool = False


END = Endroit(fin=True)


def salon_context(agent: Agent, salon: Salon, endroit: Endroit = END) -> dict[str, Any]:
    """What the page of a salon shows: the last messages, or those of `endroit`. Two or three queries, two more for one
    of named people."""
    mark = LectureSalon.objects.filter(agent=agent, salon=OuterRef("pk")).values("dernier_numero")
    asleep = SourdineSalon.objects.filter(agent=agent, salon=OuterRef("pk"))
    read, sourdine = (
        Salon.objects.filter(pk=salon.pk)
        .annotate(lu=Subquery(mark), sourdine=Exists(asleep))
        .values_list("lu", "sourdine")
        .first()
    ) or (None, False)
    apres = read_after(agent, salon)
    lu = max(read or 0, apres, salon.efface_jusqu_a)
    avant, autour = endroit.avant, endroit.autour
    if endroit == Endroit() and salon.dernier_numero - lu > historique.PAGE:
        # What is new does not fit: one begins where one had read to.
        autour = lu + 1
    if autour is not None:
        past = historique.messages_around(salon.pk, autour, apres=apres)
    elif endroit.depuis is not None:
        past = historique.messages_since(salon.pk, endroit.depuis, apres=apres)
    else:
        past = historique.messages_before(salon.pk, avant, apres=apres)
    name_salons(agent, [salon])
    for message in past.messages:
        message.salon = salon
    return {
        "salon": salon,
        "lignes": build_lines(past.messages, agent, lu=lu if avant is None else None),
        "reste": past.reste,
        "suite": past.suite,
        "conservation": say_retention(salon),
        "avant": avant,
        "autour": endroit.autour,
        "apres": apres,
        # What this page shows, not what the salon holds: a message come meanwhile is caught up by its number.
        # The replies that stay in their threads have numbers too: the end of the page is that of the salon, read before.
        "dernier": shown_up_to(past, max(apres, 0 if past.suite else salon.dernier_numero)),
        # Read with the salon, before its lines: what changes meanwhile is told again.
        "revision": salon.revision,
        # A pin leaves a revision.
        "epingles": pinned_lines(salon, apres) if salon.revision else [],
        "peut_epingler": may_pin(agent, salon),
        "peut_retirer": animates(agent, salon),
        "reglages_salon": settings.SALONS,
        "sourdine": sourdine,
        "fichier_max": settings.PIECE_TAILLE_MAX,
        "moi": person_frame(agent),
        "fuseau": clock_of(agent),
    }


def shown_up_to(past: historique.Passe, fin: int) -> int:
    """Up to which number a page leaves nothing out; `fin`: where it knows that there was nothing more."""
    return max([fin, *(message.numero for message in past.messages[-1:])])


def page_layout(agent: Agent, salon: Salon) -> dict[str, Any]:
    """What stands around a salon: the banner of its community, or nothing. `cadre` is what the page extends."""
    if salon.communaute is None:
        return {
            "cadre": "realtime/_cadre.html",
            "communaute": None,
            "peut_ecrire": salon.archive_le is None,
            "suspension": None,
        }
    layout = community_context(agent, salon.communaute, "salon")
    return {
        **layout,
        "cadre": "communautes/base_communaute.html",
        "peut_ecrire": layout["peut_ecrire"] and salon.archive_le is None,
    }


def pinned_lines(salon: Salon, apres: int) -> list[MessageSalon]:
    """The pinned lines of a salon beyond number `apres`, each with `extrait`. One query."""
    lines = historique.pinned(salon.pk, apres=apres)
    for line in lines:
        line.extrait = extract_of(line, 120)
    return lines


def name_salons(agent: Agent, salons: Sequence[Salon]) -> None:
    """Give each its `titre`, as `agent` calls it, and its `lieu`: what kind it is and where. One query if any is of two
    people, none else."""
    direct = [salon.pk for salon in salons if salon.genre == Salon.Genre.DIRECT]
    others: dict[int, Agent] = {}
    if direct:
        rows = MembreSalon.objects.filter(salon__in=direct).exclude(agent=agent)
        others = {
            row.salon_id: row.agent for row in rows.select_related("agent__service", "agent__territoire")
        }
    for salon in salons:
        salon.autre = others.get(salon.pk)
        salon.titre, salon.lieu = salon.nom, ""
        if salon.genre == Salon.Genre.DIRECT:
            salon.titre = salon.autre.nom_complet if salon.autre else "Compte fermé"
            salon.lieu = salon.autre.rattachement if salon.autre else ""
        elif salon.genre == Salon.Genre.GROUPE:
            salon.lieu = "Réunion entre agents" if salon.de_reunion else "Entre agents"
        elif salon.genre == Salon.Genre.RESTREINT:
            salon.lieu = f"{salon.communaute.nom} · quelques membres"
        elif salon.nom == FIRST_NAME:
            salon.titre = salon.communaute.nom
        else:
            salon.lieu = salon.communaute.nom


def my_salons(agent: Agent, mots: str = "", *, archives: bool = False) -> list[Salon]:
    """The agent's salons, the latest conversation first, `SHOWN` at most; each with `non_lus`, `derniere` (a line or
    None), `titre` and `lieu`. `mots`: those whose name holds them. `archives`: those that are closed, instead.

    Four queries, however many salons. A conversation of two in which nobody spoke yet is no conversation.
    """
    rows = (
        member_salons(agent)
        .filter(archive_le__isnull=not archives)
        .exclude(genre=Salon.Genre.DIRECT, dernier_numero=0)
        .with_unread(agent)
        .select_related("communaute")
        .latest_first()
    )
    if mots:
        rows = rows.named(mots)
    asleep = SourdineSalon.objects.filter(agent=agent, salon=OuterRef("pk"))
    added = MembreSalon.objects.filter(agent=agent, salon=OuterRef("pk")).values("apres")
    salons = list(rows.annotate(sourdine=Exists(asleep), lisible_apres=Subquery(added))[:SHOWN])
    last = _last_lines(salons)
    name_salons(agent, salons)
    for salon in salons:
        # What was said before somebody was added may not be theirs to read.
        salon.derniere = last.get(salon.pk) if (salon.lisible_apres or 0) < salon.dernier_numero else None
    return salons


def settings_context(agent: Agent, salon: Salon) -> dict[str, Any]:
    """Who is in a salon, by name when they are named, and what `agent` may change of it. Half a dozen queries."""
    name_salons(agent, [salon])
    members = MembreSalon.objects.filter(salon=salon, agent__is_active=True)
    return {
        "salon": salon,
        "inscriptions": list(members.select_related("agent__service", "agent__territoire").order_by("pk"))
        if salon.nominatif
        else [],
        "tient": salon.genre != Salon.Genre.DIRECT and not salon.de_reunion and can_manage(agent, salon),
        "conserve": can_manage(agent, salon),
        "conservation": say_retention(salon),
        "tenu_par": first_member(salon) if salon.nominatif and not salon.de_reunion else None,
        "sourdine": SourdineSalon.objects.filter(agent=agent, salon=salon).exists(),
        "autres_salons": salons_of(agent, salon.communaute) if salon.communaute else [],
    }


def salons_of(agent: Agent, communaute: Communaute) -> list[Salon]:
    """The salons of a community that `agent` is in, those open to all first, named. Two queries."""
    rows = member_salons(agent).filter(communaute=communaute, archive_le__isnull=True)
    salons = list(rows.with_unread(agent).select_related("communaute").order_by("genre", "pk")[:SHOWN])
    name_salons(agent, salons)
    return salons


def _last_lines(salons: Iterable[Salon]) -> dict[int, MessageSalon]:
    lines = MessageSalon.objects.filter(
        salon__in=[salon.pk for salon in salons], numero=F("salon__dernier_numero")
    ).select_related("auteur")
    found = {}
    for line in lines:
        line.extrait = extract_of(line, 120) if line.visible else "message supprimé"
        if not line.au_salon:
            line.extrait = f"dans un fil\u00a0: {line.extrait}"
        found[line.salon_id] = line
    return found
