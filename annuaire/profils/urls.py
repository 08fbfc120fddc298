"""Addresses of profiles: photos, cards."""

from django.urls import path

from annuaire.profils.views import page, photos

app_name = "profils"
urlpatterns = [
    path("moi/photo/", photos.changer, name="changer-photo"),
    path("moi/photo/retirer/", photos.retirer, name="retirer-photo"),
    path("<slug:identifiant>/carte/", page.carte, name="carte"),
    path("<slug:identifiant>/contact.vcf", page.vcard, name="vcard"),
    path("<slug:identifiant>/photo/<slug:cle>/<int:taille>.jpg", photos.photo, name="photo"),
]
