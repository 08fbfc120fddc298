"""Drafts: saved as one types, listed, thrown away."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from forum.access import own_drafts
from forum.actions import brouillons as actions
from forum.models import Brouillon
from forum.presentation import Reprise, drafts_to_resume
from plateforme.socle.erreurs import ActionRefusee, TropDeDemandes
from plateforme.socle.pagination import paginate


@require_POST
def brouillon(request: HttpRequest) -> JsonResponse:
    """Save what is in a form. 409 when another device wrote meanwhile, with what it wrote."""
    try:
        contenu: Any = json.loads(request.POST.get("contenu", ""))
        version = int(request.POST.get("version", "0"))
        assert isinstance(contenu, dict)
        assert 0 <= version < 2**31
    except (ValueError, AssertionError, RecursionError):
        return JsonResponse({"erreur": "Ce brouillon est illisible : rechargez la page."}, status=400)
    try:
        saved = actions.save_draft(request.user, request.POST.get("cle", ""), contenu, version)
    except ActionRefusee as error:
        status = 429 if isinstance(error, TropDeDemandes) else 422
        return JsonResponse({"erreur": error.message}, status=status)
    if saved.conflit is not None:
        return JsonResponse(_told(saved.conflit), status=409)
    if saved.absent:
        return JsonResponse({"version": 0, "absent": True}, status=409)
    return JsonResponse({"version": saved.version, "heure": _hour(saved.modifie_le)})


def brouillons(request: HttpRequest) -> HttpResponse:
    """What one is writing, to go on with or to throw away."""
    page = paginate(
        own_drafts(request.user),
        ("-modifie_le", "-pk"),
        apres=request.GET.get("apres", ""),
        avant=request.GET.get("avant", ""),
    )
    rows: list[Reprise] = drafts_to_resume(request.user, page.items)
    return render(
        request,
        "forum/brouillons.html",
        {
            "page": page,
            "reprises": rows,
        },
    )


@require_POST
def supprimer_brouillon(request: HttpRequest) -> HttpResponse:
    actions.delete_draft(request.user, request.POST.get("cle", ""))
    messages.success(request, "Le brouillon est supprimé.")
    request.session["brouillon_envoye"] = request.POST.get("cle", "")[:60]
    return redirect("forum:brouillons")


def _told(draft: Brouillon) -> dict[str, Any]:
    return {"version": draft.version, "contenu": draft.contenu, "heure": _hour(draft.modifie_le)}


def _hour(moment: Any) -> str:
    return f"{timezone.localtime(moment):%H\u00a0h\u00a0%M}"
