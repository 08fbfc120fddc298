"""Addresses of profiles: photos, cards, recommendations, expertises."""

from django.urls import path

from annuaire.profils.views import expertises, page, photos, recommandations

app_name = "profils"
urlpatterns = [
    path("moi/photo/", photos.changer, name="changer-photo"),
    path("moi/photo/retirer/", photos.retirer, name="retirer-photo"),
    path("moi/expertises/ajouter/", expertises.ajouter, name="ajouter-expertise"),
    path("moi/expertises/proposer/", expertises.proposer, name="proposer-expertise"),
    path("moi/expertises/<int:pk>/ecarter/", expertises.ecarter, name="ecarter-suggestion"),
    path("moderation/expertises/<int:pk>/", expertises.decider, name="decider-expertise"),
    path("moi/recommandations/", recommandations.recommandations, name="recommandations"),
    path("moi/recommandations/demandes/<int:pk>/ecarter/", recommandations.decliner, name="decliner"),
    path("recommandations/<int:pk>/retirer/", recommandations.retirer, name="retirer-recommandation"),
    path("recommandations/<int:pk>/masquer/", recommandations.masquer, name="masquer-recommandation"),
    path("recommandations/<int:pk>/signaler/", recommandations.signaler, name="signaler-recommandation"),
    path("moderation/", recommandations.moderation, name="moderation"),
    path("moderation/recommandations/<int:pk>/", recommandations.moderer, name="moderer-recommandation"),
    path("<slug:identifiant>/recommander/", recommandations.recommander, name="recommander"),
    path("<slug:identifiant>/demander-recommandation/", recommandations.demander, name="demander"),
    path("<slug:identifiant>/carte/", page.carte, name="carte"),
    path("<slug:identifiant>/contact.vcf", page.vcard, name="vcard"),
    path("<slug:identifiant>/photo/<slug:cle>/<int:taille>.jpg", photos.photo, name="photo"),
]
