"""Addresses of publications."""

from django.urls import path

from forum.publications import views

app_name = "publications"
urlpatterns = [
    path("sollicitations/fils/<int:pk>/publier/", views.publier, name="publier"),
    path("sollicitations/fils/<int:pk>/publier/accord/", views.accord, name="accord"),
]
