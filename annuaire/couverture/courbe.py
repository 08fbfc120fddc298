"""The trend of an expertise over twelve months: what a small chart draws, and its table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.utils import timezone
from django.utils.formats import date_format

from annuaire.couverture.lecture import Etendue
from annuaire.couverture.models import Releve
from annuaire.models import Expertise
from plateforme.socle.templatetags.socle import pluriel

MONTHS = 12
# The drawing: its size, and what is kept at the left and under it for words.
WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 640, 240, 44, 34, 14


@dataclass(frozen=True)
class Mois:
    """One month as the table says it; `x` and the heights of its two points as the chart draws them."""

    premier: date
    nom: str
    court: str
    personnes: int
    referents: int
    disponibles: int
    x: int
    y_personnes: int
    y_referents: int


@dataclass(frozen=True)
class Repere:
    """A line across the chart."""

    valeur: int
    y: int
    y_texte: int


@dataclass(frozen=True)
class Courbe:
    """`lignes_…`: the points of each stretch of months without a gap, as `polyline` takes them."""

    mois: list[Mois]
    reperes: list[Repere]
    lignes_personnes: list[str]
    lignes_referents: list[str]
    phrase: str
    largeur: int = WIDTH
    hauteur: int = HEIGHT
    gauche: int = LEFT
    bas: int = HEIGHT - 10


def trend_of(expertise: Expertise, etendue: Etendue) -> Courbe | None:
    """The months that were recorded among the last twelve, 0 where nobody held it; None while there are not two.

    Two queries.
    """
    months = _last_months(timezone.localdate())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m FROM unnest(%s::date[]) AS m WHERE EXISTS (SELECT 1 FROM couverture_releve r WHERE r.mois = m)",
            [months],
        )
        known = {month for (month,) in cursor.fetchall()}
    if len(known) < 2:
        return None
    rows = {
        row.mois: row
        for row in Releve.objects.filter(expertise=expertise, territoire=etendue.code, mois__in=months)
    }
    top = max(2, *(row.personnes for row in rows.values()), 0)
    top += top % 2
    drawn = []
    for index, month in enumerate(months):
        if month not in known:
            continue
        row = rows.get(month)
        people, holders = (row.personnes, row.referents) if row else (0, 0)
        drawn.append(
            Mois(
                month,
                date_format(month, "F Y"),
                date_format(month, "N").rstrip("."),
                people,
                holders,
                row.disponibles if row else 0,
                LEFT + 20 + index * (WIDTH - LEFT - 40) // (MONTHS - 1),
                _height(people, top),
                _height(holders, top),
            )
        )
    stretches = _stretches(drawn, months)
    first, last = drawn[0], drawn[-1]
    return Courbe(
        mois=drawn,
        reperes=[Repere(value, _height(value, top), _height(value, top) + 5) for value in (0, top // 2, top)],
        lignes_personnes=[" ".join(f"{m.x},{m.y_personnes}" for m in part) for part in stretches],
        lignes_referents=[" ".join(f"{m.x},{m.y_referents}" for m in part) for part in stretches],
        phrase=(
            f"De {first.nom} à {last.nom}\u00a0: {_change(first.referents, last.referents, 'référent', 'référents')}, et "
            f"{_change(first.personnes, last.personnes, 'personne', 'personnes')} en tout"
        ),
    )


def _change(before: int, after: int, one: str, several: str) -> str:
    """« de 3 à 5 référents », « toujours 1 personne »."""
    if before == after:
        return (
            f"toujours {pluriel(after, one, several)}"
            if after
            else f"toujours aucun{'e' * (one == 'personne')} {one}"
        )
    return f"de {before} à {pluriel(after, one, several)}"


def _last_months(today: date) -> list[date]:
    last = today.year * 12 + today.month - 1
    return [date(number // 12, number % 12 + 1, 1) for number in range(last - MONTHS + 1, last + 1)]


def _height(value: int, top: int) -> int:
    return HEIGHT - BOTTOM - value * (HEIGHT - BOTTOM - TOP) // top


def _stretches(drawn: Sequence[Mois], months: Sequence[date]) -> list[list[Mois]]:
    """Months that follow one another: a month without record is no zero, so the line stops."""
    parts: list[list[Mois]] = []
    last = -2
    for month in drawn:
        index = months.index(month.premier)
        if index != last + 1:
            parts.append([])
        parts[-1].append(month)
        last = index
    return parts
