"""Rate limits, counted in Redis so that all processes share them."""

import time
from collections.abc import Callable

import structlog
from django.conf import settings
from django.core.cache import cache

from plateforme.socle.erreurs import TropDeDemandes

logger = structlog.get_logger(__name__)

WINDOW = 60  # seconds
# After a Redis that did not answer, how long it is left alone: those who wait behind one another must not each wait for it.
AWAY = 1.0  # seconds
_away_until = 0.0  # of the monotonic clock


def check_limit(genre: str, person_id: int, facteur: Callable[[], float] | None = None) -> None:
    """Count one more `genre` (a key of `settings.LIMITES_PAR_MINUTE`) for a person, or raise `TropDeDemandes`.

    `facteur` multiplies the limit (an account opened today writes less fast, an animateur faster); it is asked
    for only when the count passes what the newest account may do, so that it may cost a query.
    Fixed windows of a minute: twice the limit can pass around the turn of a minute, which is harmless here.
    If Redis does not answer, the action goes through: better a moment without limits than a closed forum.
    """
    global _away_until
    if time.monotonic() < _away_until:
        return
    now = time.time()
    key = f"limite:{genre}:{person_id}:{int(now // WINDOW)}"
    try:
        cache.add(key, 0, timeout=WINDOW * 2)
        count = cache.incr(key)
    except Exception:
        logger.warning("rate_limit_unavailable", genre=genre)
        _away_until = time.monotonic() + AWAY
        return
    limit = settings.LIMITES_PAR_MINUTE[genre]
    if facteur is not None and count > _scaled(limit, lowest_factor()):
        limit = _scaled(limit, facteur())
    if count > limit:
        raise TropDeDemandes(int(WINDOW - now % WINDOW) + 1)


def lowest_factor() -> float:
    """The smallest of the factors of seniority."""
    return min([1.0, *(factor for _, factor in settings.ANCIENNETE)])


def _scaled(limit: int, factor: float) -> int:
    """At least one: nobody is kept from writing altogether."""
    return max(1, int(limit * factor))
