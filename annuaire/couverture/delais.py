"""Where the time that people take to answer is read: apps in which one answers say how."""

from collections.abc import Callable
from typing import Any

# SQL and its parameters, called when it is counted; columns: expertise_id, agent_id, secondes (from the question to the
# first answer of that person). Written in the code of the app, never made of what somebody typed. Only answers that
# every agent of the State may read, and that their author does not hide.
SourceDelais = Callable[[], tuple[str, list[Any]]]
_sources: list[SourceDelais] = []


def register_delays(source: SourceDelais) -> None:
    """Called once by an app in which people answer, when it is ready."""
    _sources.append(source)


def answers() -> tuple[str, list[Any]] | None:
    """All answers, as one query and its parameters; None while no app has any."""
    read = [source() for source in _sources]
    if not read:
        return None
    return " UNION ALL ".join(f"({sql})" for sql, _ in read), [
        value for _, values in read for value in values
    ]
