from django.urls import path

from realtime import lieux_views, views, views_fils, views_lignes
from realtime.fichiers import views as views_fichiers

app_name = "realtime"

urlpatterns = [
    path("salons/", views.salons, name="salons"),
    path("salons/nouveau/", lieux_views.ouvrir_groupe, name="ouvrir-groupe"),
    path("salons/avec/<slug:identifiant>/", lieux_views.ecrire, name="ecrire"),
    path("salons/<int:pk>/", views.salon, name="salon"),
    path("salons/<int:pk>/dire/", views.dire, name="dire"),
    path("salons/<int:pk>/messages/", views.messages, name="messages"),
    path("salons/<int:pk>/recherche/", views.recherche, name="recherche"),
    path("salons/<int:pk>/fichiers/", views_fichiers.liste, name="fichiers"),
    path("salons/<int:pk>/fichiers/envoyer/", views_fichiers.envoyer, name="envoyer-fichier"),
    path("salons/<int:pk>/fichiers/<uuid:fichier>/", views_fichiers.fichier, name="fichier"),
    path("salons/<int:pk>/fichiers/<uuid:fichier>/image/", views_fichiers.image, name="fichier-image"),
    path("salons/<int:pk>/fichiers/<uuid:fichier>/retirer/", views_fichiers.retirer, name="retirer-fichier"),
    path("salons/<int:pk>/reglages/", lieux_views.reglages, name="reglages"),
    path("salons/<int:pk>/renommer/", lieux_views.renommer, name="renommer"),
    path("salons/<int:pk>/archiver/", lieux_views.archiver, name="archiver"),
    path("salons/<int:pk>/personnes/", lieux_views.ajouter, name="ajouter-personnes"),
    path("salons/<int:pk>/personnes/retirer/", lieux_views.retirer, name="retirer-personne"),
    path("salons/<int:pk>/conservation/", lieux_views.conserver, name="conserver"),
    path("salons/<int:pk>/quitter/", lieux_views.quitter, name="quitter"),
    path("salons/<int:pk>/sourdine/", lieux_views.sourdine, name="sourdine"),
    path("communautes/<slug:slug>/salons/nouveau/", lieux_views.ouvrir, name="ouvrir"),
    path("salons/<int:pk>/messages/<int:numero>/", views_lignes.message, name="message"),
    path("salons/<int:pk>/messages/<int:numero>/fil/", views_fils.fil, name="fil"),
    path("salons/<int:pk>/messages/<int:numero>/fil/reponses/", views_fils.reponses, name="reponses"),
    path("salons/<int:pk>/messages/<int:numero>/fil/repondre/", views_fils.repondre, name="repondre"),
    path("salons/<int:pk>/messages/<int:numero>/fil/suivre/", views_fils.suivre, name="suivre-fil"),
    path("salons/<int:pk>/messages/<int:numero>/gestes/", views_lignes.gestes, name="gestes"),
    path("salons/<int:pk>/messages/<int:numero>/modifier/", views_lignes.modifier, name="modifier"),
    path("salons/<int:pk>/messages/<int:numero>/versions/", views_lignes.versions, name="versions"),
    path("salons/<int:pk>/messages/<int:numero>/supprimer/", views_lignes.supprimer, name="supprimer"),
    path("salons/<int:pk>/messages/<int:numero>/retablir/", views_lignes.retablir, name="retablir"),
    path("salons/<int:pk>/messages/<int:numero>/reagir/", views_lignes.reagir, name="reagir"),
    path("salons/<int:pk>/messages/<int:numero>/epingler/", views_lignes.epingler, name="epingler"),
]
