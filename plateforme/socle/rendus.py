"""Texts stored with their HTML, in any app: what renders them again when the renderer has changed."""

from collections.abc import Callable, Iterator

# Renders the next batch beyond an id, in a transaction of its own; returns the last id done, None at the end.
Batch = Callable[[int], int | None]
_batches: dict[str, Batch] = {}


def register_texts(nom: str, batch: Batch) -> None:
    """Have `manage.py rendre_messages` render some texts again. Called when an app is ready.

    `nom`: what they are, for the person who runs it. `batch` leaves alone what is up to date.
    """
    _batches[nom] = batch


def rerender_all() -> Iterator[str]:
    """Render again all that is registered, batch after batch; names what each batch was of."""
    for nom, batch in _batches.items():
        last = batch(0)
        while last is not None:
            yield nom
            last = batch(last)
