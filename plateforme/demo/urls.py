"""Addresses that only a demo has."""

from django.urls import path

from plateforme.demo import views

app_name = "demo"
urlpatterns = [
    path("demo/connexion/", views.connexion, name="connexion"),
    path("demo/courriels/", views.courriels, name="courriels"),
    path("demo/courriels/<int:pk>/", views.courriel, name="courriel"),
    path("demo/courriels/<int:pk>/html/", views.courriel_html, name="courriel-html"),
]
