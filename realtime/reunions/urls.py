"""Addresses of meetings."""

from django.urls import path

from realtime.reunions.views import (
    agenda,
    convives,
    exterieurs,
    pages,
    points,
    preparation,
    series,
    sondages,
    sondages_reglages,
)

app_name = "reunions"

urlpatterns = [
    path("communautes/<slug:slug>/reunions/", pages.liste, name="liste"),
    path("communautes/<slug:slug>/reunions/planifier/", preparation.planifier, name="planifier"),
    path("communautes/<slug:slug>/reunions/dates/", sondages.proposer, name="proposer-dates"),
    path("salons/<int:pk>/dates/", sondages.proposer_salon, name="proposer-dates-salon"),
    path("reunions/dates/", sondages.proposer_entre_agents, name="proposer-dates-entre-agents"),
    path("reunions/dates/<int:pk>/", sondages.sondage, name="sondage"),
    path("reunions/dates/<int:pk>/creneaux/", sondages.ajouter_creneaux, name="ajouter-creneaux"),
    path("reunions/dates/<int:pk>/retenir/", sondages.retenir, name="retenir"),
    path("reunions/dates/<int:pk>/annuler/", sondages.annuler, name="annuler-sondage"),
    path("reunions/dates/<int:pk>/relancer/", sondages.relancer, name="relancer-sondage"),
    path("reunions/dates/<int:pk>/reglages/", sondages_reglages.reglages, name="reglages-sondage"),
    path("reunions/dates/<int:pk>/personnes/", sondages_reglages.demander, name="demander-dates"),
    path("reunions/dates/<int:pk>/cloture/", sondages_reglages.cloturer, name="cloturer-sondage"),
    path(
        "reunions/dates/<int:pk>/creneaux/retirer/", sondages_reglages.retirer_creneau, name="retirer-creneau"
    ),
    path(
        "reunions/dates/personnes/<int:pk>/retirer/", sondages_reglages.retirer_personne, name="retirer-sonde"
    ),
    path("quand-se-voit-on/<str:jeton>/", sondages.exterieur, name="sondage-exterieur"),
    path("salons/<int:pk>/reunion/", preparation.planifier_salon, name="planifier-salon"),
    path("reunions/", pages.miennes, name="miennes"),
    path("reunions/planifier/", preparation.planifier_entre_agents, name="planifier-entre-agents"),
    path("reunions/personnes/", convives.personnes, name="personnes"),
    path("reunions/agenda/", agenda.agenda, name="agenda"),
    path("reunions/agenda/preferences/", agenda.preferences, name="preferences"),
    path("reunions/agenda/creer/", agenda.creer_cle, name="creer-cle"),
    path("reunions/agenda/revoquer/", agenda.revoquer_cle, name="revoquer-cle"),
    path("agenda/<str:cle>/reunions.ics", agenda.flux, name="flux"),
    path("reunions/<int:pk>/", pages.reunion, name="reunion"),
    path("reunions/<int:pk>/repondre/", pages.repondre, name="repondre"),
    path("reunions/<int:pk>/reunion.ics", agenda.telecharger, name="telecharger"),
    path("reunions/<int:pk>/modifier/", preparation.modifier, name="modifier"),
    path("reunions/<int:pk>/publier/", preparation.publier, name="publier"),
    path("reunions/<int:pk>/annuler/", preparation.annuler, name="annuler"),
    path("reunions/<int:pk>/dupliquer/", preparation.dupliquer, name="dupliquer"),
    path("reunions/<int:pk>/personnes/", convives.convives, name="convives"),
    path("reunions/personnes/<int:pk>/retirer/", convives.retirer, name="retirer-convive"),
    path("reunions/personnes/<int:pk>/role/", convives.role, name="role"),
    path("reunions/<int:pk>/points/ajouter/", points.ajouter, name="ajouter-point"),
    path("reunions/points/<int:pk>/", points.modifier, name="modifier-point"),
    path("reunions/points/<int:pk>/retirer/", points.retirer, name="retirer-point"),
    path("reunions/points/<int:pk>/garder/", points.garder, name="garder-point"),
    path("reunions/points/<int:pk>/deplacer/", points.deplacer, name="deplacer-point"),
    path("reunions/<int:pk>/documents/", points.documents, name="documents"),
    path("reunions/documents/<int:pk>/retirer/", points.retirer_document, name="retirer-document"),
    path("reunions/fichiers/<uuid:pk>/", points.fichier, name="fichier"),
    path("reunions/pieces/<int:pk>/retirer/", points.retirer_fichier, name="retirer-fichier"),
    path("reunions/series/<int:pk>/", series.serie, name="serie"),
    path("reunions/series/<int:pk>/inviter/", series.inviter, name="inviter-serie"),
    path("reunions/series/<int:pk>/arreter/", series.arreter, name="arreter-serie"),
    path("reunions/series/<int:pk>/repondre/", series.repondre, name="repondre-serie"),
    path("reunions/series/<int:pk>/retirer/<int:habitue>/", series.retirer, name="retirer-habitue"),
    path("invitation-reunion/<str:jeton>/", exterieurs.exterieur, name="exterieur"),
    path(
        "invitation-reunion/<str:jeton>/reunion.ics",
        agenda.telecharger_exterieur,
        name="telecharger-exterieur",
    ),
]
