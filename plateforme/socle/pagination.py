"""Keyset pagination: the hundredth page costs what the first does."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import models
from django.db.models import Q

T = TypeVar("T", bound=models.Model)


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list. `suivante` and `precedente` are opaque marks for the `?apres=` / `?avant=` address."""

    items: list[T]
    suivante: str | None
    precedente: str | None


def paginate(
    queryset: "models.QuerySet[T]", keys: Sequence[str], *, apres: str = "", avant: str = "", size: int = 20
) -> Page[T]:
    """Cut `queryset` after or before a mark.

    `keys` are field names whose combination is unique, `-` for descending, all in the same direction
    (`("-dernier_message_le", "-pk")`). A mark that cannot be read gives the first page, never an error: marks
    live in addresses that people cut and paste.
    """
    descending = keys[0].startswith("-")
    names = [key.lstrip("-") for key in keys]
    backwards = bool(avant)
    mark = _decode(avant or apres, len(names))
    rows_query = queryset.order_by(*(_flip(keys) if backwards else keys))
    if mark is not None:
        rows_query = rows_query.filter(_beyond(names, mark, "lt" if descending != backwards else "gt"))
    rows = list(rows_query[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    has_next = bool(rows) and ((backwards and mark is not None) or (not backwards and more))
    has_previous = bool(rows) and (more if backwards else mark is not None)
    return Page(
        items=rows,
        suivante=_encode(rows[-1], names) if has_next else None,
        precedente=_encode(rows[0], names) if has_previous else None,
    )


def _flip(keys: Sequence[str]) -> list[str]:
    return [key[1:] if key.startswith("-") else f"-{key}" for key in keys]


def _beyond(names: Sequence[str], mark: Sequence[Any], side: str) -> Q:
    condition = Q()
    for index, name in enumerate(names):
        equal = {names[i]: mark[i] for i in range(index)}
        condition |= Q(**equal, **{f"{name}__{side}": mark[index]})
    return condition


def _encode(row: models.Model, names: Sequence[str]) -> str:
    return mark_after([row.serializable_value(name) for name in names])


def mark_after(values: Sequence[Any]) -> str:
    """The mark of the row with these `values` of the keys: what follows it is `?apres=` that mark."""
    raw = json.dumps([value.isoformat() if hasattr(value, "isoformat") else value for value in values])
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def _decode(mark: str, length: int) -> list[Any] | None:
    if not mark or len(mark) > 400:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(mark + "=" * (-len(mark) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return None
    if not isinstance(values, list) or len(values) != length:
        return None
    return (
        values
        if all(isinstance(value, str | int) and not isinstance(value, bool) for value in values)
        else None
    )
