"""What one is asked, what one asked, how much one takes on; names offered as one types."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from annuaire.sollicitations import actions
from annuaire.sollicitations.access import (
    followed_by,
    own_sollicitations,
    received,
    require_agent,
    taken_by,
    waiting_for,
)
from annuaire.sollicitations.etats import Etat
from annuaire.sollicitations.forms import CapaciteForm
from annuaire.sollicitations.models import Capacite
from annuaire.sollicitations.personnes import named, suggest
from annuaire.sollicitations.presentation import list_of_sent
from plateforme.socle.erreurs import ActionRefusee, TropDeDemandes
from plateforme.socle.limites import check_limit
from plateforme.socle.pagination import paginate

# Of what waits: nobody has more for long.
ATTENTE = 50


@require_safe
def miennes(request: HttpRequest) -> HttpResponse:
    """Received, what waits for me first; `?vue=envoyees`: what I asked; `?vue=suivies`: where I was added."""
    require_agent(request.user)
    vue = request.GET.get("vue", "")
    marks = {"apres": request.GET.get("apres", ""), "avant": request.GET.get("avant", "")}
    context = {"vue": vue}
    if vue == "envoyees":
        rows = own_sollicitations(request.user)
        context["brouillons"] = list(rows.filter(etat=Etat.BROUILLON).order_by("-activite_le", "-pk"))
        sent = list_of_sent(rows.exclude(etat=Etat.BROUILLON))
        context["page"] = paginate(sent, ("-activite_le", "-pk"), **marks)
    elif vue == "suivies":
        context["page"] = paginate(followed_by(request.user), ("-cree_le", "-pk"), **marks)
    else:
        waiting = list(waiting_for(request.user).order_by("sollicitation__pour_le", "pk")[:ATTENTE])
        taken = list(taken_by(request.user).order_by("sollicitation__pour_le", "pk")[:ATTENTE])
        first = [row.pk for row in (*waiting, *taken)]
        others = received(request.user).exclude(pk__in=first)
        context |= {
            "attendent": waiting,
            "prises": taken,
            "page": paginate(others, ("-cree_le", "-pk"), **marks),
        }
    return render(request, "sollicitations/miennes.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def capacite(request: HttpRequest) -> HttpResponse:
    """How much one takes on."""
    require_agent(request.user)
    row = Capacite.objects.filter(agent=request.user).first() or Capacite(agent=request.user)
    form = CapaciteForm(
        request.POST if request.method == "POST" else None,
        initial={
            "ouvertes": row.ouvertes,
            "par_mois": row.par_mois,
            "appels": row.appels,
            "montre_aides": row.montre_aides,
        },
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_capacity(request.user, **form.cleaned_data)
        except ActionRefusee as refused:
            refused.show_in(form)
        else:
            messages.success(request, "Vos limites sont enregistrées.")
            return redirect("sollicitations:capacite")
    return render(
        request,
        "sollicitations/capacite.html",
        {"form": form},
        status=422 if request.method == "POST" else 200,
    )


@require_safe
def personnes(request: HttpRequest) -> HttpResponse:
    """People whose name begins as it is typed, as JSON, for a field that names some."""
    require_agent(request.user)
    try:
        check_limit("completion", request.user.pk)
    except TropDeDemandes as error:
        return JsonResponse({"erreur": error.message}, status=429)
    people = suggest(request.user, request.GET.get("q", ""))
    return JsonResponse(
        {"personnes": [{"valeur": named(person), "lieu": person.rattachement} for person in people]}
    )
