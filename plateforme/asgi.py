"""ASGI entry: pages through Django, live events through `/ws/`."""

import gc
import os

# Until all is loaded: nothing that modules make is garbage, and looking for some was a fifth of the start.
gc.disable()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plateforme.settings")

from django.core.asgi import get_asgi_application  # noqa: E402  (after what comes before any loading)

django_application = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402  (needs the apps to be ready)
from django.urls import get_resolver  # noqa: E402

from plateforme.voie_directe import VoieDirecte  # noqa: E402
from realtime.routing import websocket_urlpatterns  # noqa: E402
from realtime.securite import SameOriginMiddleware  # noqa: E402
from realtime.sorties import SortieMiddleware  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": VoieDirecte(django_application),
        "websocket": SortieMiddleware(SameOriginMiddleware(URLRouter(websocket_urlpatterns))),
    }
)

# What the application is made of lives as long as the process. Kept out of the collections of garbage, each of which stops
# everybody who is connected: with a thousand sockets, they looked at 300,000 objects where 100,000 are enough.
assert get_resolver().url_patterns  # loads the views
gc.collect()
gc.freeze()
gc.enable()
# And whole collections are made ten times rarer than usual: a thousand sockets make one last 90 ms.
gc.set_threshold(700, 10, 100)
