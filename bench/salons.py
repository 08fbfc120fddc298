"""Whether a salon of a million lines is opened, gone through and searched as fast as one of a thousand.

    make bench-salons

Fills two salons of one community in a database of its own, kept for the next time, then runs the functions of the pages
in turns on both, so that what slows the machine slows both alike. Times are those of the queries and of their rows,
without the template.
"""

import os
import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from bench.bases import open_base, run

SIZES = (1_000, 1_000_000)
BASE = "banc_salons"
ROUNDS = 40
# Lines that hold each word: one in how many.
WORDS = {"busage": 20_000, "passerelle": 500, "arrete": 50, "dossier": 3}
# A word in every salon, whatever its size: how often people look for what was said twice.
RARE = "zostère"

FILL = """
INSERT INTO realtime_messagesalon (salon_id, auteur_id, numero, client_id, texte, html, version_rendu, cree_le)
SELECT %(salon)s, (%(auteurs)s::bigint[])[1 + n %% %(nombre)s], n, gen_random_uuid(), texte, '<p>' || texte || '</p>', 1,
    now() - (%(taille)s - n) * interval '40 seconds' * (1000000.0 / %(taille)s)
FROM generate_series(1, %(taille)s) AS n, LATERAL (SELECT
    'Point ' || n || ' : la réunion de service a regardé la pièce ' || n %% 977 || ' du secteur ' || n %% 31
    || CASE WHEN n %% 20000 = 7 THEN ' sur le busage' ELSE '' END
    || CASE WHEN n %% 500 = 7 THEN ' et la passerelle' ELSE '' END
    || CASE WHEN n %% 50 = 7 THEN ', arrêté à prendre' ELSE '' END
    || CASE WHEN n %% 3 = 1 THEN ', dossier complet' ELSE '' END
    || CASE WHEN n IN (3, 400) THEN ' (zostère)' ELSE '' END AS texte) AS t
"""


def main() -> None:
    prepare()
    import django

    django.setup()
    from django.db import connection

    places = world()
    for size, (_, salon) in places.items():
        if salon.dernier_numero:
            continue
        print(f"remplissage : {size} lignes…", flush=True)
        with connection.cursor() as cursor:
            people = list(salon.communaute.adhesions.values_list("agent_id", flat=True).order_by("pk"))
            cursor.execute(
                FILL, {"salon": salon.pk, "auteurs": people, "nombre": len(people), "taille": size}
            )
            cursor.execute("UPDATE realtime_salon SET dernier_numero = %s WHERE id = %s", [size, salon.pk])
            cursor.execute("VACUUM ANALYZE realtime_messagesalon")
        salon.refresh_from_db()
    compare(places)


def prepare() -> None:
    """A database of its own, migrated, in this process's environment."""
    environment, _ = open_base(BASE, "bench.reglages_direct", LOG_LEVEL="ERROR")
    run(environment, "manage.py", "migrate", "--verbosity", "0")
    os.environ.update(environment)


def world() -> dict[int, tuple[Any, Any]]:
    """Size → somebody who reads, and their salon."""
    from annuaire.models import Agent
    from communautes.actions import create_communaute
    from communautes.models import Adhesion, Communaute
    from realtime.models import Salon

    people = list(Agent.objects.filter(email__startswith="banc-salons-").order_by("pk"))
    for number in range(len(people), 30):
        people.append(
            Agent.objects.create_user(
                f"banc-salons-{number}@demo.gouv.fr", None, prenom="Camille", nom=f"Durand {number}",
                fonction="Chargée de mission",
            )
        )  # fmt: skip
    places = {}
    for size in SIZES:
        slug = f"banc-salons-{size}"
        communaute = Communaute.objects.filter(slug=slug).first() or create_communaute(
            people[0], nom=f"Banc {size}", resume="Pour mesurer", slug=slug
        )
        Adhesion.objects.bulk_create(
            [Adhesion(communaute=communaute, agent=agent) for agent in people], ignore_conflicts=True
        )
        salon = Salon.objects.filter(communaute=communaute).select_related("communaute").order_by("pk")[0]
        places[size] = (people[1], salon)
    return places


def compare(places: dict[int, tuple[Any, Any]]) -> None:
    """Each thing one does in a salon, in turns at both sizes; prints the medians, the 95th percentile and the ratio."""
    from realtime.historique import first_of_day
    from realtime.presentation import END, Endroit, salon_context
    from realtime.recherche import Recherche, search_lines

    def opening(endroit: "Endroit") -> Callable[[Any, Any], object]:
        return lambda agent, salon: salon_context(agent, salon, endroit)

    def searching(words: str, **more: Any) -> Callable[[Any, Any], object]:
        return lambda agent, salon: search_lines(agent, salon, Recherche(words, **more))

    def last_third(agent: Any, salon: Any) -> object:
        first = salon.messages.order_by("numero").values_list("cree_le", flat=True)[0]
        return first_of_day(salon.pk, first + timedelta(days=300))

    tasks: dict[str, Callable[[Any, Any], object]] = {
        "ouvrir à la fin": opening(END),
        "ouvrir autour d’une ligne": lambda agent, salon: salon_context(
            agent, salon, Endroit(autour=salon.dernier_numero // 2)
        ),
        "remonter": lambda agent, salon: salon_context(
            agent, salon, Endroit(avant=salon.dernier_numero // 3)
        ),
        "aller à une date": last_third,
        "chercher un mot dit deux fois": searching(RARE),
        "chercher un mot jamais dit": searching("chlordécone"),
        **{f"chercher un mot d’une ligne sur {part}": searching(word) for word, part in WORDS.items()},
        "chercher deux mots": searching("passerelle dossier"),
        "chercher dans une personne": lambda agent, salon: search_lines(
            agent, salon, Recherche("dossier", auteurs=(agent.pk,))
        ),
    }
    print(f"\n{'':38}{'p50, p95 à 1 000':>20}{'p50, p95 à 1 000 000':>24}{'rapport':>10}")
    for name, task in tasks.items():
        times: dict[int, list[float]] = {size: [] for size in places}
        for turn in range(ROUNDS + 2):
            for size, (agent, salon) in places.items():
                start = time.perf_counter()
                task(agent, salon)
                if turn >= 2:
                    times[size].append((time.perf_counter() - start) * 1000)
        small, large = (times[size] for size in SIZES)
        ratio = statistics.median(large) / statistics.median(small)
        print(f"{name:38}{_said(small):>20}{_said(large):>24}{ratio:>10.2f}")


def _said(times: list[float]) -> str:
    return f"{statistics.median(times):.1f} et {statistics.quantiles(times, n=20)[-1]:.1f} ms"


if __name__ == "__main__":
    main()
