"""Who is invited: the whole list, inviting more, taking off, giving roles; names as they are typed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from communautes.access import can_animate, get_readable
from plateforme.socle.erreurs import ActionRefusee, TropDeDemandes
from plateforme.socle.limites import check_limit
from plateforme.socle.pagination import paginate
from plateforme.socle.templatetags.socle import couleur_agent
from realtime.reunions import actions
from realtime.reunions.access import can_prepare, get_participant, get_reunion
from realtime.reunions.conflits import busy_among
from realtime.reunions.forms import InvitesForm
from realtime.reunions.models import Convive
from realtime.reunions.personnes import suggest_people
from realtime.reunions.presentation import page_layout

PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
def convives(request: HttpRequest, pk: int) -> HttpResponse:
    """All those invited and what they answer, for whoever sees the meeting; more are invited by those who prepare it."""
    reunion = get_reunion(request.user, pk)
    prepares = can_prepare(request.user, reunion)
    groups = reunion.communaute is not None and can_animate(request.user, reunion.communaute)
    form = InvitesForm(
        request.POST if request.method == "POST" else None,
        auteur=request.user,
        communaute=reunion.communaute,
        groupes=groups,
        initial={"qui": InvitesForm.Qui.PERSONNES},
    )
    if form.is_valid():
        try:
            actions.invite(request.user, reunion, form.cleaned_data["invites"])
        except ActionRefusee as refused:
            refused.show_in(form)
        else:
            messages.success(request, "C’est noté : les personnes ajoutées vont être prévenues.")
            return redirect("reunions:convives", reunion.pk)
    reponse = request.GET.get("reponse", "")
    rows = reunion.participants.present().select_related("agent__service", "agent__territoire")
    if reponse in Convive.Reponse.values:
        rows = rows.filter(reponse=reponse)
    page = paginate(
        rows, ("pk",), apres=request.GET.get("apres", ""), avant=request.GET.get("avant", ""), size=PAGE
    )
    if prepares:
        agents = [row.agent_id for row in page.items if row.agent_id]
        busy = busy_among(agents, reunion.debut, reunion.duree_minutes, sauf=reunion.pk)
        for row in page.items:
            row.occupe = row.agent_id in busy
    context = {
        **page_layout(request.user, reunion.communaute),
        "reunion": reunion,
        "page": page,
        "peut_preparer": prepares,
        "form": form,
        "reponse": reponse,
        "reponses": Convive.Reponse.choices,
        "roles": Convive.Role.choices,
        "communaute_suggestions": reunion.communaute.slug if reunion.communaute else "",
    }
    return render(request, "reunions/convives.html", context, status=422 if form.errors else 200)


@require_POST
def retirer(request: HttpRequest, pk: int) -> HttpResponse:
    participant = get_participant(request.user, pk)
    try:
        actions.withdraw(request.user, participant)
        messages.success(request, f"{participant.nom_complet} n’est plus sur la liste.")
    except ActionRefusee as refused:
        messages.error(request, refused.message)
    return redirect("reunions:convives", participant.reunion_id)


@require_POST
def role(request: HttpRequest, pk: int) -> HttpResponse:
    participant = get_participant(request.user, pk)
    wanted = request.POST.get("role", "")
    if wanted in Convive.Role.values:
        try:
            actions.set_role(request.user, participant, wanted)
            messages.success(request, "Le rôle est changé.")
        except ActionRefusee as refused:
            messages.error(request, refused.message)
    return redirect("reunions:convives", participant.reunion_id)


@require_safe
def personnes(request: HttpRequest) -> HttpResponse:
    """People whose name begins as it is typed, as JSON; `communaute`: whose members come first."""
    try:
        check_limit("completion", request.user.pk)
    except TropDeDemandes as error:
        return JsonResponse({"erreur": error.message}, status=429)
    slug = request.GET.get("communaute", "")
    communaute = get_readable(request.user, slug) if slug else None
    people = suggest_people(request.user, request.GET.get("q", ""), communaute)
    return JsonResponse(
        {
            "personnes": [
                {
                    "identifiant": person.identifiant,
                    "nom": person.nom_complet,
                    "lieu": person.rattachement,
                    "initiales": person.initiales,
                    "couleur": couleur_agent(person),
                    "url": reverse("annuaire:profil", args=[person.identifiant]),
                }
                for person in people
            ]
        }
    )
