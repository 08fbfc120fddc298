"""Addresses of one's own state."""

from django.urls import path

from annuaire.presence import views

app_name = "presence"
urlpatterns = [
    path("", views.presence, name="presence"),
    path("choisir/", views.choisir, name="choisir"),
    path("preferences/", views.preferences, name="preferences"),
]
