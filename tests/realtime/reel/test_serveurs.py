"""The live layer in real processes, under Daphne and under uvicorn: whom it lets in, what it bears, whom it tells."""

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import msgpack
import psycopg
import pytest
import redis

from tests import databases
from tests.realtime.reel.client import Client, Coupure, Refus, frame
from tests.realtime.reel.serveurs import KINDS, Serveur, environment, make_world

# All in one worker, and early: each worker that has some starts four servers for them.
pytestmark = [pytest.mark.xdist_group("serveurs"), pytest.mark.long]

PEOPLE = 12


@pytest.fixture(scope="module")
def site(
    tmp_path_factory: pytest.TempPathFactory, django_test_environment: None
) -> Iterator[SimpleNamespace]:
    """Two processes of each kind, behind one PostgreSQL and one Redis. Tests take people of their own."""
    folder = tmp_path_factory.mktemp("reel")
    worker = os.environ.get("PYTEST_XDIST_WORKER", "seul")
    name = f"reel_{worker}"
    databases.copy(databases.migrated(), name)
    env = environment(
        databases.address_of(name),
        os.environ["REDIS_URL"],
        f"reel-{worker}",
        folder,
        DATABASE_POOL="8",
        DIRECT_FILE_OCTETS="300000",
        DIRECT_FILE_TRAMES="400",
    )
    servers = {kind: Serveur(kind, env, folder / "journal") for kind in KINDS}
    others = {kind: Serveur(kind, env, folder / "journal") for kind in KINDS}
    everyone = [*servers.values(), *others.values()]
    try:
        with ThreadPoolExecutor() as pool:
            made = pool.submit(make_world, env, PEOPLE * 2)
            for server in everyone:
                server.launch()
            for server in everyone:
                server.wait()
        world = made.result()
        yield SimpleNamespace(
            servers=servers, others=others, database=env["DATABASE_URL"], prefix=env["REDIS_PREFIX"], **world
        )
    finally:
        for server in everyone:
            server.kill()


@pytest.fixture(params=KINDS)
def ici(request: pytest.FixtureRequest, site: SimpleNamespace) -> Iterator[SimpleNamespace]:
    """The process under test, with a second one of its kind, and people whom only tests of this kind use."""
    rank = KINDS.index(request.param)
    lines: list[Client] = []
    people = site.agents[rank * PEOPLE : (rank + 1) * PEOPLE]

    def line(person: int, *, elsewhere: bool = False, **more: Any) -> Client:
        server = (site.others if elsewhere else site.servers)[request.param]
        opened = Client(server.port, people[person][1], **more)
        lines.append(opened)
        opened.hear("bonjour")
        return opened

    yield SimpleNamespace(
        site=site,
        port=site.servers[request.param].port,
        people=people,
        line=line,
        canal=f"salon.{site.salon}",
    )
    for opened in lines:
        opened.close()


def execute(site: SimpleNamespace, query: str, *values: Any) -> None:
    with psycopg.connect(site.database, autocommit=True) as connection:
        connection.execute(query, values)  # type: ignore[arg-type]


def publish(site: SimpleNamespace, canal: str, events: list[dict[str, Any]]) -> None:
    """Events as an action of another process publishes them."""
    client = redis.Redis.from_url(os.environ["REDIS_URL"])
    name = f"{site.prefix}.direct__group__diffusion.{canal}"
    for event in events:
        assert client.publish(name, msgpack.packb({"type": "diffusion", "channel": canal, "event": event}))
    client.close()


# --- Whom it lets in -------------------------------------------------------------------------------


def test_strangers_are_refused(ici: SimpleNamespace):
    session = ici.people[0][1]
    for opening in (
        {"session": session, "origin": "https://mechant.fr"},
        {"session": session, "origin": "null"},
        {"session": session, "origin": None},
        {"session": None},
        {"session": ""},
        {"session": "x" * 32},
        {"session": f"{session}; sessionid=x"},
    ):
        with pytest.raises(Refus) as refused:
            Client(ici.port, **opening)
        assert refused.value.args == (403,), opening


def test_unknown_version_is_told(ici: SimpleNamespace):
    line = Client(ici.port, ici.people[0][1], path="/ws/?v=99")
    assert line.hear("fin")["raison"] == "version_inconnue"
    assert line.closed_with() == 4406
    line.close()


# --- What it bears ---------------------------------------------------------------------------------


def test_broken_frames_get_errors_and_the_line_lives(ici: SimpleNamespace):
    line = ici.line(0)
    for data in (frame(b"{"), frame(b"[" * 10_000), frame(b'{"type":"inconnu"}'), frame(b"\x00\xff", opcode=2),
                 frame(b"x" * 17_000), frame(b"")):  # fmt: skip
        line.send_raw(data)
        assert line.hear("erreur")["message"].endswith(".")
    # A message in pieces is one message.
    line.send_raw(frame(b'{"type":', fin=False) + frame(b'"ping","ref":"p"}', opcode=0))
    assert line.hear("pong")["ref"] == "p"


@pytest.mark.parametrize(
    ("data", "codes"),
    [
        # Above what the server takes at all.
        (frame(b"x" * 1_200_000), {1009}),
        # A length that promises more than the machine has.
        (b"\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff\0\0\0\0", {1002, 1009}),
        (frame(b'{"type":"ping"}', masked=False), {1002}),
        (frame(b"\xff\xfe\xfd"), {1007}),
        (b"\xf1\x80\0\0\0\0", {1002}),
        (b"GET / HTTP/1.1\r\n\r\n" * 4, {1002}),
    ],
)
def test_what_is_no_websocket_is_cut_and_nobody_else_feels_it(
    ici: SimpleNamespace, data: bytes, codes: set[int]
):
    other, line = ici.line(1), ici.line(0)
    try:
        line.send_raw(data)
        code = line.closed_with()
    except (ConnectionError, BrokenPipeError):
        code = None
    assert code is None or code in codes
    other.send(type="ping")
    other.hear("pong")


