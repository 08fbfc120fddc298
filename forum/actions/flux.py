"""The personal key of one's feeds."""

from annuaire.cles import create_key, note_use, revoke_key
from annuaire.models import Agent
from forum.models import CleFlux

_NOM = "feed_key"


def create_feed_key(agent: Agent) -> str:
    """Give `agent` a key, which nothing shows again; the one they had stops working at once. Raises `TropDeDemandes`."""
    return create_key(agent, CleFlux, _NOM)


def note_feed_use(cle: CleFlux) -> None:
    """Remember that the key serves, without writing at each request."""
    note_use(cle)


def revoke_feed_key(agent: Agent) -> None:
    """Close one's feeds. Harmless when there is no key."""
    revoke_key(agent, CleFlux, _NOM)
