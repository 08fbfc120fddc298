"""What lines show of what was made of them, to each what they may read: `realtime.etats.Devenirs`."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.text import Truncator

from annuaire.models import Agent
from communautes.suites.access import visible_decisions, visible_taches
from communautes.suites.models import Decision, Tache
from forum.access import visible_sujets
from forum.models import Sujet
from realtime.devenirs.models import DevenirLigne
from realtime.etats import Devenir
from realtime.models import Salon
from realtime.reunions.access import visible_reunions
from realtime.seances.models import SuiteReunion

TITRE = 80  # characters of a title, or of what is to be done
# One sujet merged into another, and so on: further, nobody follows.
FUSIONS = 5

Chose = Sujet | Decision | Tache | SuiteReunion
Lisible = Callable[[Chose, Salon], bool]


def outcomes_of(messages: Collection[int], agent: Agent | None) -> dict[int, tuple[list[Devenir], bool]]:
    """See `Devenirs`. One query, and one for each kind of thing made if `agent` is one reader."""
    rows = list(
        DevenirLigne.objects.filter(message__in=messages)
        .select_related("salon", "sujet", "decision", "tache", "suite__tache", "suite__seance__reunion")
        .order_by("pk")
    )
    things = {row.pk: thing for row in rows if (thing := thing_of(row)) is not None}
    readable = _by_all if agent is None else _by_one(agent, things.values())
    found: dict[int, tuple[list[Devenir], bool]] = {}
    for row in rows:
        if row.message_id is None or row.pk not in things:
            continue
        thing = things[row.pk]
        shown, apart = found.get(row.message_id, ([], False))
        if readable(thing, row.salon):
            shown.append(mark_of(thing))
        elif agent is None and not _hidden(thing):
            apart = True
        found[row.message_id] = (shown, apart)
    return found


def thing_of(row: DevenirLigne) -> Chose | None:
    """What a line has become: the sujet that it was merged into, the task that an action has become."""
    if row.sujet is not None:
        sujet = row.sujet
        for _ in range(FUSIONS):
            if sujet.fusionne_dans is None:
                return sujet
            sujet = sujet.fusionne_dans
        return None
    if row.suite is not None and row.suite.tache is not None:
        return row.suite.tache
    return row.decision or row.tache or row.suite


def mark_of(thing: Chose) -> Devenir:
    """What is said of it beside the line."""
    if isinstance(thing, Sujet):
        titre = Truncator(thing.titre).chars(TITRE)
        return Devenir("sujet", f"sujet «\u00a0{titre}\u00a0»", "", thing.get_absolute_url())
    if isinstance(thing, Decision):
        nom = f"{thing.nom[0].lower()}{thing.nom[1:]}"
        if thing.annulee and thing.numero is not None:
            nom += " (annulée)"
        return Devenir("decision", nom, thing.etat, thing.get_absolute_url())
    if isinstance(thing, Tache):
        libelle = Truncator(thing.libelle).chars(TITRE)
        etat = thing.get_etat_display().lower()
        return Devenir(
            "tache", f"tâche «\u00a0{libelle}\u00a0» ({etat})", thing.etat, thing.get_absolute_url()
        )
    url = f"{reverse('seances:seance', args=[thing.seance_id])}#suites"
    if thing.est_decision:
        dite = {"confirmee": "décision de la réunion", "ecartee": "proposition écartée"}
        return Devenir("decision", dite.get(thing.etat, "décision proposée"), thing.etat, url)
    libelle = Truncator(thing.libelle).chars(TITRE)
    return Devenir(
        "tache", f"action «\u00a0{libelle}\u00a0» ({thing.get_etat_display().lower()})", thing.etat, url
    )


def _hidden(thing: Chose) -> bool:
    """Whether it is nobody's to read for now: there is nothing that some of the salon's people may know of."""
    return isinstance(thing, Sujet) and thing.masque_le is not None


def _by_all(thing: Chose, salon: Salon) -> bool:
    """Whether all those who are in the salon may read it: they are members of its community."""
    if _hidden(thing):
        return False
    if isinstance(thing, SuiteReunion):
        reunion = thing.seance.reunion
        if reunion.communaute_id is None:
            return salon.pk == thing.seance.salon_id
        return reunion.communaute_id == salon.communaute_id
    if isinstance(thing, Decision) and thing.registre_id is not None:
        # That of the salon: those who came after the line know nothing of it.
        return salon.historique_entier
    return thing.communaute_id is not None and thing.communaute_id == salon.communaute_id


def _by_one(agent: Agent, things: Iterable[Chose]) -> Lisible:
    """Whether `agent` may read each. One query for each kind there is."""
    wanted: dict[type, set[int]] = {}
    for thing in things:
        wanted.setdefault(type(thing), set()).add(_number(thing))
    doors: Mapping[type, Callable[[Agent], QuerySet[Any]]] = {
        Sujet: visible_sujets,
        Decision: visible_decisions,
        Tache: visible_taches,
        SuiteReunion: visible_reunions,
    }
    readable = {
        kind: set(doors[kind](agent).filter(pk__in=numbers).values_list("pk", flat=True))
        for kind, numbers in wanted.items()
    }
    return lambda thing, salon: _number(thing) in readable[type(thing)]


def _number(thing: Chose) -> int:
    """Its own, or of the meeting where it is."""
    return thing.seance_id if isinstance(thing, SuiteReunion) else thing.pk
