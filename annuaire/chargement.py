"""Reading the reference files and bringing the database in line with them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils.text import slugify

from annuaire.models import Agent, Expertise, Territoire, TypeService
from annuaire.profils.vocabulaire import merged_names

REFERENTIELS = Path(__file__).resolve().parent / "referentiels"
# How many agents are searched anew in one statement.
REFRESH_BATCH = 5000


class FichierInvalide(Exception):
    """A reference file that cannot be used; `str()` names the file, the line and what is wrong."""


@dataclass
class Bilan:
    """How many rows of one kind were added and changed."""

    nom: str
    ajouts: int = 0
    changements: int = 0


@dataclass
class Referentiels:
    """The three files, read and checked."""

    territoires: list[dict[str, Any]]
    types: list[dict[str, Any]]
    expertises: list[dict[str, Any]]


def read_references(folder: Path = REFERENTIELS) -> Referentiels:
    """Read and check the three files, or raise `FichierInvalide`. Touches no database."""
    regions = [
        {**row, "code": f"R{row['code']}", "genre": Territoire.Genre.REGION, "parent": "FR"}
        for row in _read(folder / "territoires.json", "regions", ("code", "nom", "zone"), key="code")
    ]
    known = {row["code"] for row in regions}
    departements = []
    path = folder / "territoires.json"
    for row in _read(path, "departements", ("code", "nom", "zone", "region"), key="code"):
        parent = f"R{row['region']}"
        if parent not in known:
            raise FichierInvalide(
                f"{path.name}, ligne {row['_ligne']} : la région {row['region']} n’existe pas."
            )
        departements.append({**row, "genre": Territoire.Genre.DEPARTEMENT, "parent": parent})
    pays = {
        "code": "FR",
        "nom": "France entière",
        "zone": "france",
        "genre": Territoire.Genre.NATIONAL,
        "parent": None,
    }
    return Referentiels(
        territoires=[pays, *regions, *departements],
        types=list(
            _read(folder / "services.json", "types_de_service", ("sigle", "nom", "niveau"), key="sigle")
        ),
        expertises=list(
            _read(
                folder / "expertises.json", "expertises", ("libelle", "domaine", "synonymes"), key="libelle"
            )
        ),
    )


@transaction.atomic
def load_references(references: Referentiels) -> list[Bilan]:
    """Bring territories, kinds of service and expertises in line with the files: all of it, or nothing.

    Nothing is removed: what a file no longer names may still be somebody's. Run again, changes nothing.
    """
    territoires = _align_territoires(references.territoires)
    types = Bilan("types de service")
    for row in references.types:
        values = {"nom": row["nom"], "niveau": row["niveau"], "tutelle": row.get("tutelle") or ""}
        _align(types, TypeService, {"sigle": row["sigle"]}, values)
    expertises = Bilan("expertises")
    merged = merged_names()
    for row in references.expertises:
        # What people proposed and the team made one with this entry stays another name of it.
        more = [name for name in merged.get(row["libelle"], []) if name not in row["synonymes"]]
        values = {
            "slug": slugify(row["libelle"])[:120],
            "domaine": row["domaine"],
            "synonymes": [*row["synonymes"], *more],
        }
        _align(expertises, Expertise, {"libelle": row["libelle"]}, values)
    if any(bilan.changements for bilan in (territoires, types, expertises)):
        _refresh_search()
    return [territoires, types, expertises]


def _align_territoires(rows: list[dict[str, Any]]) -> Bilan:
    bilan = Bilan("territoires")
    for row in rows:
        values = {
            "nom": row["nom"].replace("'", "’"),
            "genre": row["genre"],
            "zone": row["zone"],
            "parent_id": row["parent"],
            "nom_chef_lieu": row.get("nom_chef_lieu") or "",
        }
        _align(bilan, Territoire, {"code": row["code"]}, values)
    return bilan


def _align(bilan: Bilan, model: Any, key: dict[str, Any], values: dict[str, Any]) -> None:
    row = model.objects.filter(**key).first()
    if row is None:
        model.objects.create(**key, **values)
        bilan.ajouts += 1
    elif any(getattr(row, name) != value for name, value in values.items()):
        model.objects.filter(pk=row.pk).update(**values)
        bilan.changements += 1


def _refresh_search() -> None:
    """Write again what people are found by, for all of them, in batches."""
    ids = list(Agent.objects.order_by("pk").values_list("pk", flat=True))
    with connection.cursor() as cursor:
        for start in range(0, len(ids), REFRESH_BATCH):
            cursor.execute("SELECT annuaire_rafraichir(%s)", [ids[start : start + REFRESH_BATCH]])


def _read(path: Path, section: str, fields: tuple[str, ...], *, key: str) -> Iterator[dict[str, Any]]:
    """The entries of one list of a JSON file, each with its line under `_ligne`; all checked before the first."""
    try:
        text = path.read_text(encoding="utf-8")
        json.loads(text)
    except json.JSONDecodeError as error:
        raise FichierInvalide(
            f"{path.name}, ligne {error.lineno} : le fichier n’est pas du JSON valide ({error.msg})."
        ) from None
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise FichierInvalide(f"{path.name}, ligne {line} : le fichier n’est pas en UTF-8.") from None
    except OSError as error:
        raise FichierInvalide(f"{path.name} : fichier illisible ({error.strerror}).") from None
    entries = list(_entries(path.name, text, section))
    seen: set[str] = set()
    for entry in entries:
        where = f"{path.name}, ligne {entry['_ligne']}"
        for field in fields:
            if not entry.get(field) and entry.get(field) != []:
                raise FichierInvalide(f"{where} : il manque « {field} ».")
        if not isinstance(entry[key], str) or entry[key] in seen:
            raise FichierInvalide(f"{where} : « {entry[key]} » existe déjà ou n’est pas un texte.")
        seen.add(entry[key])
        words = entry.get("synonymes", [])
        if not isinstance(words, list) or any(not isinstance(word, str) for word in words):
            raise FichierInvalide(f"{where} : « synonymes » est une liste de textes.")
    return iter(entries)


def _entries(name: str, text: str, section: str) -> Iterator[dict[str, Any]]:
    """Decode a list element by element, because `json` does not say where an element stood."""
    start = text.find(f'"{section}"')
    start = text.find("[", start) if start >= 0 else -1
    if start < 0:
        raise FichierInvalide(f"{name}, ligne 1 : il manque la liste « {section} ».")
    decoder = json.JSONDecoder()
    position = start + 1
    while True:
        while text[position] in " \t\r\n,":
            position += 1
        if text[position] == "]":
            return
        line = text.count("\n", 0, position) + 1
        entry, position = decoder.raw_decode(text, position)
        if not isinstance(entry, dict):
            raise FichierInvalide(f"{name}, ligne {line} : un objet est attendu.")
        yield {**entry, "_ligne": line}
