"""Addresses of the directory."""

from django.urls import path

from annuaire import views

app_name = "annuaire"
urlpatterns = [
    path("", views.recherche, name="recherche"),
    path("moi/", views.moi, name="moi"),
    path("moi/modifier/", views.modifier, name="modifier"),
    path("moi/sessions/<int:pk>/fermer/", views.fermer_session, name="fermer-session"),
    path("<slug:identifiant>/", views.profil, name="profil"),
]
