"""Addresses of services."""

from django.urls import path

from annuaire.organisation import views

app_name = "organisation"
urlpatterns = [
    path("", views.services, name="services"),
    path("<int:pk>/", views.service, name="service"),
]
