"""Addresses of sollicitations."""

from django.urls import path

from annuaire.sollicitations.views import demandes, fils, listes

app_name = "sollicitations"
urlpatterns = [
    path("", listes.miennes, name="miennes"),
    path("nouvelle/", demandes.nouvelle, name="nouvelle"),
    path("capacite/", listes.capacite, name="capacite"),
    path("personnes/", listes.personnes, name="personnes"),
    path("fichiers/<uuid:pk>/", fils.fichier, name="fichier"),
    path("fichiers/<uuid:pk>/retirer/", demandes.retirer_fichier, name="retirer-fichier"),
    path("fils/<int:pk>/", fils.fil, name="fil"),
    path("fils/<int:pk>/ecrire/", fils.ecrire, name="ecrire"),
    path("fils/<int:pk>/compter/", fils.compter, name="compter"),
    path("fils/<int:pk>/decliner/", fils.decliner, name="decliner"),
    path("fils/<int:pk>/rediriger/", fils.rediriger, name="rediriger"),
    path("fils/<int:pk>/ajouter/", fils.ajouter, name="ajouter"),
    path("fils/<int:pk>/retirer/<slug:identifiant>/", fils.retirer, name="retirer"),
    path("<int:pk>/", demandes.sollicitation, name="sollicitation"),
    path("<int:pk>/modifier/", demandes.modifier, name="modifier"),
    path("<int:pk>/envoyer/", demandes.envoyer, name="envoyer"),
    path("<int:pk>/supprimer/", demandes.supprimer, name="supprimer"),
    path("<int:pk>/clore/", demandes.clore, name="clore"),
    path("<int:pk>/sans-suite/", demandes.sans_suite, name="sans-suite"),
]
