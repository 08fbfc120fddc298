"""How fast the live layer delivers, beside the usual Channels pattern and a bare `websockets` server.

    make bench-temps-reel            (a few minutes; `--rapide` for a look)

One run, one machine: the application under Daphne and under uvicorn, the pattern of Channels' tutorial under Daphne (a), and
a bare broadcast server (b, on uvloop as uvicorn is), each with 1,000 sockets open of which 100, 500 and 1,000 are in a
salon. Rounds take turns, so that what slows the machine slows all alike.

- *Hub alone*: events published through Redis by another process, as many as the servers take (a window of events under
  way, the same for all), then 20 a second for latencies.
- *Whole path*: members say things in the salon; each message is checked, rendered and committed, then delivered.
- *Memory*: what an idle socket adds to the server's own memory.

It prints, and writes nothing: figures go to docs/mesures.md by hand, with the command.
"""

import argparse
import asyncio
import json
import signal
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgpack
import redis

from bench.bases import open_base, run
from bench.lecteurs import Lecteurs, Ouverture, allow_many_files, client_frame, connect, subscribe_frame

SIZES = (100, 500, 1000)
AUTHORS = 10
PROCESSES = 3  # of readers
WINDOW = 40  # events under way at saturation
RATE = 20  # events a second, for latencies
TEXT = "Le pont de la RD 906 est rouvert à la circulation ; déviation levée, équipes sur place jusqu’à 18 h."
BASE = "banc_direct"
# Pings would have to be answered by readers that only count.
SERVERS = {
    "hub, Daphne": (8981, ["daphne", "-b", "127.0.0.1", "-p", "8981", "--verbosity", "0", "--ping-interval", "100000",
                           "plateforme.asgi:application"]),
    "hub, uvicorn": (8982, ["uvicorn", "--port", "8982", "--log-level", "error", "--no-access-log", "--ws-ping-interval",
                            "100000", "--loop", "uvloop", "--http", "httptools", "plateforme.asgi:application"]),
    "(a) Channels usuel, Daphne": (8983, ["daphne", "-b", "127.0.0.1", "-p", "8983", "--verbosity", "0",
                                          "--ping-interval", "100000", "bench.temoins:application"]),
    "(b) websockets nu": (8984, ["bench.temoins", "8984"]),
}  # fmt: skip
HUBS = list(SERVERS)[:2]


@dataclass
class Concurrent:
    """One server under measure, and the readers connected to it."""

    name: str
    port: int
    process: "subprocess.Popen[bytes]"
    readers: Lecteurs
    memory: float  # kB an idle socket
    publish: Callable[[str, dict[str, Any]], None]
    rates: dict[int, list[float]] = field(default_factory=dict)
    latencies: dict[int, list[float]] = field(default_factory=dict)
    lost: int = 0
    reader_share: float = 0.0


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--rapide", action="store_true", help="one short round, for a look")
    options.add_argument("--seulement", default="", help="only the servers whose name holds this")
    quick = options.parse_args()
    rounds, seconds = (1, 1.0) if quick.rapide else (3, 3.0)
    allow_many_files()
    environment = open_base(BASE, "bench.reglages_direct", LOG_LEVEL="ERROR")[0]
    plan = _world(environment)
    names = [name for name in SERVERS if quick.seulement in name]
    rivals: list[Concurrent] = []
    processes: list[subprocess.Popen[bytes]] = []
    try:
        for name in names:
            rivals.append(_start(name, environment, plan, processes))
        for size in SIZES:
            for _ in range(rounds):
                for rival in rivals:
                    _saturate(rival, size, seconds)
            for rival in rivals:
                _time(rival, size, seconds * 3)
        _print_hub(rivals)
        for rival in rivals:
            if rival.name in HUBS:
                asyncio.run(_whole_path(rival, plan, seconds))
    finally:
        for rival in rivals:
            rival.readers.stop()
        for process in processes:
            process.send_signal(signal.SIGKILL)
            process.wait()


# --- The world -------------------------------------------------------------------------------------


