"""Addresses of documents."""

from django.urls import path

from communautes.fichiers import views

app_name = "fichiers"
urlpatterns = [
    path("communautes/<slug:slug>/documents/", views.liste, name="liste"),
    path("communautes/<slug:slug>/documents/deposer/", views.deposer, name="deposer"),
    path("documents/<int:pk>/", views.telecharger, name="telecharger"),
    path("documents/<int:pk>/retirer/", views.retirer, name="retirer"),
]
