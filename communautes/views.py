"""Pages of communities: list, home, members, presentation."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from annuaire.models import Agent
from annuaire.notifications.access import back_to
from communautes import actions
from communautes.access import (
    get_animated,
    get_demande,
    get_invitation,
    get_readable,
    get_visible,
    visible_communautes,
)
from communautes.forms import CommunauteForm, DemandeForm, InvitationForm
from communautes.models import Adhesion, Communaute, DemandeAdhesion
from communautes.presentation import community_context
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.pagination import paginate

NIVEAUX_DITS = {
    "suivre": "Vous serez prévenu(e) de chaque nouveau sujet de cette communauté.",
    "normal": "Vous serez prévenu(e) de ce qui vous concerne dans cette communauté.",
    "sourdine": "Cette communauté est en sourdine.",
}


def liste(request: HttpRequest) -> HttpResponse:
    """One's own communities first, then the others."""
    mine = set(Adhesion.objects.filter(agent=request.user).values_list("communaute_id", flat=True))
    rows = list(visible_communautes(request.user).prefetch_related("territoires")[:300])
    return render(
        request,
        "communautes/liste.html",
        {
            "miennes": [row for row in rows if row.pk in mine],
            "autres": [row for row in rows if row.pk not in mine],
        },
    )


def creer(request: HttpRequest) -> HttpResponse:
    if request.user.partenaire:
        raise PermissionDenied("La création d’une communauté est réservée aux agents de l’État.")
    form = CommunauteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            created = actions.create_communaute(request.user, **form.cleaned_data)
        except ActionRefusee as error:
            form.add_error(error.champ, error.message)
        else:
            request.session["brouillon_envoye"] = "communaute-nouvelle"
            messages.success(request, "Votre communauté est ouverte. Invitez-y vos premiers collègues.")
            return redirect(created)
    status = 422 if request.method == "POST" else 200
    return render(request, "communautes/formulaire.html", {"form": form}, status=status)


def communaute(request: HttpRequest, slug: str) -> HttpResponse:
    """What happened, what is coming, who can help; a presentation only for those who may not read."""
    return _accueil(request, get_visible(request.user, slug), DemandeForm())


def _accueil(request: HttpRequest, found: Communaute, form: DemandeForm, status: int = 200) -> HttpResponse:
    context = community_context(request.user, found, "accueil") | {"form": form}
    if context["peut_lire"]:
        context |= {
            "sujets": list(
                found.sujets.listed()
                .select_related("auteur__service", "auteur__territoire")
                .order_by("-dernier_message_le", "-pk")[:6]
            ),
            "reunions": list(
                found.reunions.standing().filter(debut__gte=timezone.now()).order_by("debut")[:3]
            ),
            "documents": list(
                found.documents.filter(retire_le__isnull=True, version_courante__isnull=False)
                .select_related("auteur", "version_courante")
                .order_by("-cree_le", "-pk")[:4]
            ),
        }
    return render(request, "communautes/communaute.html", context, status=status)