def _world(environment: dict[str, str]) -> dict[str, Any]:
    """Migrations, 1,000 people, a salon of each size; gives sessions and salons."""
    run(environment, "manage.py", "migrate", "--verbosity", "0")
    made = run(environment, "-m", "bench.temps_reel", "--monde")
    plan: dict[str, Any] = json.loads(made.splitlines()[-1])
    return plan


def _make_world() -> None:
    """In the database: what is missing of the world, then the plan on standard output."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.models import Session

    from annuaire.models import Agent
    from communautes.actions import create_communaute
    from communautes.models import Adhesion, Communaute
    from plateforme.socle.sessions import SessionStore
    from realtime.models import Salon

    people = list(Agent.objects.filter(email__startswith="banc-direct-").order_by("pk"))
    for number in range(len(people), max(SIZES)):
        people.append(
            Agent.objects.create_user(
                f"banc-direct-{number}@demo.gouv.fr", None, prenom="Camille", nom=f"Durand {number}",
                fonction="Chargée de mission",
            )
        )  # fmt: skip
    salons = {}
    for size in SIZES:
        found = Communaute.objects.filter(slug=f"banc-direct-{size}").first()
        communaute = found or create_communaute(
            people[0], nom=f"Banc {size}", resume="Pour mesurer", slug=f"banc-direct-{size}"
        )
        Adhesion.objects.bulk_create(
            [Adhesion(communaute=communaute, agent=agent) for agent in people[:size]], ignore_conflicts=True
        )
        salons[size] = (
            Salon.objects.filter(communaute=communaute).order_by("pk").values_list("pk", flat=True)[0]
        )
    Session.objects.all().delete()
    keys = []
    for agent in people:
        session = SessionStore()
        session[SESSION_KEY] = str(agent.pk)
        session[BACKEND_SESSION_KEY] = "annuaire.authentification.Backend"
        session[HASH_SESSION_KEY] = agent.get_session_auth_hash()
        session.create()
        keys.append(session.session_key)
    print(json.dumps({"agents": [agent.pk for agent in people], "sessions": keys, "salons": salons}))


# --- Servers and readers ---------------------------------------------------------------------------


def _start(
    name: str, environment: dict[str, str], plan: dict[str, Any], processes: list["subprocess.Popen[bytes]"]
) -> Concurrent:
    port, command = SERVERS[name]
    process = subprocess.Popen([sys.executable, "-m", *command], env=environment)
    processes.append(process)
    _wait(port, page=name in HUBS)
    # The first request loads what all others use.
    connect(_opening(name, port, plan, 0)).close()
    time.sleep(1.5)
    before = _memory(process.pid)
    readers = Lecteurs([_opening(name, port, plan, number) for number in range(max(SIZES))], PROCESSES)
    time.sleep(2)
    memory = (_memory(process.pid) - before) / max(SIZES)
    print(f"{name} : {max(SIZES)} connexions ouvertes, {memory:.1f} ko chacune", flush=True)
    return Concurrent(name, port, process, readers, memory, _publisher(name, port, environment, plan))


def _opening(name: str, port: int, plan: dict[str, Any], number: int) -> Ouverture:
    """Reader `number` joins the salons that are large enough to have it as a member."""
    sizes = [size for size in SIZES if number < size]
    if name in HUBS:
        says = [subscribe_frame(f"salon.{plan['salons'][str(size)]}") for size in sizes]
        cookie = f"sessionid={plan['sessions'][number]}"
        return Ouverture(port, headers={"Cookie": cookie}, says=says, hears="abonne", times=len(says))
    says = [json.dumps({"rejoindre": f"banc.{size}"}) for size in sizes]
    return Ouverture(port, says=says, hears="rejoint", times=len(says))


def _publisher(
    name: str, port: int, environment: dict[str, str], plan: dict[str, Any]
) -> Callable[[int, dict[str, Any]], None]:
    """How an event reaches this server: through the channel layer's Redis, or through a line of the bare server's."""
    if name == "(b) websockets nu":
        line = connect(Ouverture(port))
        return lambda size, event: line.sendall(
            client_frame(json.dumps({"channel": f"banc.{size}", "event": event}))
        )
    client = redis.Redis.from_url(environment["REDIS_URL"])
    prefix = f"{BASE}.direct__group__"

    def publish(size: int, event: dict[str, Any]) -> None:
        if name in HUBS:
            channel = f"salon.{plan['salons'][str(size)]}"
            message = {"type": "diffusion", "channel": channel, "event": event}
            group = f"diffusion.{channel}"
        else:
            message, group = {"type": "diffusion", "event": event}, f"banc.{size}"
        # As channels_redis packs it.
        client.publish(prefix + group, msgpack.packb(message))

    return publish


def _wait(port: int, *, page: bool) -> None:
    for _ in range(600):
        try:
            if page:
                urllib.request.urlopen(f"http://localhost:{port}/sante/vivant", timeout=2).close()
            else:
                connect(Ouverture(port)).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"nothing answers on port {port}")


def _memory(pid: int) -> float:
    """Kilobytes that this process alone occupies."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Private_"))


