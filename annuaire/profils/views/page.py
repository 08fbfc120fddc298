"""The page of a person."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from annuaire.access import get_agent
from annuaire.profils.presentation import profile_context


def profil(request: HttpRequest, identifiant: str) -> HttpResponse:
    """Who somebody is, what they know, what shows it, how to reach them."""
    agent = get_agent(request.user, identifiant)
    return render(request, "annuaire/profil.html", profile_context(request.user, agent))
