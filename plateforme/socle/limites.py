"""Rate limits, counted in Redis so that all processes share them."""

import time

import structlog
from django.conf import settings
from django.core.cache import cache

from plateforme.socle.erreurs import TropDeDemandes

logger = structlog.get_logger(__name__)

WINDOW = 60  # seconds


def check_limit(genre: str, person_id: int) -> None:
    """Count one more `genre` (a key of `settings.LIMITES_PAR_MINUTE`) for a person, or raise `TropDeDemandes`.

    Fixed windows of a minute: twice the limit can pass around the turn of a minute, which is harmless here.
    If Redis does not answer, the action goes through: better a moment without limits than a closed forum.
    """
    now = time.time()
    key = f"limite:{genre}:{person_id}:{int(now // WINDOW)}"
    try:
        cache.add(key, 0, timeout=WINDOW * 2)
        count = cache.incr(key)
    except Exception:
        logger.warning("rate_limit_unavailable", genre=genre)
        return
    if count > settings.LIMITES_PAR_MINUTE[genre]:
        raise TropDeDemandes(int(WINDOW - now % WINDOW) + 1)