# --- The hub alone ---------------------------------------------------------------------------------


def _event() -> dict[str, Any]:
    """As long as a message of a salon is on its way."""
    return {
        "type": "essai",
        "numero": 119,
        "client_id": str(uuid4()),
        "auteur": {"id": 3, "nom": "Camille Durand", "initiales": "CD", "url": "/annuaire/camille-durand/",
                   "rattachement": "Chargée de mission · DDT de la Lozère", "couleur": "avatar--c3"},
        "html": f"<p>t={time.monotonic():.6f}; {TEXT}</p>",
        "date": "2026-05-12T12:05:31.120000+00:00",
    }  # fmt: skip


def _saturate(rival: Concurrent, size: int, seconds: float) -> None:
    """Deliveries a second with `WINDOW` events under way all the time."""
    _drain(rival)
    rival.readers.start("essai", timed=False)
    published, received = 0, 0
    begin, busy = time.monotonic(), rival.readers.busy()
    while time.monotonic() - begin < seconds:
        while published * size - received < WINDOW * size:
            rival.publish(size, _event())
            published += 1
        received = rival.readers.count()
    # What is under way counts with the time that it takes.
    deadline = time.monotonic() + 10
    while received < published * size and time.monotonic() < deadline:
        received = rival.readers.count()
    elapsed = time.monotonic() - begin
    rival.rates.setdefault(size, []).append(received / elapsed)
    rival.lost += published * size - received
    rival.reader_share = max(rival.reader_share, (rival.readers.busy() - busy) / elapsed)


def _drain(rival: Concurrent) -> None:
    """Let what is still on its way from before arrive."""
    count = -1
    while count != (count := rival.readers.count()):
        time.sleep(0.3)


def _time(rival: Concurrent, size: int, seconds: float) -> None:
    _drain(rival)
    rival.readers.start("essai", timed=True)
    begin = time.monotonic()
    count = int(seconds * RATE)
    for number in range(count):
        time.sleep(max(0.0, begin + number / RATE - time.monotonic()))
        rival.publish(size, _event())
    rival.latencies[size] = _settled(rival, count * size)


def _settled(rival: Concurrent, expected: int) -> list[float]:
    deadline = time.monotonic() + 5
    while rival.readers.count() < expected and time.monotonic() < deadline:
        time.sleep(0.05)
    return rival.readers.latencies()


def _quantiles(latencies: list[float]) -> str:
    if len(latencies) < 100:
        return "—"
    cuts = statistics.quantiles(latencies, n=100)
    return f"{cuts[49]:7.1f} {cuts[98]:7.1f}"