def membres(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_readable(request.user, slug)
    return _membres(request, found, InvitationForm())


def _membres(
    request: HttpRequest, found: Communaute, form: InvitationForm, status: int = 200
) -> HttpResponse:
    context = community_context(request.user, found, "membres")
    rows = Adhesion.objects.filter(communaute=found, agent__is_active=True).select_related(
        "agent__service", "agent__territoire"
    )
    page = paginate(
        rows, ("pk",), apres=request.GET.get("apres", ""), avant=request.GET.get("avant", ""), size=40
    )
    context |= {"page": page, "form": form, "demandes": []}
    if context["peut_animer"]:
        context["demandes"] = list(
            found.demandes.filter(etat=DemandeAdhesion.Etat.EN_ATTENTE)
            .select_related("agent__service", "agent__territoire")
            .order_by("pk")[:50]
        )
    return render(request, "communautes/membres.html", context, status=status)


def a_propos(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_visible(request.user, slug)
    context = community_context(request.user, found, "a-propos")
    context["expertises"] = list(found.expertises.all()[:40])
    context["animation"] = [
        row.agent
        for row in found.adhesions.filter(role=Adhesion.Role.ANIMATEUR).select_related(
            "agent__service", "agent__territoire"
        )[:10]
    ]
    return render(request, "communautes/a_propos.html", context)


def charte(request: HttpRequest, slug: str) -> HttpResponse:
    """What one may expect of each other in this community, below the site's own charter."""
    found = get_visible(request.user, slug)
    context = community_context(request.user, found, "a-propos")
    return render(request, "communautes/charte.html", context)


def modifier(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_animated(request.user, slug)
    form = CommunauteForm(request.POST if request.method == "POST" else None, instance=found)
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_communaute(request.user, found, **form.cleaned_data)
        except ActionRefusee as error:
            form.add_error(error.champ, error.message)
        else:
            messages.success(request, "La présentation de la communauté est à jour.")
            return redirect("communautes:a-propos", found.slug)
    status = 422 if request.method == "POST" else 200
    return render(request, "communautes/formulaire.html", {"form": form, "communaute": found}, status=status)


def _attempt(request: HttpRequest, action: Callable[[], object], done: str) -> None:
    """Do it, and say in a banner how it went."""
    try:
        action()
    except ActionRefusee as error:
        messages.error(request, error.message)
    else:
        messages.success(request, done)


@require_POST
def rejoindre(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_visible(request.user, slug)
    _attempt(
        request,
        lambda: actions.join(request.user, found),
        "Bienvenue ! Vous êtes membre de cette communauté.",
    )
    return redirect(found)


@require_POST
def quitter(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_visible(request.user, slug)
    _attempt(request, lambda: actions.leave(request.user, found), "Vous avez quitté la communauté.")
    return redirect("communautes:liste")


@require_POST
def niveau(request: HttpRequest, slug: str) -> HttpResponse:
    """How much of the community one wants to hear."""
    found = get_visible(request.user, slug)
    wanted = request.POST.get("niveau", "")
    if wanted in NIVEAUX_DITS:
        _attempt(request, lambda: actions.set_level(request.user, found, wanted), NIVEAUX_DITS[wanted])
    return redirect(back_to(request, found.get_absolute_url()))


@require_POST
def demander(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_visible(request.user, slug)
    form = DemandeForm(request.POST)
    if form.is_valid():
        try:
            actions.request_membership(request.user, found, form.cleaned_data["motif"])
        except ActionRefusee as error:
            form.add_error("motif", error.message)
        else:
            messages.success(request, "Votre demande est partie. Une notification vous dira la réponse.")
            return redirect(found)
    return _accueil(request, found, form, status=422)


@require_POST
def repondre_demande(request: HttpRequest, pk: int) -> HttpResponse:
    demande = get_demande(request.user, pk)
    accept = request.POST.get("reponse") == "accepter"
    _attempt(
        request,
        lambda: actions.answer_request(request.user, demande, accepter=accept),
        "La demande est acceptée." if accept else "La demande est refusée.",
    )
    return redirect("communautes:membres", demande.communaute.slug)


@require_POST
def repondre_invitation(request: HttpRequest, pk: int) -> HttpResponse:
    invitation = get_invitation(request.user, pk)
    accept = request.POST.get("reponse") == "accepter"
    _attempt(
        request,
        lambda: actions.answer_invitation(request.user, invitation, accepter=accept),
        "Bienvenue ! Vous êtes membre de cette communauté." if accept else "L’invitation est déclinée.",
    )
    return redirect(invitation.communaute if accept else "communautes:liste")


@require_POST
def inviter(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_animated(request.user, slug)
    form = InvitationForm(request.POST)
    if form.is_valid():
        handle = form.cleaned_data["identifiant"].strip().lstrip("@").lower()
        agent = Agent.objects.active().filter(identifiant=handle).first()
        if agent is None:
            form.add_error("identifiant", "Personne ne porte cet identifiant. Vérifiez-le sur son profil.")
        else:
            try:
                actions.invite(request.user, found, agent)
            except ActionRefusee as error:
                form.add_error(error.champ, error.message)
            else:
                messages.success(request, f"L’invitation est partie pour {agent.nom_complet}.")
                return redirect("communautes:membres", found.slug)
    return _membres(request, found, form, status=422)


@require_POST
def role(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_animated(request.user, slug)
    agent = get_object_or_404(Agent, identifiant=request.POST.get("identifiant", ""))
    wanted = request.POST.get("role")
    if wanted in Adhesion.Role.values:
        _attempt(request, lambda: actions.set_role(request.user, found, agent, wanted), "Le rôle est changé.")
    return redirect("communautes:membres", found.slug)


@require_POST
def exclure(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_animated(request.user, slug)
    agent = get_object_or_404(Agent, identifiant=request.POST.get("identifiant", ""))
    _attempt(
        request,
        lambda: actions.exclude_member(request.user, found, agent),
        f"{agent.nom_complet} n’est plus membre de la communauté.",
    )
    return redirect("communautes:membres", found.slug)
