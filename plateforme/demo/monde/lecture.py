"""Reading the demo's content files: one TOML file a community, checked before anything is loaded."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CONTENU = Path(__file__).resolve().parent.parent / "contenu"


class ContenuInvalide(Exception):
    """A content file that cannot be used; `str()` names the file and the line or the entry."""


@dataclass
class Monde:
    """All the files, in the order of their names, and their people by key."""

    fichiers: list[dict[str, Any]]
    personnes: dict[str, dict[str, Any]]


def read_world(folder: Path = CONTENU) -> Monde:
    """Read and check every content file, or raise `ContenuInvalide`. Touches no database."""
    files: list[dict[str, Any]] = []
    people: dict[str, dict[str, Any]] = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            content = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            # tomllib says "… (at line 12, column 3)".
            raise ContenuInvalide(f"{path.name} : {error}") from None
        for personne in content.get("personnes", []):
            if personne["cle"] in people:
                raise ContenuInvalide(f"{path.name} : la personne « {personne['cle']} » existe déjà.")
            people[personne["cle"]] = personne
        _check(path.name, content, people)
        files.append(content)
    if not files:
        raise ContenuInvalide(f"Aucun fichier de contenu dans {folder}.")
    return Monde(files, people)


def _check(name: str, content: dict[str, Any], people: dict[str, dict[str, Any]]) -> None:
    try:
        authors = [*content["communaute"]["animateurs"]]
        for sujet in content["sujets"]:
            authors.append(sujet["auteur"])
            authors += [message["auteur"] for message in sujet.get("messages", [])]
        authors += [line["auteur"] for line in content.get("salon", [])]
        authors += [reunion["organisateur"] for reunion in content.get("reunions", [])]
        authors += [document["auteur"] for document in content.get("documents", [])]
    except KeyError as error:
        raise ContenuInvalide(f"{name} : il manque {error}.") from None
    unknown = sorted(set(authors) - set(people))
    if unknown:
        raise ContenuInvalide(f"{name} : personnes inconnues : {', '.join(unknown)}.")
