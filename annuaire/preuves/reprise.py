"""Working out again the evidence that each app gives, in batches, the site open meanwhile."""

from collections.abc import Callable, Iterable, Iterator

from django.db import models

BATCH = 2_000
# Settles the evidence of the app's next rows beyond an id, in a transaction of its own; returns the last id done,
# None at the end. Without effect on what is right already.
Lot = Callable[[int], int | None]
_registry: list[Lot] = []


def register_batches(*lots: Lot) -> None:
    """Called once by an app that gives evidence, when it is ready."""
    _registry.extend(lots)


def batches_of(model: type[models.Model], refresh: Callable[[Iterable[int]], None]) -> Lot:
    """The batches of an app whose `refresh` settles the evidence of rows of `model` by their ids, in its transaction."""

    def lot(after: int) -> int | None:
        rows = model._default_manager.filter(pk__gt=after).order_by("pk")
        ids: list[int] = list(rows.values_list("pk", flat=True)[:BATCH])
        if not ids:
            return None
        refresh(ids)
        return ids[-1]

    return lot


def settle_again() -> Iterator[None]:
    """Go through all of it; yields after each batch. Not in a transaction: each batch is one."""
    for lot in _registry:
        last: int | None = 0
        while (last := lot(last or 0)) is not None:
            yield
