"""Filling a database for measuring: a hundred thousand agents, a million messages, in minutes.

Rows go in by COPY, past the actions and their journal: this is ballast for benchmarks, never content. Texts are
drawn from a pool made of the demo's own sentences, so that words are as frequent as in life.
"""

import itertools
import random
import re
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import psycopg
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone
from django.utils.text import slugify

from annuaire.models import Expertise, Service, Territoire, TypeService
from annuaire.services import service_name
from communautes.models import Communaute
from plateforme.demo.monde.documents import make_file
from plateforme.demo.monde.lecture import Monde
from plateforme.demo.monde.population import METIERS, NOMS, PRENOMS, gendered
from plateforme.socle.texte import RENDERER_VERSION, render_markdown

TEXTS = 3000
MESSAGES_PER_SUJET = 10
COMMUNAUTES = 60
SERVICES = ("DDT", "PREF", "DDETSPP", "SGCD")
Say = Callable[[str], None]


class Volume:
    """One filling. `say` gets a line of progress at each step; nothing is committed before the end of a step."""

    def __init__(self, monde: Monde, say: Say, seed: int = 1) -> None:
        self.monde = monde
        self.say = say
        self.chance = random.Random(seed)  # noqa: S311  (ballast, not secrets)
        self.now = timezone.now()
        self.mark = uuid.uuid4().hex[:6]

    def fill(self, agents: int, messages: int, documents: int) -> None:
        """Add that many rows to what is there. Needs the reference data."""
        services = self._services()
        first, last = self._agents(agents, services)
        self._declarations(first, last)
        communautes = self._communautes()
        members = self._adhesions(communautes, first, last)
        self._messages(messages, communautes, members)
        self._documents(documents, communautes, members)
        self.say("statistiques de PostgreSQL")
        _execute("ANALYZE")

    # --- People -----------------------------------------------------------------------------

    def _services(self) -> list[Service]:
        kinds = {kind.sigle: kind for kind in TypeService.objects.filter(sigle__in=SERVICES)}
        departements = list(Territoire.objects.filter(genre=Territoire.Genre.DEPARTEMENT))
        Service.objects.bulk_create(
            (
                Service(
                    type=kind,
                    territoire=departement,
                    nom=service_name(kind, departement),
                    ville=departement.nom_chef_lieu,
                )
                for kind in kinds.values()
                for departement in departements
            ),
            ignore_conflicts=True,
        )
        return list(Service.objects.filter(type__sigle__in=SERVICES).select_related("type"))

    def _agents(self, count: int, services: list[Service]) -> tuple[int, int]:
        first = _reserve("annuaire_agent", count)
        places = [(service.pk, service.territoire_id, METIERS[service.type.sigle]) for service in services]

        def rows() -> Iterator[Sequence[Any]]:
            for number in range(first, first + count):
                prenom, nom = self.chance.choice(PRENOMS), self.chance.choice(NOMS)
                service, territoire, metiers = self.chance.choice(places)
                handle = f"{slugify(prenom)}-{slugify(nom)}-v{number}"
                yield (
                    number, "!", None, False, f"{handle}@volume.gouv.fr", handle, prenom, nom,
                    gendered(self.chance.choice(metiers)[0], prenom), service, "", territoire, False, "", "", "oui", True,
                    False, self.now, "",
                )  # fmt: skip

        # The triggers would compose each row's search vector twice: once here, once with its declarations.
        with without_triggers("annuaire_agent"):
            self._copy(
                "annuaire_agent",
                "id password last_login is_superuser email identifiant prenom nom fonction service_id organisme"
                " territoire_id partenaire telephone biographie disponibilite is_active is_staff"
                " date_joined mots",
                rows(),
                count,
                "agents",
            )
        return first, first + count - 1

    def _declarations(self, first: int, last: int) -> None:
        expertises = list(Expertise.objects.values_list("pk", flat=True))
        # Few expertises are known by many, many by few: weights fall as 1/rank.
        weights = [1 / rank for rank in range(1, len(expertises) + 1)]
        self.chance.shuffle(expertises)
        draws = itertools.cycle(self.chance.choices(expertises, weights, k=50_021))
        count = sum(1 + number % 4 for number in range(first, last + 1))

        def rows() -> Iterator[Sequence[Any]]:
            for agent in range(first, last + 1):
                wanted: set[int] = set()
                while len(wanted) < 1 + agent % 4:
                    wanted.add(next(draws))
                for expertise in wanted:
                    yield agent, expertise, self.chance.randint(1, 4), self.chance.randint(2000, 2026)

        with without_triggers("annuaire_declarationexpertise"):
            self._copy(
                "annuaire_declarationexpertise",
                "agent_id expertise_id niveau depuis",
                rows(),
                count,
                "expertises déclarées",
            )
        self.say("index de recherche des agents")
        with rebuilt_indexes("annuaire_agent", ("agent_recherche", "agent_mots")):
            half = (first + last) // 2
            _in_parallel(
                f"SELECT annuaire_rafraichir(ARRAY(SELECT generate_series({first}, {half})::bigint))",
                f"SELECT annuaire_rafraichir(ARRAY(SELECT generate_series({half + 1}, {last})::bigint))",
            )

    # --- Communities ------------------------------------------------------------------------

    def _communautes(self) -> list[int]:
        rows = Communaute.objects.bulk_create(
            Communaute(
                nom=f"Communauté de mesure {self.mark}-{number:02}",
                slug=f"mesure-{self.mark}-{number:02}",
                resume="Remplie automatiquement pour mesurer les temps de réponse.",
                couleur=Communaute.Couleur.values[number % len(Communaute.Couleur.values)],
            )
            for number in range(COMMUNAUTES)
        )
        return [row.pk for row in rows]

    def _adhesions(self, communautes: list[int], first: int, last: int) -> list[list[int]]:
        """Each agent is in two communities; returns the members of each."""
        members: list[list[int]] = [[] for _ in communautes]
        for agent in range(first, last + 1):
            members[agent % len(members)].append(agent)
            members[(agent * 7 + 3) % len(members)].append(agent)
        members = [sorted(set(group)) for group in members]

        def rows() -> Iterator[Sequence[Any]]:
            for communaute, group in zip(communautes, members, strict=True):
                for index, agent in enumerate(group):
                    yield communaute, agent, "membre" if index else "animateur", self.now

        total = sum(len(group) for group in members)
        self._copy("communautes_adhesion", "communaute_id agent_id role cree_le", rows(), total, "adhésions")
        _execute(
            "UPDATE communautes_communaute c SET nb_membres ="
            " (SELECT count(*) FROM communautes_adhesion a WHERE a.communaute_id = c.id) WHERE c.id = ANY(%s)",
            [communautes],
        )
        return members

    # --- Forum ------------------------------------------------------------------------------

    def _messages(self, count: int, communautes: list[int], members: list[list[int]]) -> None:
        texts = [(text, str(render_markdown(text))) for text in self._texts()]
        sujets = max(1, count // MESSAGES_PER_SUJET)
        first = _reserve("forum_sujet", sujets)
        titles = [re.split(r"(?<=[.?!]) ", text)[0][:150] for text, _ in texts]
        sizes = self._sizes(sujets, count)
        opened = [
            self.now - timedelta(minutes=self.chance.randint(60, 3 * 365 * 1440)) for _ in range(sujets)
        ]

        def last_of(index: int) -> datetime:
            return min(opened[index] + timedelta(minutes=37 * (sizes[index] - 1)), self.now)

        def sujet_rows() -> Iterator[Sequence[Any]]:
            for index in range(sujets):
                place = index % len(communautes)
                yield (
                    first + index, communautes[place], self.chance.choice(members[place]),
                    ("question", "question", "discussion", "retour")[index % 4], titles[index % len(titles)],
                    opened[index], sizes[index], sizes[index], sizes[index], last_of(index),
                )  # fmt: skip

        with rebuilt_indexes("forum_sujet", ("sujet_recherche", "sujet_liste", "sujet_auteur_liste")):
            self._copy(
                "forum_sujet",
                "id communaute_id auteur_id genre titre cree_le dernier_numero dernier_visible nb_messages"
                " dernier_message_le",
                sujet_rows(),
                sujets,
                "sujets",
            )

        def message_rows(start: int, stop: int, chance: random.Random) -> Iterator[Sequence[Any]]:
            for index in range(start, stop):
                group = members[index % len(communautes)]
                for numero in range(1, sizes[index] + 1):
                    text, html = chance.choice(texts)
                    when = min(opened[index] + timedelta(minutes=37 * (numero - 1)), self.now)
                    yield first + index, chance.choice(group), numero, text, html, RENDERER_VERSION, when

        columns = "sujet_id auteur_id numero texte html version_rendu cree_le"
        with rebuilt_indexes("forum_message", ("message_recherche", "message_auteur")):
            # The vectors are computed by PostgreSQL as rows come in: two connections use two cores.
            half = sujets // 2
            jobs = [
                (message_rows(0, half, random.Random(2)), sum(sizes[:half])),  # noqa: S311
                (message_rows(half, sujets, random.Random(3)), sum(sizes[half:])),  # noqa: S311
            ]
            self._copy_in_parallel("forum_message", columns, jobs, "messages")

    def _sizes(self, sujets: int, messages: int) -> list[int]:
        """How many messages each sujet has: mostly few, some many; `messages` in all, one at least each."""
        sizes = [
            1 + min(int(self.chance.expovariate(1 / (MESSAGES_PER_SUJET - 1))), 400) for _ in range(sujets)
        ]
        difference = messages - sum(sizes)
        while difference:
            index = self.chance.randrange(sujets)
            step = 1 if difference > 0 else -1
            if sizes[index] + step >= 1:
                sizes[index] += step
                difference -= step
        return sizes

    def _texts(self) -> list[str]:
        sentences: list[str] = []
        for content in self.monde.fichiers:
            for sujet in content["sujets"]:
                for entry in [sujet, *sujet.get("messages", [])]:
                    plain = re.sub(r"[*_>|#`@\[\]]|\n+", " ", entry["texte"])
                    sentences += [
                        part.strip() for part in re.split(r"(?<=[.?!]) ", plain) if 30 < len(part) < 300
                    ]
        return [
            "\n\n".join(
                " ".join(self.chance.sample(sentences, self.chance.randint(1, 3)))
                for _ in range(1 + index % 2)
            )
            for index in range(TEXTS)
        ]

    # --- Documents --------------------------------------------------------------------------

    def _documents(self, count: int, communautes: list[int], members: list[list[int]]) -> None:
        """Rows of their own for each document; the bytes are those of the demo's files, stored once each."""
        entries = [entry for content in self.monde.fichiers for entry in content.get("documents", [])]
        stored = []
        for entry in entries[:12]:
            data = make_file(entry)
            ending = entry["nom"].rsplit(".", 1)[1]
            name = default_storage.save(f"documents/mesure/{self.mark}-{entry['nom']}", ContentFile(data))
            stored.append((name, len(data), ending, entry["titre"]))
        types = {
            "pdf": "application/pdf",
            "png": "image/png",
            "odt": "application/vnd.oasis.opendocument.text",
            "ods": "application/vnd.oasis.opendocument.spreadsheet",
        }
        first, first_version = _reserve("fichiers_document", count), _reserve("fichiers_version", count)

        def authors(index: int) -> tuple[int, int]:
            place = index % len(communautes)
            group = members[place]
            return communautes[place], group[index * 31 % len(group)]

        def document_rows() -> Iterator[Sequence[Any]]:
            for index in range(count):
                _, _, ending, title = stored[index % len(stored)]
                communaute, author = authors(index)
                when = self.now - timedelta(minutes=index * 11)
                yield (
                    first + index,
                    communaute,
                    author,
                    f"{slugify(title)[:60]}-{index}.{ending}",
                    title,
                    when,
                )

        def version_rows() -> Iterator[Sequence[Any]]:
            for index in range(count):
                name, size, ending, _ = stored[index % len(stored)]
                yield (
                    first_version + index, first + index, 1, authors(index)[1], name, size, types[ending],
                    "0" * 64, self.now - timedelta(minutes=index * 11),
                )  # fmt: skip

        self._copy(
            "fichiers_document",
            "id communaute_id auteur_id nom description cree_le",
            document_rows(),
            count,
            "documents",
        )
        self._copy(
            "fichiers_version",
            "id document_id numero auteur_id fichier taille type_mime empreinte cree_le",
            version_rows(),
            count,
            "versions",
        )
        _execute(
            "UPDATE fichiers_document d SET version_courante_id = v.id FROM fichiers_version v"
            " WHERE v.document_id = d.id AND d.id >= %s AND d.id < %s",
            [first, first + count],
        )

    # --- COPY -------------------------------------------------------------------------------

    def _copy(self, table: str, columns: str, rows: Iterable[Sequence[Any]], total: int, what: str) -> None:
        with _raw() as raw:
            _copy_rows(raw, table, columns, rows, Progress(self.say, total, what))

    def _copy_in_parallel(
        self, table: str, columns: str, jobs: list[tuple[Iterable[Sequence[Any]], int]], what: str
    ) -> None:
        progress = Progress(self.say, sum(total for _, total in jobs), what)
        failures: list[BaseException] = []

        def work(rows: Iterable[Sequence[Any]]) -> None:
            try:
                with _raw() as raw:
                    _copy_rows(raw, table, columns, rows, progress)
            except BaseException as error:
                failures.append(error)

        threads = [threading.Thread(target=work, args=(rows,)) for rows, _ in jobs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failures:
            raise failures[0]


class Progress:
    """Says how far a COPY is, at most once a second."""

    def __init__(self, say: Say, total: int, what: str) -> None:
        self.say, self.total, self.what = say, total, what
        self.done = 0
        self.said = time.monotonic()
        self.say(f"{what} : {total:,}".replace(",", " "))

    def add(self) -> None:
        self.done += 1
        if self.done % 5000 == 0 and time.monotonic() - self.said > 5:
            self.said = time.monotonic()
            self.say(f"  {self.what} : {100 * self.done // self.total} %")


def _copy_rows(
    raw: "psycopg.Connection[Any]",
    table: str,
    columns: str,
    rows: Iterable[Sequence[Any]],
    progress: Progress,
) -> None:
    statement = f"COPY {table} ({', '.join(columns.split())}) FROM STDIN"
    with raw.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
            progress.add()


def _raw() -> "psycopg.Connection[Any]":
    """A connection of its own, outside Django's: COPY in two threads at once."""
    parameters = connection.get_connection_params()
    for name in ("cursor_factory", "context", "prepare_threshold"):
        parameters.pop(name, None)
    return psycopg.connect(**parameters)


def _execute(statement: str, arguments: Sequence[Any] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments)


def _in_parallel(*statements: str) -> None:
    def work(statement: str) -> None:
        with _raw() as raw:
            raw.execute(statement)  # type: ignore[call-overload]

    threads = [threading.Thread(target=work, args=(statement,)) for statement in statements]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _reserve(table: str, count: int) -> int:
    """Take `count` numbers from the table's sequence; returns the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [table])
        (first,) = cursor.fetchone()
        cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, first + count])
    return int(first)


class without_triggers:
    """The table's own triggers, not the constraints, are off inside."""

    def __init__(self, table: str) -> None:
        self.table = table

    def __enter__(self) -> None:
        _execute(f"ALTER TABLE {self.table} DISABLE TRIGGER USER")

    def __exit__(self, *exc: object) -> None:
        _execute(f"ALTER TABLE {self.table} ENABLE TRIGGER USER")


class rebuilt_indexes:
    """Indexes dropped on the way in and built again, as they were, on the way out, even after a failure."""

    def __init__(self, table: str, names: Sequence[str]) -> None:
        self.table, self.names = table, list(names)
        self.definitions: list[str] = []

    def __enter__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexname = ANY(%s)",
                [self.names],
            )
            found = cursor.fetchall()
            self.definitions = [definition for _, definition in found]
            for name, _ in found:
                cursor.execute(f"DROP INDEX public.{name}")

    def __exit__(self, *exc: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET maintenance_work_mem = '512MB'")
            for definition in self.definitions:
                cursor.execute(definition)
            cursor.execute("RESET maintenance_work_mem")
