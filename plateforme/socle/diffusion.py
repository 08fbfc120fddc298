"""The only way to make something appear live on people's screens."""

from collections.abc import Mapping
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
