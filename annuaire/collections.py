"""A test collection in a database of its own: its people and documents as the directory holds them.

Nothing of it goes through the site: no account can sign in, no place exists. The evidence is written by the same
`settle_evidence` as the forum's, the profiles by the same triggers.
"""

import itertools
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction
from django.db.models import Value
from django.utils.crypto import get_random_string
from django.utils.text import slugify
from psycopg.errors import InsufficientPrivilege

from annuaire.evaluation import CollectionIllisible, read_lines
from annuaire.models import Agent, DeclarationExpertise, Expertise
from annuaire.preuves import access, frequences
from annuaire.preuves.actions import settle_evidence

LIEU = "evaluation"
# What the database is copied from before it is migrated.
MODELE = "template0"
LANGUES = ("french", "english")
BATCH = 1_000
# As the forum: the words of a longer text that count.
TEXTE_MAX = 4_000
# Beyond, an expertise has no level that one could guess: practice.
NIVEAU = DeclarationExpertise.Niveau.PRATIQUE


_WANTED = """
SELECT d.agent_id, g.genre, d.source, %s AS lieu, d.titre, '/' AS url, d.texte, d.expertises, g.poids, d.quand,
    d.fil, d.question
FROM evaluation_document d, LATERAL (VALUES
    ('reponse', 1, true), ('retenue', 1, d.retenue), ('utile', d.utile, d.utile > 0)
) AS g (genre, poids, vraie) WHERE g.vraie
"""


class BaseRefusee(Exception):
    """The database's account may not create databases: the message says what to do, in French."""


@contextmanager
def own_database() -> Iterator[None]:
    """An empty database, migrated, in place of the site's for this process; removed at the end, whatever happens.

    The account that the address names must be allowed to create databases; raises `BaseRefusee`.
    """
    site = connection.settings_dict["NAME"]
    name = f"evaluation_{get_random_string(8, 'abcdefghijklmnopqrstuvwxyz')}"
    try:
        with connection.cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{MODELE}"')
    except ProgrammingError as error:
        if not isinstance(error.__cause__, InsufficientPrivilege):
            raise
        raise BaseRefusee(
            f"Le compte PostgreSQL «\u00a0{connection.settings_dict['USER']}\u00a0» ne peut pas créer de base. Un administrateur "
            "de PostgreSQL peut lui en donner le droit (ALTER ROLE … CREATEDB), ou DATABASE_URL en nommer un autre."
        ) from error
    try:
        _use(name)
        call_command("migrate", verbosity=0)
        yield
    finally:
        _use(site)
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _use(name: str) -> None:
    connection.close()
    if hasattr(connection, "close_pool"):
        connection.close_pool()
    connection.settings_dict["NAME"] = name


def speak(langue: str) -> None:
    """Before anything is loaded: the words of the database are those of `langue`, one of `LANGUES`."""
    if langue == "french":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TEXT SEARCH CONFIGURATION public.fr ALTER MAPPING FOR hword, hword_part, word, asciiword,"
            " asciihword, hword_asciipart WITH public.unaccent, pg_catalog.english_stem"
        )
        # English stop words are taken away by its stemmer; none of them bears an accent.
        cursor.execute(
            "CREATE OR REPLACE FUNCTION public.fr_vecteur(texte text) RETURNS tsvector LANGUAGE sql IMMUTABLE"
            " PARALLEL SAFE AS $f$ SELECT to_tsvector('public.fr'::regconfig, coalesce(texte, '')) $f$"
        )


def load(dossier: Path) -> dict[str, int]:
    """Load people, what they declare and their documents; returns the id of each person by their name in the
    collection. Raises `CollectionIllisible`. A folder without documents, or whose people declare nothing, is one too.
    """
    people = _load_people(dossier)
    _load_documents(dossier, people)
    with readable_by_all():
        frequences.rebuild()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return people


@contextmanager
def readable_by_all() -> Iterator[None]:
    """Within, whoever searches may read the documents."""
    access.register_places(
        lambda agent: (
            Agent.objects.filter(pk=agent.pk).annotate(lieu=Value(LIEU)).values_list("lieu", flat=True)
        ),
        lambda: Agent.objects.order_by().annotate(lieu=Value(LIEU)).values_list("lieu", flat=True)[:1],
    )
    try:
        yield
    finally:
        access.withdraw_last_places()


