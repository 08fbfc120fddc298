"""What the pages show, put together: figures, the map and its table of the same rows."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from annuaire.couverture import lecture, tableaux
from annuaire.couverture.access import region_of
from annuaire.couverture.besoins import unanswered_needs
from annuaire.couverture.binomes import propose_pairs
from annuaire.couverture.carte import Carte, draw
from annuaire.couverture.courbe import trend_of
from annuaire.couverture.lecture import Etendue
from annuaire.models import Agent, Expertise, Territoire
from annuaire.profils.vocabulaire import search_vocabulary
from plateforme.socle.templatetags.socle import pluriel

REFERENTS = (1, 2, 3, 6)
REFERENTS_DITS = ("aucun", "1", "2", "3 à 5", "6 ou plus")
TENUES = (1, 5, 15, 40)
TENUES_DITES = ("aucune", "1 à 4", "5 à 14", "15 à 39", "40 ou plus")
# Expertises shown at a time.
PAGE = 50
# Fragile expertises named with who holds them; on the page of a région, which is printed.
FRAGILES, FRAGILES_REGION = 8, 40
# Expertises for which pairs are proposed there, and how many pairs for each; on the page of one expertise.
BINOMES_REGION, BINOMES_CHACUNE, BINOMES = 12, 2, 6


def overall(
    agent: Agent, etendue: Etendue, domaine: str, question: str, asked: dict[str, Any]
) -> dict[str, Any]:
    """The page of all expertises. Fewer than ten queries."""
    places = lecture.all_by_departement(etendue, domaine)
    rows = wanted(etendue, domaine, question)
    rows.sort(key=tableaux.urgency)
    shown = tableaux.make_table(
        "expertises",
        "Expertises",
        tableaux.expertise_columns(etendue, len(places)),
        rows,
        asked,
        size=PAGE,
    )
    fragile = [row for row in rows if row.referents == 1]
    return {
        "resume": lecture.summary(etendue, domaine),
        "carte": _overall_map(places, etendue),
        "departements": tableaux.make_table(
            "departements",
            "Expertises avec référent, par département",
            tableaux.all_columns(etendue, _elsewhere(asked)),
            places,
            asked,
            choisi=etendue.code,
        ),
        "expertises": shown,
        "trouvees": len(rows),
        "fragiles": _fragile(agent, fragile[:FRAGILES], etendue),
        "autres_fragiles": max(0, len(fragile) - FRAGILES),
        "besoins": unanswered_needs(etendue),
    }


def _fragile(agent: Agent, rows: list[Any], etendue: Etendue) -> list[tuple[Any, Agent]]:
    """Each with the person on whom it rests."""
    alone = lecture.only_holders(agent, rows, etendue)
    return [(row, alone[row.pk]) for row in rows if row.pk in alone]


def wanted(etendue: Etendue, domaine: str, question: str) -> list[Expertise]:
    """The expertises asked for, in alphabetical order. Two queries at most."""
    ids = [row.pk for row in search_vocabulary(question)] if question else None
    return list(lecture.by_expertise(etendue, domaine, ids).order_by("libelle"))


def one(agent: Agent, expertise: Expertise, etendue: Etendue, asked: dict[str, Any]) -> dict[str, Any]:
    """The page of one expertise."""
    places = lecture.by_departement(expertise, etendue)
    counts = lecture.counts_of(expertise, etendue)
    return {
        "compte": counts,
        "delai": tableaux.said_delay(counts.delai),
        "charge": lecture.load_of(expertise, etendue),
        "au_dela": lecture.beyond_departements(expertise, etendue) if etendue.departement is None else 0,
        "carte": draw(
            places,
            lambda row: row.referents,
            REFERENTS,
            sans="sans référent",
            dite=lambda value: pluriel(value, "référent", "référents"),
            libelles=REFERENTS_DITS,
            choisi=etendue.code,
            resserree=etendue.region is not None,
        ),
        "departements": tableaux.make_table(
            "departements",
            f"{expertise.libelle}, par département",
            tableaux.departement_columns(etendue, _elsewhere(asked)),
            places,
            asked,
            choisi=etendue.code,
        ),
        "porteurs": lecture.holders(agent, expertise, etendue),
        "courbe": trend_of(expertise, etendue),
        "binomes": propose_pairs(agent, [expertise], etendue, BINOMES),
    }


def region(agent: Agent, territoire: Territoire) -> dict[str, Any]:
    """The page of a région. A dozen queries."""
    etendue = Etendue(territoire)
    places = lecture.all_by_departement(etendue)
    rows = wanted(etendue, "", "")
    fragile = [row for row in rows if row.referents == 1]
    named = _fragile(agent, fragile, etendue)
    return {
        "etendue": etendue,
        "total": len(rows),
        "aucun_referent": not any(row.referents for row in rows),
        "partagees": sum(1 for row in rows if row.referents > 1),
        "nombre_fragiles": len(fragile),
        "sans": [row for row in rows if row.referents == 0 and row.personnes],
        "jamais": [row for row in rows if not row.personnes],
        "places": len(places),
        "carte": _overall_map(places, etendue),
        "departements": tableaux.make_table(
            "departements",
            f"Expertises avec référent, {territoire.nom}",
            tableaux.all_columns(etendue, _in_region),
            places,
            {},
        ),
        "fragiles": [(row, holder, len(places) - row.tenus) for row, holder in named[:FRAGILES_REGION]],
        "autres_fragiles": max(0, len(fragile) - FRAGILES_REGION),
        "par_domaine": lecture.by_domaine(agent, rows, etendue),
        "binomes": propose_pairs(agent, [row for row, _ in named[:BINOMES_REGION]], etendue, BINOMES_CHACUNE),
        "besoins": unanswered_needs(etendue),
    }


def home_line(agent: Agent) -> dict[str, Any] | None:
    """What the home page says of their région to those who work at its level; None for the others, and when all is
    shared. One query for the former."""
    where = region_of(agent)
    if agent.partenaire or where is None or where.pk != agent.territoire_id:
        return None
    found = lecture.summary(Etendue(where))
    return {"region": where, **found} if found["fragiles"] else None


def _in_region(row: Any) -> str:
    return f"{reverse('couverture:ensemble')}?territoire={row.code}"


def _overall_map(places: list[Any], etendue: Etendue) -> Carte:
    return draw(
        places,
        lambda row: row.tenues,
        TENUES,
        sans="sans aucun référent",
        dite=lambda value: pluriel(value, "expertise avec référent", "expertises avec référent"),
        libelles=TENUES_DITES,
        choisi=etendue.code,
        resserree=etendue.region is not None,
    )


def _elsewhere(asked: dict[str, Any]) -> Callable[[Any], str]:
    """The same page, of the territory of a row."""
    kept = {key: value for key, value in asked.items() if value and key != "territoire"}

    def link(row: Any) -> str:
        return "?" + urlencode({**kept, "territoire": row.code})

    return link
