"""Addresses of the forum."""

from django.urls import path

from forum import views

app_name = "forum"
urlpatterns = [
    path("communautes/<slug:slug>/forum/", views.liste, name="liste"),
    path("communautes/<slug:slug>/forum/nouveau/", views.ouvrir, name="ouvrir"),
    path("sujets/<int:pk>/", views.sujet, name="sujet"),
    path("sujets/<int:pk>/repondre/", views.repondre, name="repondre"),
    path("sujets/<int:pk>/nouveaux/", views.nouveaux, name="nouveaux"),
    path("sujets/<int:pk>/suivre/", views.suivre, name="suivre"),
    path("sujets/<int:pk>/retirer-acceptation/", views.retirer_acceptation, name="retirer-acceptation"),
    path("messages/<int:pk>/accepter/", views.accepter, name="accepter"),
    path("apercu/", views.apercu, name="apercu"),
    path("forum/non-lus/", views.non_lus, name="non-lus"),
]
