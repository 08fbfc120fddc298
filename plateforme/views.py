"""The roof: home, search of everything, legal pages, errors, health."""

import hashlib
import time
from typing import Any

import structlog
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.views.decorators.cache import never_cache

from annuaire.recherche import search_agents
from communautes.access import visible_communautes
from communautes.fichiers.access import visible_documents
from forum.recherche import search_sujets
from plateforme.accueil import home_of
from plateforme.socle.erreurs import TropDeDemandes
from plateforme.socle.limites import check_limit

logger = structlog.get_logger(__name__)
# A worker that has given no sign of life for that long is taken for dead (it gives one every ten seconds).
WORKER_SILENCE = 60  # seconds
# What the offline page needs, kept by the browser with it.
HORS_LIGNE = (
    "dsfr/dist/dsfr.main.min.css",
    "dsfr/dist/dsfr.module.min.js",
    "plateforme/plateforme.css",
)


@login_not_required
def accueil(request: HttpRequest) -> HttpResponse:
    """For a visitor, what this is; for an agent, what is new for them."""
    if not request.user.is_authenticated:
        return render(request, "accueil_visiteur.html")
    return render(request, "accueil.html", home_of(request.user))


def recherche(request: HttpRequest) -> HttpResponse:
    """People, communities, sujets and documents that answer a question."""
    question = request.GET.get("q", "").strip()[:200]
    context: dict[str, Any] = {"question": question}
    if question:
        try:
            check_limit("recherche", request.user.pk)
        except TropDeDemandes as error:
            return render(request, "recherche.html", {**context, "refus": error.message}, status=429)
        agent = request.user
        context["personnes"] = [] if agent.partenaire else search_agents(agent, question, limit=4, part=0.25)
        context["sujets"] = search_sujets(agent, question, limit=8)
        context["communautes"] = list(visible_communautes(agent).filter(nom__icontains=question)[:4])
        context["documents"] = list(
            visible_documents(agent)
            .filter(nom__icontains=question, version_courante__isnull=False)
            .select_related("communaute", "auteur", "version_courante")[:6]
        )
    return render(request, "recherche.html", context)


@login_not_required
def mentions_legales(request: HttpRequest) -> HttpResponse:
    return render(request, "legales/mentions_legales.html")


@login_not_required
def donnees_personnelles(request: HttpRequest) -> HttpResponse:
    return render(request, "legales/donnees_personnelles.html")


@login_not_required
def accessibilite(request: HttpRequest) -> HttpResponse:
    return render(request, "legales/accessibilite.html")


@login_not_required
def charte(request: HttpRequest) -> HttpResponse:
    """What people expect of each other here; a community may add its own."""
    return render(request, "legales/charte.html")


@login_not_required
def plan_du_site(request: HttpRequest) -> HttpResponse:
    return render(request, "legales/plan_du_site.html")


@login_not_required
def hors_ligne(request: HttpRequest) -> HttpResponse:
    """What a person sees when the network is gone: kept by the service worker, so the same for all."""
    return render(request, "hors_ligne.html")


@login_not_required
def service_worker(request: HttpRequest) -> HttpResponse:
    """The script that shows the offline page. At the root of the site: it only rules what is below it."""
    version = hashlib.sha256("".join(static(path) for path in HORS_LIGNE).encode()).hexdigest()[:12]
    response = render(
        request,
        "service-worker.js",
        {"fichiers": HORS_LIGNE, "version": version},
        content_type="text/javascript; charset=utf-8",
    )
    response["Cache-Control"] = "no-cache"
    return response


@never_cache
@login_not_required
def sante_vivant(request: HttpRequest) -> HttpResponse:
    """The process answers. Looks at nothing else, so that a supervisor does not restart it for a slow database."""
    return JsonResponse({"etat": "vivant"})


@never_cache
@login_not_required
def sante_pret(request: HttpRequest) -> HttpResponse:
    """Whether the site can serve: PostgreSQL, migrations, Redis, the worker. 503 when a part is missing."""
    checks = {
        "postgresql": _check(_postgres_answers),
        "migrations": _check(_migrations_applied),
        "redis": _check(_redis_answers),
        "taches": _check(_worker_alive),
    }
    ready = all(checks.values())
    return JsonResponse({"pret": ready, "parties": checks}, status=200 if ready else 503)


def _check(probe: Any) -> bool:
    try:
        return bool(probe())
    except Exception:
        logger.warning("health_check_failed", probe=probe.__name__, exc_info=True)
        return False


def _postgres_answers() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone() == (1,)


def _migrations_applied() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _redis_answers() -> bool:
    mark = str(time.time())
    cache.set("sante", mark, timeout=30)
    return cache.get("sante") == mark


def _worker_alive() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => %s)",
            [WORKER_SILENCE],
        )
        return bool(cursor.fetchone()[0])


@login_not_required
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "400.html", status=400)


@login_not_required
def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", {"raison": str(exception)}, status=403)


@login_not_required
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    # Django's own "no such address" exceptions carry a dict or an English sentence: only ours is shown.
    reason = exception.args[0] if exception.args and isinstance(exception.args[0], str) else ""
    return render(request, "404.html", {"raison": reason if reason.startswith("C") else ""}, status=404)


@login_not_required
def server_error(request: HttpRequest) -> HttpResponse:
    # Stands alone: whatever failed may fail again in the header of an ordinary page.
    return render(None, "500.html", status=500)  # type: ignore[arg-type]


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose safety mark is gone: an old tab, or cookies refused."""
    return render(request, "403_csrf.html", status=403)
