"""What somebody without account sees of a meeting they are invited to, and their answer."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from plateforme.socle.adresses_secretes import quiet_page
from plateforme.socle.erreurs import ActionRefusee, TropDeDemandes
from plateforme.socle.limites import check_limit
from realtime.reunions import actions
from realtime.reunions.access import get_guest_invitation, is_over
from realtime.reunions.courriels import say_when_to
from realtime.reunions.forms import ReponseForm
from realtime.reunions.models import PointOrdreDuJour


def too_fast(request: HttpRequest, error: TropDeDemandes) -> HttpResponse:
    """What somebody who comes back too often is told."""
    response = render(request, "429.html", {"attente": error.attente}, status=429)
    response["Retry-After"] = str(error.attente)
    return response


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def exterieur(request: HttpRequest, jeton: str) -> HttpResponse:
    """A guest's invitation: what the e-mail said, and three answers. The signed link is the permission."""
    participant = get_guest_invitation(jeton)
    try:
        check_limit("invitation_exterieure", participant.pk)
    except TropDeDemandes as error:
        return quiet_page(too_fast(request, error))
    reunion = participant.reunion
    form = ReponseForm(
        request.POST if request.method == "POST" else None,
        initial={
            "reponse": participant.reponse,
            "commentaire": participant.commentaire,
            "sur": reunion.sequence,
        },
    )
    if form.is_valid():
        try:
            actions.answer_as_guest(participant, **form.cleaned_data)
            return quiet_page(redirect(request.path))
        except ActionRefusee as refused:
            form.add_error(None, refused.message)
    context = {
        "participant": participant,
        "reunion": reunion,
        "quand": say_when_to(reunion, reunion.fuseau),
        "points": reunion.points.filter(etat=PointOrdreDuJour.Etat.RETENU),
        "form": form,
        # Kept as it was written when it is refused.
        "saisi": request.POST.get("commentaire", ""),
        "jeton": jeton,
        "passee": is_over(reunion),
    }
    return quiet_page(render(request, "reunions/exterieur.html", context, status=422 if form.errors else 200))
