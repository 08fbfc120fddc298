"""Files of a salon: sending, taking back, handing out, finding again."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_POST, require_safe

from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.fichiers.joints import hand_out
from plateforme.socle.limites import check_limit
from plateforme.socle.pagination import Page, paginate
from realtime.access import get_salon
from realtime.fichiers.access import files_of_salon, get_file
from realtime.fichiers.actions import add_file, remove_file
from realtime.fichiers.models import FichierSalon
from realtime.fichiers.presentation import file_frame
from realtime.presentation import name_salons, page_layout

PAGE = 30
MAX_WORDS = 80


@require_POST
def envoyer(request: HttpRequest, pk: int) -> JsonResponse:
    """Take one file in, sent by the page while one writes. `client_id`: what makes a second sending harmless."""
    file = request.FILES.get("fichier")
    try:
        client_id = UUID(request.POST.get("client_id", ""))
    except ValueError:
        client_id = None
    if file is None or client_id is None:
        return JsonResponse({"erreur": "Le fichier n’a pas été reçu : réessayez."}, status=422)
    try:
        salon = get_salon(request.user, pk)
        kept = add_file(request.user, salon, file, nom=file.name or "", client_id=client_id)
    except ActionRefusee as error:
        return JsonResponse({"erreur": error.message}, status=422)
    except (PermissionDenied, Http404) as error:
        status = 403 if isinstance(error, PermissionDenied) else 404
        return JsonResponse({"erreur": "Vous n’avez plus accès à ce salon."}, status=status)
    return JsonResponse(
        {**file_frame(kept), "retirer": reverse("realtime:retirer-fichier", args=[salon.pk, kept.pk])},
        status=201,
    )


@require_POST
def retirer(request: HttpRequest, pk: int, fichier: UUID) -> HttpResponse:
    remove_file(request.user, get_file(request.user, pk, fichier))
    return HttpResponse(status=204)


@require_safe
def fichier(request: HttpRequest, pk: int, fichier: UUID) -> HttpResponseBase:
    """The bytes, always as a file to keep: nothing that somebody sends is ever a page of ours."""
    return hand_out(get_file(request.user, pk, fichier), as_attachment=True, cache="private, no-store")


@require_safe
def image(request: HttpRequest, pk: int, fichier: UUID) -> HttpResponseBase:
    """A picture shown in the conversation: only one that was written again by us."""
    found = get_file(request.user, pk, fichier)
    if not found.image:
        raise Http404("Ce fichier n’est pas une image.")
    # The browser keeps it, and asks each time whether it may still be seen.
    etag = f'"{found.empreinte}"'
    unchanged = get_conditional_response(request, etag=etag)
    response = unchanged or hand_out(found, as_attachment=False, cache="private, no-cache")
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return response


@require_safe
def liste(request: HttpRequest, pk: int) -> HttpResponse:
    """The files of a salon, the latest first; `?q=`: those whose name holds these words."""
    salon = get_salon(request.user, pk)
    mots = " ".join(request.GET.get("q", "").replace("\0", "")[:MAX_WORDS].split())
    erreur, page = "", Page[FichierSalon]([], None, None)
    try:
        if mots:
            check_limit("recherche", request.user.pk)
        page = paginate(
            files_of_salon(request.user, salon, mots).select_related(
                "message__auteur__service", "message__auteur__territoire"
            ),
            ("-message_id", "-rang"),
            apres=request.GET.get("apres", ""),
            avant=request.GET.get("avant", ""),
            size=PAGE,
        )
    except ActionRefusee as refused:
        erreur = refused.message
    name_salons(request.user, [salon])
    context = {
        **page_layout(request.user, salon),
        "salon": salon,
        "page": page,
        "mots": mots,
        "erreur": erreur,
    }
    return render(request, "realtime/fichiers.html", context, status=429 if erreur else 200)
