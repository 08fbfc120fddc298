"""Addresses of profiles: photos."""

from django.urls import path

from annuaire.profils.views import photos

app_name = "profils"
urlpatterns = [
    path("moi/photo/", photos.changer, name="changer-photo"),
    path("moi/photo/retirer/", photos.retirer, name="retirer-photo"),
    path("<slug:identifiant>/photo/<slug:cle>/<int:taille>.jpg", photos.photo, name="photo"),
]
