"""Addresses of notifications."""

from django.urls import path

from annuaire.notifications import views

app_name = "notifications"
urlpatterns = [
    path("", views.liste, name="liste"),
    path("nombre/", views.nombre, name="nombre"),
    path("tout-lire/", views.tout_lire, name="tout-lire"),
    path("<int:pk>/", views.ouvrir, name="ouvrir"),
]
