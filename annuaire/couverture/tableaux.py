"""Tables that are sorted by links, and the same tables as spreadsheets."""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from annuaire.couverture.lecture import Etendue

HOUR, DAY = 3600, 86_400


@dataclass(frozen=True)
class Colonne:
    """`valeur` is what is sorted and exported; `montree`, how it is said in the page; `lien`, where it leads.

    `seule_export`: too much for a page. `rang`: sorted by this instead of the value. `d_abord_grand`: the first click
    shows the largest first.
    """

    cle: str
    titre: str
    valeur: Callable[[Any], Any]
    montree: Callable[[Any], str] | None = None
    lien: Callable[[Any], str] | None = None
    classe: Callable[[Any], str] | None = None
    rang: Callable[[Any], Any] | None = None
    nombre: bool = False
    seule_export: bool = False
    d_abord_grand: bool = False


@dataclass(frozen=True)
class Entete:
    """A header: the sort that a click asks for, and how the column is sorted now (`aria-sort`), if it is."""

    colonne: Colonne
    tri: str
    sens: str


@dataclass(frozen=True)
class Cellule:
    texte: str
    colonne: Colonne
    lien: str = ""
    classe: str = ""


@dataclass(frozen=True)
class Tableau:
    """`nom` is also the parameter that sorts it (`?tri_nom=`). `choisie`: code of the line that is looked at."""

    nom: str
    legende: str
    entetes: list[Entete]
    lignes: "list[Ligne]"
    page: int = 1
    pages: int = 1

    @property
    def parametre(self) -> str:
        return f"tri_{self.nom}"

    @property
    def parametre_page(self) -> str:
        return f"page_{self.nom}"

    @property
    def precedente(self) -> int:
        return self.page - 1

    @property
    def suivante(self) -> int:
        return self.page + 1


@dataclass(frozen=True)
class Ligne:
    cellules: list[Cellule]
    choisie: bool = False