def _print_hub(rivals: list[Concurrent]) -> None:
    print(f"\nHub seul. Livraisons par seconde à saturation ({WINDOW} événements en route), médiane ;")
    print(f"latence en ms (p50, p99) à {RATE} événements par seconde")
    by_name = {rival.name: rival for rival in rivals}
    names = list(SERVERS)
    for size in SIZES:
        print(f"\n{size} connexions")
        for rival in rivals:
            rate = statistics.median(rival.rates[size])
            line = f"  {rival.name:28} {rate:9.0f}/s  {_quantiles(rival.latencies[size])}"
            for other in names[2:]:
                if other in by_name and other != rival.name:
                    line += f"   {rate / statistics.median(by_name[other].rates[size]):6.2f} × {other[:3]}"
            print(line)
    print("\nMémoire d’une connexion au repos, part du lecteur le plus chargé, événements perdus")
    for rival in rivals:
        print(
            f"  {rival.name:28} {rival.memory:6.1f} ko   {rival.reader_share:5.0%} d’un cœur   {rival.lost}",
            flush=True,
        )


# --- The whole path --------------------------------------------------------------------------------


async def _whole_path(rival: Concurrent, plan: dict[str, Any], seconds: float) -> None:
    from websockets.asyncio.client import connect as open_line

    print(
        f"\nChemin complet, {rival.name}. Messages et livraisons par seconde avec {AUTHORS} auteurs à la fois ;"
    )
    print(f"latence en ms (p50, p99) à {RATE} messages par seconde : à l’écran de tous, à l’accusé")
    lines = [
        await open_line(
            f"ws://localhost:{rival.port}/ws/?v=1",
            origin=f"http://localhost:{rival.port}",  # type: ignore[arg-type]
            additional_headers={"Cookie": f"sessionid={plan['sessions'][number]}"},
            ping_interval=None,
        )
        for number in range(AUTHORS)
    ]
    acks: list[float] = []
    said_at: dict[str, tuple[float, asyncio.Future[None]]] = {}

    async def hear(line: Any) -> None:
        async for text in line:
            answer = json.loads(text)
            assert answer["type"] not in {"erreur", "fin"}, answer
            if answer["type"] == "accuse":
                start, heard = said_at.pop(answer["client_id"])
                acks.append((time.monotonic() - start) * 1000)
                heard.set_result(None)

    async def say(line: Any, salon: int) -> None:
        start, client_id = time.monotonic(), str(uuid4())
        said_at[client_id] = start, asyncio.get_running_loop().create_future()
        heard = said_at[client_id][1]
        frame = {"type": "dire", "salon": salon, "texte": f"t={start:.6f}; {TEXT}", "client_id": client_id}
        await line.send(json.dumps(frame))
        await heard

    hearing = [asyncio.create_task(hear(line)) for line in lines]

    async def say_on(line: Any, salon: int, until: float) -> int:
        said = 0
        while time.monotonic() < until:
            await say(line, salon)
            said += 1
        return said

    for size in SIZES:
        salon = plan["salons"][str(size)]
        rival.readers.start("salon.message", timed=False)
        begin = time.monotonic()
        said = sum(await asyncio.gather(*[say_on(line, salon, begin + seconds * 2) for line in lines]))
        while rival.readers.count() < said * size and time.monotonic() < begin + seconds * 2 + 10:
            await asyncio.sleep(0.02)
        elapsed = time.monotonic() - begin
        rival.readers.start("salon.message", timed=True)
        acks.clear()
        begin, count = time.monotonic(), int(seconds * 4 * RATE)
        waiting = []
        for number in range(count):
            await asyncio.sleep(max(0.0, begin + number / RATE - time.monotonic()))
            waiting.append(asyncio.create_task(say(lines[number % AUTHORS], salon)))
        await asyncio.gather(*waiting)
        latencies = await asyncio.to_thread(_settled, rival, count * size)
        print(
            f"  {size:5} membres {said / elapsed:7.0f} messages/s {said * size / elapsed:9.0f} livraisons/s"
            f"   {_quantiles(latencies)}   {_quantiles(list(acks))}   ({len(latencies)}/{count * size})",
            flush=True,
        )
    for task in hearing:
        task.cancel()
    for line in lines:
        await line.close()


if __name__ == "__main__":
    if "--monde" in sys.argv:
        import django

        django.setup()
        _make_world()
    else:
        main()
