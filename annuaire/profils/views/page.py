"""The page of a person, and what is taken from it: a card, a vCard."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control

from annuaire.access import get_agent
from annuaire.profils.access import reads_directory_of
from annuaire.profils.photos import path_of
from annuaire.profils.presentation import profile_context
from annuaire.profils.sections import profil_of
from annuaire.profils.vcard import vcard_of
from plateforme.socle.erreurs import TropDeDemandes
from plateforme.socle.limites import check_limit

# Expertises on a card.
BEST = 3


def profil(request: HttpRequest, identifiant: str) -> HttpResponse:
    """Who somebody is, what they know, what shows it, how to reach them."""
    agent = get_agent(request.user, identifiant)
    return render(request, "annuaire/profil.html", profile_context(request.user, agent))


def carte(request: HttpRequest, identifiant: str) -> HttpResponse:
    """The few lines shown beside a name (profils/carte.js). Browsers keep them for a few minutes."""
    agent = get_agent(request.user, identifiant)
    directory = reads_directory_of(request.user, agent)
    declared = agent.declarations.all() if directory else ()
    best = sorted(declared, key=lambda row: (-row.niveau, row.expertise.libelle))[:BEST]
    context = {"agent": agent, "declarations": best, "montre_annuaire": directory}
    response = render(request, "profils/_carte.html", context)
    patch_cache_control(response, private=True, max_age=300)
    return response


def vcard(request: HttpRequest, identifiant: str) -> HttpResponse:
    """The person as an address book takes them in. Partners of labs have one's own only: no address nor phone."""
    agent = get_agent(request.user, identifiant)
    if request.user.partenaire and agent != request.user:
        raise PermissionDenied("La fiche de contact est réservée aux agents de l’État.")
    try:
        check_limit("export", request.user.pk)
    except TropDeDemandes as error:
        messages.error(request, error.message)
        return redirect(agent.get_absolute_url())
    picture = None
    if agent.photo:
        try:
            with default_storage.open(path_of(agent.photo, 192)) as file:
                picture = file.read()
        except FileNotFoundError:
            picture = None
    content = vcard_of(agent, profil_of(agent), request.build_absolute_uri(agent.get_absolute_url()), picture)
    response = HttpResponse(content, content_type="text/vcard; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{agent.identifiant}.vcf"'
    response["Cache-Control"] = "private, no-store"
    return response
