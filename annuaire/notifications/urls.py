"""Addresses of notifications."""

from django.urls import path

from annuaire.notifications import views

app_name = "notifications"
urlpatterns = [
    path("", views.liste, name="liste"),
    path("nombre/", views.nombre, name="nombre"),
    path("tout-lire/", views.tout_lire, name="tout-lire"),
    path("annuler/", views.annuler, name="annuler"),
    path("marquer/", views.marquer, name="marquer"),
    path("reglages/", views.reglages, name="reglages"),
    path("desabonnement/<str:jeton>/", views.desabonnement, name="desabonnement"),
    path("appareils/", views.appareils, name="appareils"),
    path("appareils/<int:pk>/retirer/", views.retirer_appareil, name="retirer-appareil"),
    path("<int:pk>/", views.ouvrir, name="ouvrir"),
]
