"""The cache: what it forgets must never matter, so a Redis that does not answer is a Redis that knows nothing."""

from collections.abc import Callable
from typing import Any

import structlog
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = structlog.get_logger(__name__)

# A Redis that hangs must not hold a page longer than this.
TIMEOUTS = {"socket_connect_timeout": 1.0, "socket_timeout": 2.0}  # seconds


class TolerantRedisCache(RedisCache):
    """Redis, or nothing: reads find nothing and writes are lost while it is away.

    Rate limits then let people through, which is logged. `incr` alone still raises: a count has no neutral value.
    """

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        params = {**params, "OPTIONS": {**TIMEOUTS, **params.get("OPTIONS", {})}}
        super().__init__(server, params)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return _try(lambda: super(TolerantRedisCache, self).get(key, default, version), default)

    def add(self, *args: Any, **kwargs: Any) -> bool:
        return bool(_try(lambda: super(TolerantRedisCache, self).add(*args, **kwargs), True))

    def set(self, *args: Any, **kwargs: Any) -> None:
        _try(lambda: super(TolerantRedisCache, self).set(*args, **kwargs), None)

    def touch(self, *args: Any, **kwargs: Any) -> bool:
        return bool(_try(lambda: super(TolerantRedisCache, self).touch(*args, **kwargs), False))

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        return bool(_try(lambda: super(TolerantRedisCache, self).delete(*args, **kwargs), False))

    def has_key(self, *args: Any, **kwargs: Any) -> bool:
        return bool(_try(lambda: super(TolerantRedisCache, self).has_key(*args, **kwargs), False))

    def get_many(self, *args: Any, **kwargs: Any) -> dict[Any, Any]:
        found: dict[Any, Any] = _try(lambda: super(TolerantRedisCache, self).get_many(*args, **kwargs), {})
        return found

    def set_many(self, *args: Any, **kwargs: Any) -> list[Any]:
        failed: list[Any] = _try(lambda: super(TolerantRedisCache, self).set_many(*args, **kwargs), [])
        return failed

    def delete_many(self, *args: Any, **kwargs: Any) -> None:
        _try(lambda: super(TolerantRedisCache, self).delete_many(*args, **kwargs), None)


def _try(call: Callable[[], Any], otherwise: Any) -> Any:
    try:
        return call()
    except (RedisError, OSError):
        logger.warning("cache_unavailable", exc_info=True)
        return otherwise
