"""Every address of the site."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from plateforme import views

# The administration is entered through the site's own sign-in, second factor included.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns: list[Any] = [
    path("", views.accueil, name="accueil"),
    path("recherche/", views.recherche, name="recherche"),
    path("mentions-legales/", views.mentions_legales, name="mentions-legales"),
    path("donnees-personnelles/", views.donnees_personnelles, name="donnees-personnelles"),
    path("accessibilite/", views.accessibilite, name="accessibilite"),
    path("charte/", views.charte, name="charte"),
    path("plan-du-site/", views.plan_du_site, name="plan-du-site"),
    path("hors-ligne/", views.hors_ligne, name="hors-ligne"),
    path("service-worker.js", views.service_worker, name="service-worker"),
    path("sante/vivant", views.sante_vivant, name="sante-vivant"),
    path("sante/pret", views.sante_pret, name="sante-pret"),
    path("compte/", include("allauth.urls")),
    path("annuaire/couverture/", include("annuaire.couverture.urls")),
    path("annuaire/", include("annuaire.profils.urls")),
    path("annuaire/", include("annuaire.trouver.urls")),
    path("annuaire/", include("annuaire.urls")),
    path("sollicitations/", include("annuaire.sollicitations.urls")),
    path("notifications/", include("annuaire.notifications.urls")),
    path("services/", include("annuaire.organisation.urls")),
    path("presence/", include("annuaire.presence.urls")),
    path("communautes/", include("communautes.urls")),
    path("", include("communautes.fichiers.urls")),
    path("", include("communautes.suites.urls")),
    path("", include("forum.urls")),
    path("", include("forum.publications.urls")),
    path("", include("realtime.urls")),
    path("", include("realtime.reunions.urls")),
    path("", include("realtime.seances.urls")),
    path("", include("realtime.devenirs.urls")),
    path("administration/", admin.site.urls),
]
if not settings.PRODUCTION:
    urlpatterns.append(path("", include("plateforme.demo.urls")))

handler400 = "plateforme.views.bad_request"
handler403 = "plateforme.views.permission_denied"
handler404 = "plateforme.views.not_found"
handler500 = "plateforme.views.server_error"
