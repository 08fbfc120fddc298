"""ASGI entry: pages through Django, live events through `/ws/`."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plateforme.settings")

from django.core.asgi import get_asgi_application

django_application = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402  (needs the apps to be ready)

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
