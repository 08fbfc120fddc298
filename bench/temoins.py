"""What the live layer is measured beside: the usual Channels pattern, and a bare `websockets` server.

Both give to whoever joined a name (`{"rejoindre": "banc.100"}`) what is published under it. Neither checks who comes nor
keeps anything: they only deliver.
"""

import asyncio
import json
import os
import sys
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.reglages_direct")

import django

django.setup()

from channels.generic.websocket import AsyncJsonWebsocketConsumer  # noqa: E402  (needs the settings)


class Usuel(AsyncJsonWebsocketConsumer):
    """The pattern of Channels' own tutorial: one consumer per socket, each a member of the group."""

    async def receive_json(self, content: dict[str, Any], **kwargs: Any) -> None:
        await self.channel_layer.group_add(content["rejoindre"], self.channel_name)
        await self.send_json({"type": "rejoint"})

    async def diffusion(self, message: dict[str, Any]) -> None:
        await self.send_json(message["event"])


application = Usuel.as_asgi()


async def serve_bare(port: int) -> None:
    """`websockets` alone: what one of its connections publishes goes to all who joined that name."""
    from websockets.asyncio.server import ServerConnection, broadcast, serve

    joined: dict[str, set[ServerConnection]] = {}

    async def handler(line: ServerConnection) -> None:
        async for text in line:
            content = json.loads(text)
            if "rejoindre" in content:
                joined.setdefault(content["rejoindre"], set()).add(line)
                await line.send('{"type":"rejoint"}')
            else:
                broadcast(joined[content["channel"]], json.dumps(content["event"]))

    async with serve(handler, "127.0.0.1", port, ping_interval=None):
        await asyncio.Future()


if __name__ == "__main__":
    import logging

    import uvloop

    logging.getLogger("websockets").setLevel(logging.CRITICAL)
    uvloop.run(serve_bare(int(sys.argv[1])))