def test_a_flood_is_refused_then_cut(ici: SimpleNamespace):
    other, line = ici.line(1), ici.line(0)
    try:
        for _ in range(40):
            line.send_raw(frame(b'{"type":"ping"}') * 50)
    except (ConnectionError, BrokenPipeError):
        pass
    heard = []
    with pytest.raises(Coupure) as cut:
        while True:
            heard.append(line.hear())
    assert heard[-1]["raison"] == "trop_de_trames"
    assert cut.value.code in {4429, None}
    # Those that were taken before are answered at most once each.
    assert [found["type"] for found in heard].count("pong") <= 61
    other.send(type="ping")
    other.hear("pong")


def test_many_pages_at_once(ici: SimpleNamespace):
    """Twenty lines of one person; one more closes the oldest."""
    lines = [ici.line(2) for _ in range(21)]
    assert lines[0].hear("fin")["raison"] == "trop_de_connexions"
    assert lines[0].closed_with() == 4409
    for line in (lines[1], lines[20]):
        line.send(type="ping")
        line.hear("pong")


def test_a_slow_reader_slows_nobody_and_is_cut(ici: SimpleNamespace):
    slow, quick = ici.line(3, receive_buffer=4096), ici.line(4)
    for line in (slow, quick):
        line.subscribe(ici.canal)
    count = 2000
    with ThreadPoolExecutor(1) as pool:
        events = [{"type": "essai", "n": n, "texte": "é" * 700} for n in range(count)]
        pool.submit(publish, ici.site, ici.canal, events)
        # The slow one reads nothing at all; the other has everything, in order, while that lasts.
        heard = [quick.hear("essai")["n"] for _ in range(count)]
    assert heard == list(range(count))
    got = 0
    with pytest.raises(Coupure):
        while True:
            got += slow.hear()["type"] == "essai"
    # What the network had taken, no more: the rest was never kept for it.
    assert got < count


# --- Whom it tells ---------------------------------------------------------------------------------


def test_two_processes_behind_one_redis(ici: SimpleNamespace):
    here, there = ici.line(5), ici.line(6, elsewhere=True)
    for line in (here, there):
        line.subscribe(ici.canal)
    ids = [str(uuid4()) for _ in range(6)]
    numbers = [
        (here if rank % 2 else there).say(ici.site.salon, f"Message {rank}", client_id)
        for rank, client_id in enumerate(ids)
    ]
    assert numbers == list(range(numbers[0], numbers[0] + 6))
    # What was said to one process is recognised by the other.
    assert ici.line(5, elsewhere=True).say(ici.site.salon, "Autre chose", ids[1]) == numbers[1]
    for line in (ici.line(7), ici.line(7, elsewhere=True)):
        line.subscribe(ici.canal, apres=numbers[0] - 1)
        caught_up = line.hear("rattrapage")["messages"]
        assert [(m["numero"], m["client_id"]) for m in caught_up] == list(zip(numbers, ids, strict=True))


def test_heard_in_both_processes(ici: SimpleNamespace):
    here, there = ici.line(5), ici.line(6, elsewhere=True)
    for line in (here, there):
        line.subscribe(ici.canal)
    client_id = str(uuid4())
    numero = here.say(ici.site.salon, "**Crue** à 14 h", client_id)
    # The author's own line may have heard it before the acknowledgement.
    message = there.hear("salon.message")
    assert (message["numero"], message["client_id"]) == (numero, client_id)
    assert "<strong>Crue</strong>" in message["html"]


def test_a_removed_member_gets_nothing_more(ici: SimpleNamespace):
    removed, other = ici.line(8), ici.line(9)
    for line in (removed, other):
        line.subscribe(ici.canal)
    start = time.monotonic()
    execute(ici.site, "DELETE FROM communautes_adhesion WHERE agent_id = %s", ici.people[8][0])
    assert removed.hear("ferme", 2.0)["canal"] == ici.canal
    assert time.monotonic() - start < 2.0
    other.say(ici.site.salon, "Entre membres", str(uuid4()))
    assert not [found for found in removed.hear_all() if found["type"] in {"salon.message", "presence"}]
    removed.send(type="dire", salon=ici.site.salon, texte="Encore moi", client_id=str(uuid4()))
    assert removed.hear("erreur")["code"] in {"acces_refuse", "introuvable"}


def test_a_session_revoked_and_an_account_closed_are_told_why(ici: SimpleNamespace):
    revoked, closed, other = ici.line(10), ici.line(11), ici.line(9)
    for line in (revoked, closed, other):
        line.subscribe(ici.canal)
    execute(ici.site, "DELETE FROM django_session WHERE session_key = %s", ici.people[10][1])
    execute(ici.site, "UPDATE annuaire_agent SET is_active = false WHERE id = %s", ici.people[11][0])
    for line, reason, code in ((revoked, "session_terminee", 4401), (closed, "compte_ferme", 4410)):
        assert line.hear("fin", 2.0)["raison"] == reason
        assert line.closed_with() == code
        with pytest.raises(Refus):
            ici.line(10 if line is revoked else 11)
    other.send(type="ping")
    other.hear("pong")
