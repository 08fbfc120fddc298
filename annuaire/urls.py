"""Addresses of the directory."""

from django.urls import path

from annuaire import views
from annuaire.preuves import views as contributions

app_name = "annuaire"
urlpatterns = [
    path("", views.recherche, name="recherche"),
    path("moi/", views.moi, name="moi"),
    path("moi/modifier/", views.modifier, name="modifier"),
    path("moi/sessions/<int:pk>/fermer/", views.fermer_session, name="fermer-session"),
    path("moi/contributions/<int:pk>/", contributions.masquer, name="masquer-contribution"),
    path("<slug:identifiant>/contributions/", contributions.contributions, name="contributions"),
    path("<slug:identifiant>/", views.profil, name="profil"),
]
