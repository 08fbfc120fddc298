"""Addresses of the coverage of expertises."""

from django.urls import path

from annuaire.couverture import exports, views

app_name = "couverture"
urlpatterns = [
    path("", views.ensemble, name="ensemble"),
    path("departements.<slug:genre>", exports.departements, name="export-departements"),
    path("expertises.<slug:genre>", exports.expertises, name="export-expertises"),
    path("expertises/<slug:slug>/", views.expertise, name="expertise"),
    path("expertises/<slug:slug>/departements.<slug:genre>", exports.expertise, name="export-expertise"),
    path("regions/<slug:code>/", views.region, name="region"),
]
