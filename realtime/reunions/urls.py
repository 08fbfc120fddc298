"""Addresses of meetings."""

from django.urls import path

from realtime.reunions import views

app_name = "reunions"

urlpatterns = [
    path("communautes/<slug:slug>/reunions/", views.liste, name="liste"),
    path("communautes/<slug:slug>/reunions/planifier/", views.planifier, name="planifier"),
    path("reunions/<int:pk>/", views.reunion, name="reunion"),
]
