"""How fast the forum is read, beside a bare view, and whether a million messages change anything.

    make bench-forum

Starts PostgreSQL and Redis of its own under `.local/banc`, fills two databases (1,000 and 1,000,000 messages, kept for the
next time), gives both the same community of 50 sujets of 25 messages, and serves both, each by one Daphne. Rounds of
requests take turns, so that what slows the machine slows all alike. Then one person answers in a sujet that
2,000 people follow.
"""

import random
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from bench.bases import open_base, run
from bench.charge import measure_many

PETITE, GRANDE = "banc_petite", "banc_grande"
SUJETS, MESSAGES = 50, 25
FOLLOWERS = 2_000
ROUNDS, SECONDS, CLIENTS = 5, 2.0, 4
READERS = 8
PORTS = {PETITE: 8971, GRANDE: 8972}


def main() -> None:
    environments = {}
    for name, (agents, messages) in {PETITE: (1_000, 1_000), GRANDE: (100_000, 1_000_000)}.items():
        environments[name], known = open_base(
            name, "bench.reglages", SITE_URL=f"http://localhost:{PORTS[name]}"
        )
        _fill(environments[name], known, agents, messages)
    if "--remplir" in sys.argv:
        return
    _serve_and_measure(environments)


def _fill(environment: dict[str, str], known: bool, agents: int, messages: int) -> None:
    run(environment, "manage.py", "migrate", "--verbosity", "0")
    run(environment, "manage.py", "collectstatic", "--noinput", "--verbosity", "0")
    if known:
        return
    for command in ("charger_referentiels", "charger_demo"):
        run(environment, "manage.py", command, "--verbosity", "0")
    print(f"remplissage : {messages} messages…", flush=True)
    run(environment, "manage.py", "generer_volume", "--agents", str(agents), "--messages", str(messages),
        "--documents", "100")  # fmt: skip
    run(environment, "-m", "bench.forum", "--monde")


def _make_world() -> None:
    """In a database: the community that is measured, the same in both."""
    from django.utils import timezone

    from annuaire.models import Agent
    from communautes.actions import create_communaute
    from communautes.models import Adhesion, Communaute
    from forum.actions import open_sujet, publish_message
    from forum.models import Abonnement

    chance = random.Random(7)
    reader = Agent.objects.get(identifiant="nadia-ferhat")
    people = list(Agent.objects.filter(email__endswith="@demo.gouv.fr").order_by("pk")[:40])
    now = timezone.now()
    communaute = create_communaute(reader, nom="Banc de mesure", resume="Pour mesurer", slug="banc-de-mesure")
    Adhesion.objects.bulk_create(
        [Adhesion(communaute=communaute, agent=agent) for agent in people if agent != reader]
    )
    Communaute.objects.filter(pk=communaute.pk).update(nb_membres=len(people))
    text = (
        "Sur la **RD 906**, le fossé est busé sur soixante mètres : voir [la fiche](https://www.ecologie.gouv.fr).\n\n"
        "- le lit mineur est repris,\n- la pente change,\n- l’arrêté de 2019 dit le contraire.\n\n"
        "> Faut-il une déclaration ou une autorisation ?\n\nMerci de vos retours, @gaelle-estaque."
    )
    for number in range(SUJETS):
        then = now - timedelta(days=200 - number)
        sujet = open_sujet(
            chance.choice(people),
            communaute,
            titre=f"Busage d’un fossé, cas {number:02}",
            texte=text,
            quand=then,
        )
        for turn in range(1, MESSAGES):
            publish_message(
                chance.choice(people), sujet, f"{text}\n\nRéponse {turn}.", quand=then + timedelta(hours=turn)
            )
    followed = communaute.sujets.order_by("pk").first()
    followers = list(Agent.objects.exclude(pk__in=[agent.pk for agent in people]).order_by("pk")[:FOLLOWERS])
    Adhesion.objects.bulk_create(
        [Adhesion(communaute=communaute, agent=agent) for agent in followers], ignore_conflicts=True
    )
    Abonnement.objects.bulk_create(
        [Abonnement(agent=agent, sujet=followed) for agent in followers], ignore_conflicts=True
    )


def _plan() -> dict[str, Any]:
    """In a database: who reads, and what."""
    import json

    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.utils.crypto import get_random_string

    from annuaire.models import Agent
    from communautes.models import Communaute
    from forum import actions
    from plateforme.socle.sessions import SessionStore

    reader = Agent.objects.get(identifiant="nadia-ferhat")
    communaute = Communaute.objects.get(slug="banc-de-mesure")
    sujets = list(communaute.sujets.order_by("pk").values_list("pk", flat=True))
    pages = {
        "vue nue, 20 messages": [f"/banc/nue/{pk}/" for pk in sujets],
        "sujet, 20 messages": [f"/sujets/{pk}/?page=1" for pk in sujets],
        "liste du forum": [f"/communautes/{communaute.slug}/forum/"],
        "à lire": ["/forum/non-lus/"],
    }
    # Several people, as in life: nothing that is kept for one alone may make the figures.
    cookies = []
    for person in [
        reader,
        *Agent.objects.filter(adhesions__communaute=communaute).exclude(pk=reader.pk)[: READERS - 1],
    ]:
        session = SessionStore()
        session[SESSION_KEY] = str(person.pk)
        session[BACKEND_SESSION_KEY] = "annuaire.authentification.Backend"
        session[HASH_SESSION_KEY] = person.get_session_auth_hash()
        session.save()
        cookies.append(f"sessionid={session.session_key}; csrftoken={get_random_string(32)}")
        # What is measured is reading, not the noting of what is read for the first time.
        for sujet in communaute.sujets.all():
            actions.mark_read(person, sujet, 20)
    client = Client(headers={"host": "localhost"})
    client.force_login(reader)
    queries = {}
    for name, paths in pages.items():
        client.get(paths[0])
        with CaptureQueriesContext(connection) as captured:
            client.get(paths[0])
        queries[name] = len(captured)
    plan = {
        "cookies": cookies,
        "pages": pages,
        "requetes": queries,
        "sujets": sujets,
    }
    print(json.dumps(plan))
    return plan


