"""How long the main pages take on a full database, and how each compares with the lightest.

Run it on a database filled by `charger_demo` and `generer_volume`, whose address `DATABASE_URL` gives:

    PLATEFORME_MODE=demo python -m bench.pages
"""

import os
import statistics
import time

import django

TIMES = 15
PAGES = (
    "/annuaire/gaelle-estaque/", "/", "/communautes/", "/communautes/{slug}/", "/communautes/{slug}/forum/",
    "/communautes/{slug}/membres/", "/communautes/{slug}/documents/", "/sujets/{sujet}/", "/notifications/", "/salons/",
    "/forum/non-lus/", "/annuaire/?q=busage+ruisseau", "/annuaire/?q=loi+sur+l'eau+lozère", "/recherche/?q=zone+humide",
    "/recherche/?q=eau",
)  # fmt: skip


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plateforme.settings")
    django.setup()
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from annuaire.models import Agent
    from communautes.models import Communaute
    from forum.models import Message, Sujet
    from plateforme.demo.comptes import COMPTES

    settings.LIMITES_PAR_MINUTE = dict.fromkeys(settings.LIMITES_PAR_MINUTE, 10**9)
    biggest = Communaute.objects.filter(visibilite="ouverte").order_by("-nb_membres").first()
    longest = biggest.sujets.order_by("-dernier_numero").first()
    print(
        f"{Agent.objects.count():,} agents, {Sujet.objects.count():,} sujets, {Message.objects.count():,} messages"
    )
    client = Client()
    client.force_login(Agent.objects.get(identifiant=COMPTES[0].identifiant))
    lightest = None
    print(f"{'page':44} {'median':>8} {'worst':>8} {'ratio':>6} {'queries':>8}")
    for pattern in PAGES:
        address = pattern.format(slug=biggest.slug, sujet=longest.pk)
        client.get(address)
        times = []
        for _ in range(TIMES):
            start = time.perf_counter()
            status = client.get(address).status_code
            times.append((time.perf_counter() - start) * 1000)
            assert status == 200, (address, status)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        median = statistics.median(times)
        lightest = lightest or median
        print(f"{pattern:44} {median:5.0f} ms {max(times):5.0f} ms {median / lightest:6.1f} {len(queries):8}")


if __name__ == "__main__":
    main()
