"""Addresses of decisions and tasks."""

from django.urls import path

from communautes.suites.views import decisions, exports, taches

app_name = "suites"
urlpatterns = [
    path("communautes/<slug:slug>/decisions/", decisions.registre, name="decisions"),
    path("communautes/<slug:slug>/decisions/nouvelle/", decisions.nouvelle, name="nouvelle-decision"),
    path("communautes/<slug:slug>/decisions/export/", exports.decisions, name="export-decisions"),
    path("decisions/<int:pk>/", decisions.decision, name="decision"),
    path("decisions/<int:pk>/modifier/", decisions.modifier, name="modifier-decision"),
    path("decisions/<int:pk>/confirmer/", decisions.confirmer, name="confirmer-decision"),
    path("decisions/<int:pk>/annuler/", decisions.annuler, name="annuler-decision"),
    path("communautes/<slug:slug>/taches/", taches.liste, name="taches"),
    path("communautes/<slug:slug>/taches/nouvelle/", taches.nouvelle, name="nouvelle-tache"),
    path("communautes/<slug:slug>/taches/export/", exports.taches, name="export-taches"),
    path("communautes/<slug:slug>/taches/personnes/", taches.personnes, name="personnes"),
    path("taches/<int:pk>/", taches.tache, name="tache"),
    path("taches/<int:pk>/etat/", taches.etat, name="etat-tache"),
    path("taches/<int:pk>/prendre/", taches.prendre, name="prendre-tache"),
    path("mes-taches/", taches.miennes, name="mes-taches"),
]