def make_table(
    nom: str,
    legende: str,
    colonnes: Sequence[Colonne],
    rows: Sequence[Any],
    asked: dict[str, Any],
    *,
    choisi: Any = None,
    size: int = 0,
) -> Tableau:
    """`asked`: the parameters of the address. The first column names the line. `choisi`: primary key of the line that is
    looked at. With a `size`, one page of that many rows (`?page_nom=`)."""
    shown = [colonne for colonne in colonnes if not colonne.seule_export]
    rows, key, descending = sort_rows(colonnes, rows, str(asked.get(f"tri_{nom}", "")))
    pages = max(1, -(-len(rows) // size)) if size else 1
    wanted = str(asked.get(f"page_{nom}", ""))
    page = min(max(1, int(wanted)), pages) if wanted.isdecimal() and len(wanted) < 6 else 1
    if size:
        rows = rows[(page - 1) * size : page * size]
    headers = []
    for colonne in shown:
        current = colonne.cle == key
        down = not descending if current else colonne.d_abord_grand
        headers.append(
            Entete(
                colonne,
                f"-{colonne.cle}" if down else colonne.cle,
                ("descending" if descending else "ascending") if current else "",
            )
        )
    lines = [Ligne([_cell(colonne, row) for colonne in shown], row.pk == choisi) for row in rows]
    return Tableau(nom, legende, headers, lines, page, pages)


def sort_rows(colonnes: Sequence[Colonne], rows: Sequence[Any], asked: str) -> tuple[list[Any], str, bool]:
    """The rows in the order asked for (`referents`, `-referents`), the key and whether it descends. Without one that
    exists, as they come. Those that are equal stay in the order in which they come; unknown values are last."""
    by_key = {colonne.cle: colonne for colonne in colonnes}
    descending, key = asked.startswith("-"), asked.removeprefix("-")
    if key not in by_key:
        return list(rows), "", False
    read = by_key[key].rang or by_key[key].valeur
    known = [row for row in rows if read(row) is not None]
    unknown = [row for row in rows if read(row) is None]
    known.sort(key=lambda row: _comparable(read(row)), reverse=descending)
    return known + unknown, key, descending


def export(
    colonnes: Sequence[Colonne], rows: Sequence[Any], asked: str = ""
) -> tuple[list[str], list[list[Any]]]:
    """Header and rows of the same table as a spreadsheet, sorted as the page is."""
    rows, _, _ = sort_rows(colonnes, rows, asked)
    return [colonne.titre for colonne in colonnes], [[one.valeur(row) for one in colonnes] for row in rows]


def _cell(colonne: Colonne, row: Any) -> Cellule:
    value = colonne.montree(row) if colonne.montree else colonne.valeur(row)
    text = f"{value:,}".replace(",", "\u202f") if isinstance(value, int) else str(value or "")
    return Cellule(
        text or "–",
        colonne,
        colonne.lien(row) if colonne.lien else "",
        colonne.classe(row) if colonne.classe else "",
    )


def _comparable(value: Any) -> Any:
    """« Île-de-France » is among the I."""
    if isinstance(value, str):
        bare = unicodedata.normalize("NFKD", value)
        return "".join(letter for letter in bare if not unicodedata.combining(letter)).lower()
    return value


def said_delay(seconds: int | None) -> str:
    """« 40 min », « 6 h », « 3 jours »."""
    if seconds is None:
        return ""
    if seconds < HOUR:
        return f"{max(1, round(seconds / 60))}\u00a0min"
    if seconds < 2 * DAY:
        return f"{round(seconds / HOUR)}\u00a0h"
    return f"{round(seconds / DAY)}\u00a0jours"


def _number(cle: str, titre: str, **options: Any) -> Colonne:
    def read(row: Any) -> int:
        value: int = getattr(row, cle)
        return value

    return Colonne(cle, titre, read, nombre=True, d_abord_grand=True, **options)


# Of one expertise, whatever the lines are.
COMPTES = (
    _number("referents", "Référents"),
    _number("referents_disponibles", "Référents disponibles"),
    _number("personnes", "Personnes"),
    _number("nb_notions", "Notions", seule_export=True),
    _number("nb_pratique", "Pratique", seule_export=True),
    _number("nb_expertise", "Expertise", seule_export=True),
    _number("nb_reference", "Référence", seule_export=True),
    _number("disponibles", "Disponibles", seule_export=True),
    _number("limites", "Disponibilité limitée", seule_export=True),
    _number("indisponibles", "Pas disponibles", seule_export=True),
    Colonne(
        "delai",
        "Délai médian (heures)",
        lambda row: None if row.delai is None else round(row.delai / HOUR, 1),
        montree=lambda row: said_delay(row.delai),
        nombre=True,
        seule_export=True,
    ),
)
_CODE = Colonne("code", "Code", lambda row: row.code, seule_export=True)


def _places(etendue: Etendue, link: Callable[[Any], str]) -> tuple[Colonne, ...]:
    """A département, with its région where there are several."""
    return (
        Colonne("nom", "Département", lambda row: row.nom, lien=link),
        _CODE,
        Colonne(
            "region",
            "Région",
            lambda row: row.parent.nom if row.parent else "",
            seule_export=etendue.region is not None,
        ),
    )


def departement_columns(etendue: Etendue, link: Callable[[Any], str]) -> tuple[Colonne, ...]:
    """Of the table of départements of one expertise; `link` leads to what is known of one."""
    return (*_places(etendue, link), *COMPTES)


def all_columns(etendue: Etendue, link: Callable[[Any], str]) -> tuple[Colonne, ...]:
    """Of the table of départements of all expertises."""
    return (
        *_places(etendue, link),
        _number("tenues", "Expertises avec référent"),
        _number("fragiles", "Sur une seule personne"),
        _number("declarees", "Expertises déclarées"),
    )


ETATS = {0: ("Sans référent", "fr-badge--error"), 1: ("Une seule personne", "fr-badge--warning")}


def _state(row: Any) -> str:
    return ETATS[row.referents][0] if row.referents in ETATS else "Partagée"


def expertise_columns(etendue: Etendue, total: int) -> tuple[Colonne, ...]:
    """Of the table of expertises, over `total` départements."""
    query = f"?territoire={etendue.territoire.code}" if etendue.territoire is not None else ""
    columns = (
        Colonne(
            "libelle",
            "Expertise",
            lambda row: row.libelle,
            lien=lambda row: reverse("couverture:expertise", args=[row.slug]) + query,
        ),
        Colonne("domaine", "Domaine", lambda row: row.domaine),
        Colonne(
            "etat",
            "État",
            _state,
            classe=lambda row: ETATS[row.referents][1] if row.referents in ETATS else "fr-badge--success",
            rang=urgency,
        ),
        *COMPTES,
    )
    if etendue.departement is not None:
        return columns
    without = Colonne(
        "sans",
        "Départements sans référent",
        lambda row: total - row.tenus,
        nombre=True,
        d_abord_grand=True,
    )
    return (*columns, without)


def urgency(row: Any) -> tuple[int, int]:
    """Resting on one person first, then on nobody, then the others, the fewest first."""
    return ({1: 0, 0: 1}.get(row.referents, 2), row.referents)
