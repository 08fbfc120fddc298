"""Addresses of communities, below /communautes/."""

from django.urls import path

from communautes import views

app_name = "communautes"
urlpatterns = [
    path("", views.liste, name="liste"),
    path("creer/", views.creer, name="creer"),
    path("demandes/<int:pk>/", views.repondre_demande, name="repondre-demande"),
    path("invitations/<int:pk>/", views.repondre_invitation, name="repondre-invitation"),
    path("<slug:slug>/", views.communaute, name="communaute"),
    path("<slug:slug>/membres/", views.membres, name="membres"),
    path("<slug:slug>/a-propos/", views.a_propos, name="a-propos"),
    path("<slug:slug>/charte/", views.charte, name="charte"),
    path("<slug:slug>/modifier/", views.modifier, name="modifier"),
    path("<slug:slug>/rejoindre/", views.rejoindre, name="rejoindre"),
    path("<slug:slug>/quitter/", views.quitter, name="quitter"),
    path("<slug:slug>/niveau/", views.niveau, name="niveau"),
    path("<slug:slug>/demander/", views.demander, name="demander"),
    path("<slug:slug>/inviter/", views.inviter, name="inviter"),
    path("<slug:slug>/role/", views.role, name="role"),
    path("<slug:slug>/exclure/", views.exclure, name="exclure"),
]
