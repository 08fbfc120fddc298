"""How accounts behave here: who may sign up, and how allauth's mail leaves."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.template.loader import render_to_string

from annuaire.identifiants import free_handle
from annuaire.models import Agent
from plateforme.socle.courriels import queue_rendered


def check_domain(email: str) -> None:
    """Raise `ValidationError` for an address that may not sign up by itself. For sign-up and change of address:
    whoever signs in or resets a password may have been invited from elsewhere."""
    if not domain_allowed(email):
        listed = ", ".join(f"@{domain}" for domain in settings.DOMAINES_COURRIEL)
        raise ValidationError(
            f"L’inscription est ouverte aux adresses professionnelles ({listed}). "
            "Si vous êtes partenaire d’un laboratoire, demandez une invitation à la personne qui l’anime."
        )


def domain_allowed(email: str) -> bool:
    """True for an address of a configured domain or of one of its subdomains."""
    domain = email.rsplit("@", 1)[-1].lower()
    return any(domain == allowed or domain.endswith("." + allowed) for allowed in settings.DOMAINES_COURRIEL)


class AccountAdapter(DefaultAccountAdapter):
    """allauth's hooks."""

    def populate_username(self, request: HttpRequest, user: Agent) -> None:
        """A handle in place of a username. Called before the sign-up form gives the name, so read it there."""
        if not user.identifiant:
            user.identifiant = free_handle(request.POST.get("prenom", ""), request.POST.get("nom", ""))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write allauth's message now and let the worker send it."""
        full = {
            "email": email,
            "current_site": {"name": settings.SITE_NOM, "domain": settings.SITE_URL.split("://", 1)[1]},
            "site_nom": settings.SITE_NOM,
            "site_url": settings.SITE_URL,
            **context,
        }
        message = self.render_mail(template_prefix, email, full)
        html = ""
        for content, mimetype in getattr(message, "alternatives", []):
            if mimetype == "text/html":
                html = str(content)
        if not html:
            # What allauth only writes as text still leaves with the site's letterhead.
            body = str(message.body).strip().split("\n\n")
            html = render_to_string("courriels/compte.html", {**full, "paragraphes": body})
        queue_rendered(message.subject, str(message.body), html, email)
