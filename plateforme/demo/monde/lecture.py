"""Reading the demo's content files: one TOML file a community, checked before anything is loaded."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CONTENU = Path(__file__).resolve().parent.parent / "contenu"


# What each kind of entry must say.
NEEDED = {
    "personnes": ("cle", "prenom", "nom", "fonction", "service", "territoire", "expertises", "biographie"),
    "sujets": ("titre", "genre", "auteur", "jours", "heure", "texte"),
    "salon": ("auteur", "jours", "heure", "texte"),
    "reunions": ("organisateur", "dans_jours", "heure", "titre", "duree_minutes", "lieu", "ordre_du_jour"),
    "documents": ("auteur", "nom", "description", "jours"),
}


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
    _require(name, content, "communaute", ("nom", "slug", "genre", "visibilite", "resume", "animateurs"))
    authors = [*content["communaute"]["animateurs"]]
    for kind, needed in NEEDED.items():
        for number, entry in enumerate(content.get(kind, []), 1):
            _require(name, {kind: entry}, kind, needed, number)
            authors.append(entry.get("auteur") or entry.get("organisateur") or entry["cle"])
            for place, message in enumerate(entry.get("messages", []), 1):
                _require(
                    name,
                    {"messages": message},
                    "messages",
                    ("auteur", "apres_minutes", "texte"),
                    place,
                    f" du sujet {number}",
                )
                authors.append(message["auteur"])
                authors += [message["decision"]["par"]] if "decision" in message else []
                authors += [task[who] for task in message.get("taches", []) for who in ("par", "responsable")]
                for kind_of, said in (
                    ("modifications", ("apres_minutes", "texte")),
                    ("signalements", ("motif",)),
                ):
                    for rank, more in enumerate(message.get(kind_of, []), 1):
                        where = f" du message {place} du sujet {number}"
                        _require(name, {kind_of: more}, kind_of, ("auteur", *said), rank, where)
                        authors.append(more["auteur"])
    unknown = sorted(set(authors) - set(people))
    if unknown:
        raise ContenuInvalide(f"{name} : personnes inconnues : {', '.join(unknown)}.")


def _require(
    name: str,
    content: dict[str, Any],
    kind: str,
    needed: tuple[str, ...],
    number: int | None = None,
    where: str = "",
) -> None:
    missing = [key for key in needed if key not in content.get(kind, {})]
    if missing:
        rank = f", entrée {number}" if number else ""
        raise ContenuInvalide(f"{name}, « {kind} »{rank}{where} : il manque « {missing[0]} ».")
