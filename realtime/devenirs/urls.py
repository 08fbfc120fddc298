"""Addresses of the forms by which something is made of a line of a salon."""

from django.urls import path

from realtime.devenirs import exports, views

app_name = "devenirs"
urlpatterns = [
    path("salons/<int:pk>/decisions/", views.decisions, name="decisions"),
    path("salons/<int:pk>/decisions/export/", exports.decisions, name="export-decisions"),
    path("salons/<int:pk>/messages/<int:numero>/sujet/", views.sujet, name="sujet"),
    path("salons/<int:pk>/messages/<int:numero>/decision/", views.decision, name="decision"),
    path("salons/<int:pk>/messages/<int:numero>/tache/", views.tache, name="tache"),
]
