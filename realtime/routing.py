"""The one WebSocket address."""

from django.urls import path

from realtime.consumers import endpoint

websocket_urlpatterns = [path("ws/", endpoint)]
