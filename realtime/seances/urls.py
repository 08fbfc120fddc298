"""Addresses of meetings that are held."""

from django.urls import path

from realtime.seances.views import (
    compte_rendu,
    deroulement,
    exports,
    notes,
    pages,
    paroles,
    presences,
    suites,
    votes,
)

app_name = "seances"

urlpatterns = [
    path("reunions/<int:pk>/seance/", pages.seance, name="seance"),
    path("reunions/<int:pk>/seance/etat/", pages.etat, name="etat"),
    path("reunions/<int:pk>/seance/ecran/", pages.ecran, name="ecran"),
    path("reunions/<int:pk>/seance/compte-rendu/", compte_rendu.compte_rendu, name="compte-rendu"),
    path("reunions/<int:pk>/seance/compte-rendu/rediger/", compte_rendu.rediger, name="rediger"),
    path(
        "reunions/<int:pk>/seance/compte-rendu/modifier/",
        compte_rendu.modifier,
        name="modifier-compte-rendu",
    ),
    path("reunions/<int:pk>/seance/compte-rendu/recomposer/", compte_rendu.recomposer, name="recomposer"),
    path("reunions/<int:pk>/seance/compte-rendu/soumettre/", compte_rendu.soumettre, name="soumettre"),
    path("reunions/<int:pk>/seance/compte-rendu/valider/", compte_rendu.valider, name="valider"),
    path("reunions/<int:pk>/seance/compte-rendu/rectifier/", compte_rendu.rectifier, name="rectifier"),
    path("reunions/<int:pk>/seance/compte-rendu/versions/", compte_rendu.versions, name="versions"),
    path("reunions/<int:pk>/seance/compte-rendu/publier/", compte_rendu.publier, name="publier"),
    path("reunions/<int:pk>/seance/compte-rendu.pdf", exports.pdf, name="compte-rendu-pdf"),
    path("reunions/<int:pk>/seance/compte-rendu.odt", exports.odt, name="compte-rendu-odt"),
    path("reunions/<int:pk>/seance/compte-rendu.md", exports.markdown, name="compte-rendu-markdown"),
    path("reunions/<int:pk>/seance/ouvrir/", deroulement.ouvrir, name="ouvrir"),
    path("reunions/<int:pk>/seance/aller/", deroulement.aller, name="aller"),
    path("reunions/<int:pk>/seance/suspendre/", deroulement.suspendre, name="suspendre"),
    path("reunions/<int:pk>/seance/reprendre/", deroulement.reprendre, name="reprendre"),
    path("reunions/<int:pk>/seance/terminer/", deroulement.terminer, name="terminer"),
    path("reunions/<int:pk>/seance/main/", paroles.main, name="main"),
    path("reunions/<int:pk>/seance/parole/", paroles.parole, name="parole"),
    path("reunions/<int:pk>/seance/aide/", paroles.aide, name="aide"),
    path("reunions/<int:pk>/seance/aide/repondre/", paroles.repondre_aide, name="repondre-aide"),
    path("reunions/<int:pk>/seance/presence/", presences.presence, name="presence"),
    path("reunions/<int:pk>/seance/presences/", presences.presences, name="presences"),
    path("reunions/<int:pk>/seance/decisions/", suites.decision, name="noter-decision"),
    path("reunions/<int:pk>/seance/actions/", suites.action, name="noter-action"),
    path("reunions/<int:pk>/seance/suivi/", suites.suivre, name="suivre"),
    path("reunions/reports/<int:pk>/", suites.report, name="report"),
    path("reunions/suites/<int:pk>/", suites.suite, name="suite"),
    path("reunions/points/<int:pk>/plume/", notes.plume, name="plume"),
    path("reunions/points/<int:pk>/notes/", notes.noter, name="noter"),
    path("reunions/points/<int:pk>/notes/brouillon/", notes.brouillon, name="brouillon"),
    path("reunions/points/<int:pk>/notes/reprendre/", notes.reprendre, name="reprendre-notes"),
    path("reunions/<int:pk>/seance/votes/nouveau/", votes.nouveau, name="nouveau-vote"),
    path("reunions/votes/<int:pk>/", votes.detail, name="vote"),
    path("reunions/votes/<int:pk>/conduire/", votes.conduire, name="conduire-vote"),
    path("reunions/votes/<int:pk>/voter/", votes.voter, name="voter"),
]