@transaction.atomic
def _load_people(dossier: Path) -> dict[str, int]:
    rows = list(read_lines(dossier, "users"))
    try:
        agents = [
            Agent(
                email=f"{number}@evaluation.invalid",
                identifiant=f"{slugify(str(row['id']))[:60]}-{number}",
                prenom="",
                nom=_text(row.get("name"))[:60],
                biographie=_text(row.get("declared")),
                password="!",  # noqa: S106  (no account signs in with it)
            )
            for number, row in enumerate(rows)
        ]
        people = dict(zip((str(row["id"]) for row in rows), agents, strict=True))
    except KeyError as error:
        raise CollectionIllisible(f"users.jsonl : il manque {error} à une ligne.") from error
    if len(people) != len(rows):
        raise CollectionIllisible("users.jsonl : deux lignes portent le même id.")
    Agent.objects.bulk_create(agents, batch_size=BATCH)
    skills = [list(dict.fromkeys(_labels(row.get("skills")))) for row in rows]
    vocabulary = _vocabulary(label for labels in skills for label in labels)
    DeclarationExpertise.objects.bulk_create(
        [
            DeclarationExpertise(agent=agent, expertise=vocabulary[label], niveau=NIVEAU)
            for agent, labels in zip(agents, skills, strict=True)
            for label in labels
        ],
        batch_size=BATCH,
    )
    return {name: agent.pk for name, agent in people.items()}


def _load_documents(dossier: Path, people: dict[str, int]) -> None:
    try:
        lines = read_lines(dossier, "documents")
        first = next(lines, None)
    except CollectionIllisible as error:
        if not error.absent:
            raise
        return
    if first is None:
        return
    numbers = itertools.count(1)
    for batch in _batches(itertools.chain([first], lines)):
        try:
            tags = _vocabulary(label for row in batch for label in _labels(row.get("tags")))
            rows = [
                (
                    people[str(author)],
                    f"document.{number}",
                    _text(row.get("title")),
                    _text(row.get("text")),
                    [tags[label].pk for label in dict.fromkeys(_labels(row.get("tags")))],
                    _instant(row.get("date")),
                    f"fil.{row['thread']}"[:40] if row.get("thread") is not None else f"document.{number}",
                    _text(row.get("question")),
                    bool(row.get("accepted")),
                    max(0, int(row.get("votes") or 0)),
                )
                for number, row in zip(numbers, batch, strict=False)
                for author in dict.fromkeys(_listed(row.get("authors")))
                if str(author) in people
            ]
        except (ValueError, TypeError, AttributeError) as error:
            raise CollectionIllisible(
                f"documents.jsonl : une ligne n’a pas la forme attendue ({error})."
            ) from error
        _settle(rows)


@transaction.atomic
def _settle(rows: list[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE evaluation_document (agent_id bigint, source text, titre text, texte text,"
            " expertises bigint[], quand timestamptz, fil text, question text, retenue boolean, utile int)"
        )
        cursor.executemany(
            "INSERT INTO evaluation_document VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)", rows
        )
    settle_evidence(sorted({row[1] for row in rows}), _WANTED, [LIEU])
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE evaluation_document")


def words_of_profiles(names: dict[int, str]) -> dict[str, dict[str, int]]:
    """How often each profile of the collection says each lexeme, by the name of the person there."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.id, l.lexeme, cardinality(l.positions) FROM annuaire_agent a, unnest(a.recherche) AS l WHERE a.id = ANY(%s)",
            [list(names)],
        )
        found: dict[str, dict[str, int]] = {name: {} for name in names.values()}
        for pk, lexeme, count in cursor.fetchall():
            found[names[pk]][lexeme] = count
        return found


def _vocabulary(labels: Iterable[str]) -> dict[str, Expertise]:
    """The expertise of each label, made when there is none yet."""
    wanted = list(dict.fromkeys(labels))
    known = Expertise.objects.in_bulk(wanted, field_name="libelle")
    missing = [label for label in wanted if label not in known]
    Expertise.objects.bulk_create(
        [
            Expertise(
                libelle=label, slug=f"{slugify(label)[:90]}-{get_random_string(12)}", domaine="", synonymes=[]
            )
            for label in missing
        ],
        batch_size=BATCH,
    )
    return {**known, **Expertise.objects.in_bulk(missing, field_name="libelle")}


def _labels(values: Any) -> Iterator[str]:
    for value in _listed(values):
        label = " ".join(_text(value).split())[:120]
        if label:
            yield label


def _listed(values: Any) -> list[Any]:
    """One value alone, for a list of one."""
    return values if isinstance(values, list) else [values] if values else []


def _text(value: Any) -> str:
    """PostgreSQL has no NUL."""
    return str(value or "").replace("\x00", " ")[:TEXTE_MAX]


def _instant(value: Any) -> datetime:
    """A day, an instant, a month or a year: `2019-03-01`, `2019-03-01T10:00:00Z`, `2019-03`, `2019`. Without a date, as
    old as can be."""
    if not value:
        return datetime(1990, 1, 1, tzinfo=UTC)
    said = str(value)
    found = datetime.fromisoformat(f"{said}-01-01"[:10] if len(said) in (4, 7) else said)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def instant_of_query(value: str) -> datetime:
    """The end of the day on which a question was asked."""
    return _instant(value) + timedelta(days=1)


def _batches(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    rows = iter(rows)
    while batch := list(itertools.islice(rows, BATCH)):
        yield batch
