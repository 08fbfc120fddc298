"""Threads for what queries: sockets do not wait for one another, and nobody waits for a crowd to be let in."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from channels.db import database_sync_to_async

# What withdraws access never stands in the queue of what people ask for.
_guards = ThreadPoolExecutor(2, thread_name_prefix="garde")


def in_thread(function: Any) -> Any:
    """Run a function that queries in a thread of the loop's own."""
    return database_sync_to_async(function, thread_sensitive=False)


def in_guard_thread(function: Any) -> Any:
    """The same, in threads kept for the checks of access of lines that are already open."""
    return database_sync_to_async(function, thread_sensitive=False, executor=_guards)
