"""Addresses of the directory."""

from django.urls import path

from annuaire import views
from annuaire.preuves import views as contributions
from annuaire.profils.views import edition, page

app_name = "annuaire"
urlpatterns = [
    path("", views.recherche, name="recherche"),
    path("moi/", views.moi, name="moi"),
    path("moi/modifier/", edition.parties, name="modifier"),
    path("moi/modifier/<slug:section>/", edition.modifier, name="modifier-partie"),
    path("moi/sessions/<int:pk>/fermer/", views.fermer_session, name="fermer-session"),
    path("moi/contributions/<int:pk>/", contributions.masquer, name="masquer-contribution"),
    path("<slug:identifiant>/contributions/", contributions.contributions, name="contributions"),
    path("<slug:identifiant>/", page.profil, name="profil"),
]
