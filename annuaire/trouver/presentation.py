"""The search page as one person sees it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from django.core.cache import cache
from django.http import QueryDict
from django.utils.text import Truncator

from annuaire.actions import note_unanswered
from annuaire.models import Agent, Territoire
from annuaire.profils.langues import LANGUES
from annuaire.trouver.access import can_export
from annuaire.trouver.actions import MAX_KEPT
from annuaire.trouver.choix import OBJET_MAX, most_asked, tell_rooms
from annuaire.trouver.communautes import places_to_ask
from annuaire.trouver.criteres import INTER, PROCHES, REGION, TRIS, VOISINS, Criteres
from annuaire.trouver.facettes import NIVEAUX, facets_of, territories_of
from annuaire.trouver.geographie import Carte
from annuaire.trouver.models import NOM_MAX, RechercheEnregistree
from annuaire.trouver.moteur import MAX, PAGE, RELAIS, Trouvailles, find, relays, results
from annuaire.trouver.personnes import zone_named
from annuaire.trouver.suggestions import acronyms, chips, did_you_mean, nearest_expertises

# Where the same person asks the same again, it is one need: for a day.
SAME_NEED = 86_400  # seconds
PLUS_LARGE = {
    VOISINS: "Avec les départements voisins",
    REGION: "Dans votre région",
    INTER: "Avec les régions voisines",
    "": "Dans toute la France",
}


@dataclass(frozen=True)
class Piste:
    """Where to go on when nobody is found: what it is, how many are there, and its address."""

    libelle: str
    nombre: int
    adresse: str


def search_context(agent: Agent, criteres: Criteres, page: int) -> dict[str, Any]:
    """What the page shows of a question that is not empty: people, filters, what else could be asked for.

    `page` begins at 1; beyond the last, the last. Fewer than fifty queries, whatever is found.
    """
    found = find(agent, criteres, relais=RELAIS)
    pages = max(1, -(-len(found.retenues) // PAGE))
    page = min(max(1, page), pages)
    shown = found.retenues[(page - 1) * PAGE : page * PAGE]
    meant = did_you_mean(agent, found)
    people = results(agent, found, shown)
    guides = relays(found) if len(found.retenues) < RELAIS and not criteres.narrowing else []
    elsewhere = tell_rooms(agent, criteres, [*people, *guides])
    context = {
        "trouvailles": found,
        "total": len(found.retenues),
        "resultats": people,
        "relais": guides,
        "choisies_ailleurs": elsewhere,
        "choisies": len(elsewhere) + sum(one.choisie for one in (*people, *guides)),
        "choisies_max": most_asked(),
        "sans_choix": replace(criteres, choix=()).address(page=page),
        "page": page,
        "territoires": territories_of(found.tri, criteres, agent, found.carte),
        "facettes": facets_of(
            found.tri, criteres, found.groupes, with_levels=bool(found.named) and not found.numero
        ),
        "puces": chips(found),
        "sigles": acronyms(found.classement.reconnues, criteres.q),
        "vouliez": meant,
        "vouliez_adresse": Criteres(q=meant, territoire=criteres.territoire, choix=criteres.choix).address()
        if meant
        else "",
        "tris": [(value, label, value == criteres.tri) for value, label in TRIS.items()],
        "plafond": MAX,
        "pages": _numbers(page, pages, criteres),
        "page_precedente": criteres.address(page=page - 1) if page > 1 else "",
        "page_suivante": criteres.address(page=page + 1) if page < pages else "",
        "premier_rang": (page - 1) * PAGE + 1,
        "dernier_rang": (page - 1) * PAGE + len(shown),
        "sans_filtres": criteres.without(*criteres.narrowing).address(),
        "criteres": criteres,
        "nom_propose": criteres.q[:NOM_MAX],
        "peut_exporter": can_export(agent),
        "adresse": criteres.address(),
    }
    if not found.retenues:
        context |= _ways_on(agent, found)
        if not meant:
            _note(agent, found)
    return context


def kept_context(agent: Agent) -> dict[str, Any]:
    """The searches that `agent` keeps, each told in words. Two queries."""
    carte = Carte(Territoire.objects.all())
    rows = RechercheEnregistree.objects.filter(agent=agent).defer("connus")
    return {"gardees": [(row, said_in_words(row.parsed, carte)) for row in rows], "limite": MAX_KEPT}


def said_in_words(criteres: Criteres, carte: Carte) -> str:
    """« busage », Ma région, niveau expertise, 2 autres filtres."""
    parts = [f"«\u00a0{Truncator(criteres.q).chars(120)}\u00a0»"]
    if criteres.territoire in PROCHES:
        parts.append(PROCHES[criteres.territoire].lower())
    elif criteres.territoire in carte.territoires:
        parts.append(carte.territoires[criteres.territoire].nom)
    parts += [f"niveau {NIVEAUX[one].lower()}" for one in criteres.niveau]
    parts += [Agent.Disponibilite(one).label.lower() for one in criteres.disponibilite]
    parts += [LANGUES[one].lower() for one in criteres.langue]
    others = sum(len(getattr(criteres, name)) for name in ("type", "service", "communaute", "expertise"))
    if others:
        parts.append(f"{others}\u00a0autre{'s' if others > 1 else ''} filtre{'s' if others > 1 else ''}")
    return ", ".join(parts)


def _numbers(page: int, pages: int, criteres: Criteres) -> list[dict[str, Any] | None]:
    """The first, the last and those around the current one; None where some are left out."""
    wanted = sorted({1, pages, *range(max(1, page - 1), min(pages, page + 1) + 1)})
    numbers: list[dict[str, Any] | None] = []
    for number in wanted:
        last = numbers[-1] if numbers else None
        if last is not None and number > last["numero"] + 1:
            numbers.append(None)
        numbers.append(
            {"numero": number, "adresse": criteres.address(page=number), "courante": number == page}
        )
    return numbers


def _ways_on(agent: Agent, found: Trouvailles) -> dict[str, Any]:
    """Nobody passes: wider territories, fewer filters, nearest expertises, communities where to ask."""
    criteres = found.criteres
    wider = []
    if found.zone is not None:
        sizes = {0}
        for name in _wider_than(criteres.territoire):
            zone = zone_named(name, agent, found.carte)
            if name and zone is None:
                continue
            people = found.tri.sans["territoire"]
            number = sum(one.is_in(zone) for one in people) if zone else len(people)
            if number not in sizes:
                sizes.add(number)
                wider.append(Piste(PLUS_LARGE[name], number, _moved(criteres, name)))
    others = [name for name in criteres.narrowing if name != "territoire"]
    fewer = None
    if others and found.zone is not None:
        number = sum(one.is_in(found.zone) for one in found.people)
        fewer = Piste("Ici, sans les autres filtres", number, criteres.without(*others).address())
    elif others:
        fewer = Piste("Sans les filtres", len(found.people), criteres.without(*others).address())
    return {
        "plus_large": wider,
        "moins_de_filtres": fewer if fewer is not None and fewer.nombre else None,
        "proches": [] if found.numero else nearest_expertises(criteres.q),
        "appel": _call(agent, found),
        "endroits": [] if found.numero else places_to_ask(agent, criteres.q, found.named),
    }


def _call(agent: Agent, found: Trouvailles) -> str:
    """Parameters of the page that launches a call: the need, its expertise and where it is, as far as they are known."""
    query = QueryDict(mutable=True)
    query["appel"] = "1"
    query["objet" if len(found.criteres.q) <= OBJET_MAX else "besoin"] = found.criteres.q
    territoire = _needed_in(agent, found)
    if found.named:
        query["expertise"] = found.named[0].slug
    if territoire is not None:
        query["territoire"] = territoire.code
    return query.urlencode()


def _wider_than(territoire: str) -> Sequence[str]:
    """The territories that take more in than the one looked in, the nearest first."""
    order = [*PROCHES, ""]
    return order[order.index(territoire) + 1 :] if territoire in PROCHES else [VOISINS, REGION, INTER, ""]


def _moved(criteres: Criteres, territoire: str) -> str:
    return replace(criteres, territoire=territoire).address()


def _note(agent: Agent, found: Trouvailles) -> None:
    """Keep, without anybody's name, a need to which nobody answers; filters other than the territory say nothing of it."""
    criteres = found.criteres
    if found.numero or set(criteres.narrowing) - {"territoire"}:
        return
    territoire = _needed_in(agent, found)
    said = f"{agent.pk} {territoire.code if territoire else ''} {criteres.q.lower()}"
    if cache.add(f"besoin:{sha256(said.encode()).hexdigest()}", 1, SAME_NEED):
        note_unanswered(criteres.q, territoire)


def _needed_in(agent: Agent, found: Trouvailles) -> Territoire | None:
    """The territory named, or one's own région where one looks in it; else where one is."""
    named = found.criteres.territoire
    if named in found.carte.territoires:
        return found.carte.territoires[named]
    if named == REGION:
        return found.carte.territoires.get(found.carte.region_of(agent.territoire_id or ""))
    return agent.territoire