def _serve_and_measure(environments: dict[str, dict[str, str]]) -> None:
    import json

    plans = {
        name: json.loads(run(environment, "-m", "bench.forum", "--plan").splitlines()[-1])
        for name, environment in environments.items()
    }
    servers = [
        subprocess.Popen(
            [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(PORTS[name]), "--verbosity", "0",
             "plateforme.asgi:application"],
            env=environment,
        )
        for name, environment in environments.items()
    ]  # fmt: skip
    try:
        for name in environments:
            _wait(PORTS[name])
        pages = list(plans[PETITE]["pages"])
        rounds: dict[tuple[str, str], list[Any]] = {(base, page): [] for base in plans for page in pages}
        first = {key: _load(plans, key, 1, 0.0) for key in rounds}
        for key in rounds:
            _load(plans, key, CLIENTS, 0.0, len(plans[key[0]]["pages"][key[1]]) * READERS)
        for _ in range(ROUNDS):
            for key in rounds:
                rounds[key].append(_load(plans, key, CLIENTS, SECONDS))
        alone = {key: _load(plans, key, 1, SECONDS) for key in rounds}
        _print(plans, pages, rounds, alone, first)
    finally:
        for server in servers:
            server.kill()
    for name, environment in environments.items():
        print(f"\n{name} : " + run(environment, "-m", "bench.forum", "--publier").strip())


def _load(
    plans: dict[str, Any], key: tuple[str, str], clients: int, seconds: float, at_least: int = 1
) -> Any:
    base, page = key
    return measure_many(
        "localhost",
        PORTS[base],
        plans[base]["pages"][page],
        plans[base]["cookies"],
        clients=clients,
        seconds=seconds,
        at_least=at_least,
    )


def _wait(port: int) -> None:
    for _ in range(200):
        try:
            with urllib.request.urlopen(f"http://localhost:{port}/sante/vivant", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the site did not start")


def _print(
    plans: dict[str, Any],
    pages: Sequence[str],
    rounds: dict[tuple[str, str], list[Any]],
    alone: dict[tuple[str, str], Any],
    first: dict[tuple[str, str], Any],
) -> None:
    def rate(base: str, page: str) -> float:
        return statistics.median(load.rate for load in rounds[base, page])

    bare = pages[0]
    print(f"\n{CLIENTS} clients, un Daphne ; médiane de {ROUNDS} tours de {SECONDS:.0f} s")
    print(
        f"{'page':24} {'base':14} {'req/s':>7} {'× nue':>6} {'p50 seul':>9} {'1re fois':>9} {'kB':>5} {'requêtes':>9}"
    )
    for base in plans:
        for page in pages:
            print(
                f"{page:24} {base:14} {rate(base, page):7.0f} {rate(base, page) / rate(base, bare):6.2f}"
                f" {alone[base, page].p50:6.1f} ms {first[base, page].latencies[0]:6.1f} ms"
                f" {rounds[base, page][0].size:5.0f} {plans[base]['requetes'][page]:9}"
            )
    for page in pages[1:]:
        ratios = [
            small.rate / large.rate
            for small, large in zip(rounds[PETITE, page], rounds[GRANDE, page], strict=True)
        ]
        print(f"temps, 1 000 000 messages / 1 000 messages, {page} : {statistics.median(ratios):.2f}")


def _publish() -> None:
    """In a database: one answer to a sujet with 2,000 followers; what the person waits for, and the worker's job."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client

    from annuaire.models import Agent
    from annuaire.notifications.models import Notification
    from communautes.models import Communaute
    from forum.models import Message
    from forum.tasks import distribute_message

    settings.LIMITES_PAR_MINUTE = dict.fromkeys(settings.LIMITES_PAR_MINUTE, 10**9)
    reader = Agent.objects.get(identifiant="nadia-ferhat")
    sujet = Communaute.objects.get(slug="banc-de-mesure").sujets.order_by("pk").first()
    client = Client(headers={"host": "localhost"})
    client.force_login(reader)
    client.get(sujet.get_absolute_url())
    waits = []
    for number in range(20):
        start = time.perf_counter()
        answer = client.post(
            f"/sujets/{sujet.pk}/repondre/", {"texte": f"Réponse de mesure {number} {time.time()}"}
        )
        waits.append((time.perf_counter() - start) * 1000)
        assert answer.status_code == 302, answer.status_code
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE status = 'todo'")
    message = Message.objects.filter(sujet=sujet).latest("numero")
    before = Notification.objects.count()
    start = time.perf_counter()
    distribute_message.func(message_id=message.pk)
    work = time.perf_counter() - start
    told = Notification.objects.count() - before
    followers = sujet.abonnements.count()
    print(
        f"{followers} abonnés : la personne attend {statistics.median(waits):.0f} ms (pire {max(waits):.0f} ms),"
        f" le traitement prévient {told} personnes en {work:.1f} s"
    )


if __name__ == "__main__":
    if {"--monde", "--plan", "--publier"} & set(sys.argv):
        import django

        django.setup()
        {"--monde": _make_world, "--plan": _plan, "--publier": _publish}[sys.argv[-1]]()
    else:
        main()
