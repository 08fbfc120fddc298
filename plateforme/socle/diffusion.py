"""The only way to make something appear live on people's screens."""

from collections.abc import Iterable, Mapping
from typing import Any

import structlog
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

logger = structlog.get_logger(__name__)


def group_name(channel: str) -> str:
    """Name of the channel-layer group of a channel such as `salon.42`, `sujet.7` or `agent.3`."""
    return f"diffusion.{channel}"


def publish_on_commit(channel: str, event: Mapping[str, Any]) -> None:
    """Send `event` (a small JSON-able dict with a `type`) to all who watch `channel`, once committed.

    Outside a transaction it leaves at once. Delivery is at most once: what must not be missed is read again
    from the database by its number. A Redis that does not answer never undoes nor fails the write.
    """
    transaction.on_commit(lambda: _publish(channel, dict(event)), robust=True)


def _publish(channel: str, event: dict[str, Any]) -> None:
    layer = get_channel_layer()
    try:
        async_to_sync(layer.group_send)(
            group_name(channel), {"type": "diffusion", "channel": channel, "event": event}
        )
    except Exception:
        logger.warning("live_event_lost", channel=channel, type=event.get("type"), exc_info=True)


def publish_all_on_commit(events: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
    """`publish_on_commit` for many channels at once: one event loop for all instead of one each."""
    pairs = [(channel, dict(event)) for channel, event in events]
    if pairs:
        transaction.on_commit(lambda: _publish_all(pairs), robust=True)


def _publish_all(pairs: list[tuple[str, dict[str, Any]]]) -> None:
    layer = get_channel_layer()

    async def send() -> None:
        for channel, event in pairs:
            await layer.group_send(
                group_name(channel), {"type": "diffusion", "channel": channel, "event": event}
            )

    try:
        async_to_sync(send)()
    except Exception:
        logger.warning("live_events_lost", channels=len(pairs), exc_info=True)
