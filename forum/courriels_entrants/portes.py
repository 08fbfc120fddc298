"""Other doors behind the same mailbox: what higher floors receive at addresses of their own.

A floor registers, when Django starts, how it knows its addresses and what it does with what comes there.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from forum.courriels_entrants.lecture import CourrielLu


@dataclass(frozen=True)
class Porte:
    """`connait(address)`: whether it is one of this door's, genuine. `recevoir(raw, read, address)`: deal with an
    e-mail that came there, giving a `forum.actions.courriels.Reception`; it never raises for what the e-mail holds."""

    connait: Callable[[str], bool]
    recevoir: Callable[[bytes, CourrielLu, str], Any]


_portes: list[Porte] = []


def register_door(porte: Porte) -> None:
    """Take what comes at the addresses that `porte` knows."""
    _portes.append(porte)


def door_of(addresses: Iterable[str]) -> tuple[Porte, str] | None:
    """The door that one of `addresses` leads to, with that address; None for the forum's own."""
    for address in addresses:
        for porte in _portes:
            if porte.connait(address):
                return porte, address
    return None
