"""Addresses of kept searches and of the export."""

from django.urls import path

from annuaire.trouver import views

app_name = "trouver"
urlpatterns = [
    path("moi/recherches/", views.recherches, name="recherches"),
    path("moi/recherches/enregistrer/", views.enregistrer, name="enregistrer"),
    path("moi/recherches/<int:pk>/", views.ouvrir, name="ouvrir"),
    path("moi/recherches/<int:pk>/renommer/", views.renommer, name="renommer"),
    path("moi/recherches/<int:pk>/prevenir/", views.prevenir, name="prevenir"),
    path("moi/recherches/<int:pk>/supprimer/", views.supprimer, name="supprimer"),
    path("choix/solliciter/", views.solliciter, name="solliciter"),
    path("export/personnes/", views.exporter, name="exporter"),
]
