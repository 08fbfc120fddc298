"""Feeds, read by other programs with a personal key; and the page where one gets that key."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from annuaire.models import Agent, Expertise
from communautes.access import get_readable, readable_communautes
from forum import actions
from forum.access import feed_key, feed_key_of, visible_sujets
from forum.flux import Flux
from forum.models import Etiquette
from plateforme.socle.adresses_secretes import quiet, refuse
from plateforme.socle.erreurs import ActionRefusee, TropDeDemandes
from plateforme.socle.limites import check_limit

_KEY = "VOTRE-CLE"
LISTED = 100  # communities whose addresses the page gives


@login_not_required
@require_safe
def communaute(request: HttpRequest, cle: str, slug: str) -> HttpResponse:
    def make(agent: Agent) -> Flux:
        found = get_readable(agent, slug)
        address = reverse("forum:liste", args=[found.slug])
        return Flux(
            found.nom, address, f"communaute/{found.pk}", visible_sujets(agent).filter(communaute=found)
        )

    return _answer(request, cle, make)


@login_not_required
@require_safe
def etiquette(request: HttpRequest, cle: str, slug: str, etiquette: str) -> HttpResponse:
    def make(agent: Agent) -> Flux:
        found = get_readable(agent, slug)
        tag = (
            Etiquette.objects.filter(communaute=found, slug=etiquette)
            .select_related("fusionnee_dans")
            .first()
        )
        if tag is None:
            raise Http404
        tag = tag.fusionnee_dans or tag
        return Flux(
            f"{tag.nom} – {found.nom}",
            reverse("forum:liste", args=[found.slug]),
            f"etiquette/{tag.pk}",
            visible_sujets(agent).filter(communaute=found, etiquettes=tag),
        )

    return _answer(request, cle, make)


@login_not_required
@require_safe
def expertise(request: HttpRequest, cle: str, slug: str) -> HttpResponse:
    def make(agent: Agent) -> Flux:
        found = Expertise.objects.filter(slug=slug).first()
        if found is None:
            raise Http404
        address = reverse("communautes:liste")
        return Flux(
            found.libelle, address, f"expertise/{found.pk}", visible_sujets(agent).filter(expertises=found)
        )

    return _answer(request, cle, make)


def _answer(request: HttpRequest, cle: str, make: Callable[[Agent], Flux]) -> HttpResponse:
    """A feed as the owner of the key may read it at this moment. Nothing of a session is read nor set.

    What may not be read does not exist, for whatever reason: a program is told nothing more.
    """
    try:
        key = feed_key(cle)
        check_limit("flux", key.agent_id)
        flux = make(key.agent)
    except TropDeDemandes as error:
        return refuse(error.message, 429, attente=error.attente)
    except (Http404, PermissionDenied):
        return refuse("Ce flux n’existe pas.", 404)
    actions.note_feed_use(key)
    modified = int(flux.updated.timestamp())
    response = get_conditional_response(request, etag=flux.etag, last_modified=modified)
    if response is None:
        response = HttpResponse(flux.write(), content_type="application/atom+xml; charset=utf-8")
    response["ETag"] = flux.etag
    response["Last-Modified"] = http_date(modified)
    response["Cache-Control"] = "private, max-age=300"
    return quiet(response)


@never_cache
@require_safe
def cle(request: HttpRequest) -> HttpResponse:
    return _page(request, "")


@never_cache
@require_POST
def creer(request: HttpRequest) -> HttpResponse:
    """The key is shown by this answer and by no other."""
    try:
        return _page(request, actions.create_feed_key(request.user))
    except ActionRefusee as error:
        messages.error(request, error.message)
        return redirect("forum:cle-flux")


@require_POST
def revoquer(request: HttpRequest) -> HttpResponse:
    actions.revoke_feed_key(request.user)
    messages.success(request, "Votre clé ne fonctionne plus : les flux qui s’en servaient sont fermés.")
    return redirect("forum:cle-flux")


def _page(request: HttpRequest, cle: str) -> HttpResponse:
    key = cle or _KEY
    mine = readable_communautes(request.user).of_member(request.user).order_by("nom")[:LISTED]
    flux = [(found.nom, reverse("forum:flux", args=[key, found.slug])) for found in mine]
    declared = Expertise.objects.filter(declarations__agent=request.user)[:LISTED]
    flux += [
        (f"Expertise : {found.libelle}", reverse("forum:flux-expertise", args=[key, found.slug]))
        for found in declared
    ]
    context = {
        "nouvelle": bool(cle),
        "existante": feed_key_of(request.user),
        "flux": [(nom, settings.SITE_URL + adresse) for nom, adresse in flux],
    }
    return render(request, "forum/cle_flux.html", context)
