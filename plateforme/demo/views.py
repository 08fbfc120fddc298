"""Pages that only a demo has: one-click accounts, and the mailbox."""

from allauth.usersessions.models import UserSession
from csp.decorators import csp_replace, csp_update
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST

from annuaire.models import Agent
from plateforme.demo.comptes import COMPTES
from plateforme.demo.models import Courriel
from plateforme.socle.pagination import paginate


@login_not_required
@require_POST
def connexion(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the demo's accounts, and no other."""
    handle = request.POST.get("identifiant", "")
    if handle not in {compte.identifiant for compte in COMPTES}:
        raise Http404("Ce compte n’est pas un compte de démonstration.")
    agent = get_object_or_404(Agent, identifiant=handle, is_active=True)
    login(request, agent, backend="annuaire.authentification.Backend")
    UserSession.objects.create_from_request(request)
    return redirect("accueil")


@login_not_required
def courriels(request: HttpRequest) -> HttpResponse:
    """What would have been sent, latest first."""
    page = paginate(
        Courriel.objects.all(),
        ("-pk",),
        apres=request.GET.get("apres", ""),
        avant=request.GET.get("avant", ""),
    )
    return render(request, "demo/courriels.html", {"page": page})


@login_not_required
@csp_update({"frame-src": ["'self'"]})
def courriel(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "demo/courriel.html", {"courriel": get_object_or_404(Courriel, pk=pk)})


@login_not_required
@xframe_options_sameorigin
@csp_replace(
    {
        "default-src": ["'none'"],
        "style-src": ["'unsafe-inline'"],
        "frame-ancestors": ["'self'"],
        "sandbox": [""],
    }
)
def courriel_html(request: HttpRequest, pk: int) -> HttpResponse:
    """The HTML of a message, in a sandbox: it runs nothing and reaches nothing."""
    return HttpResponse(get_object_or_404(Courriel, pk=pk).html or "<p>Ce courriel n’existe qu’en texte.</p>")
