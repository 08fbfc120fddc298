"""Files put in messages: sending, taking back, handing out."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from annuaire.models import Agent
from communautes.access import get_readable
from communautes.models import Communaute
from forum.access import get_piece
from forum.actions import pieces as actions
from forum.models import PieceJointe
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.fichiers.joints import hand_out


@require_POST
def pieces(request: HttpRequest, slug: str) -> JsonResponse:
    """Take one file in, sent by the editor while one writes."""
    communaute = get_readable(request.user, slug)
    file = request.FILES.get("fichier")
    if file is None:
        return JsonResponse({"erreur": "Le fichier n’a pas été reçu : réessayez."}, status=422)
    try:
        piece = actions.add_piece(request.user, communaute, file, nom=file.name or "")
    except ActionRefusee as error:
        return JsonResponse({"erreur": error.message}, status=422)
    except PermissionDenied as error:
        return JsonResponse({"erreur": str(error)}, status=403)
    return JsonResponse(
        {
            "id": str(piece.pk),
            "nom": piece.nom,
            "taille": piece.taille,
            "image": piece.image,
            "url": inline_address(piece) if piece.image else piece.get_absolute_url(),
            "retirer": reverse("forum:retirer-piece", args=[piece.pk]),
        },
        status=201,
    )


def piece(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The bytes, always as a file to keep: nothing that somebody sends is ever a page of ours."""
    return _hand_out(get_piece(request.user, pk), as_attachment=True)


def piece_image(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A picture shown in a page: only one that was written again by us."""
    found = get_piece(request.user, pk)
    if not found.image:
        raise Http404("Cette pièce jointe n’est pas une image.")
    return _hand_out(found, as_attachment=False)


@require_POST
def retirer_piece(request: HttpRequest, pk: UUID) -> HttpResponse:
    actions.remove_piece(request.user, get_piece(request.user, pk))
    return HttpResponse(status=204)


def inline_address(piece: PieceJointe) -> str:
    return reverse("forum:piece-image", args=[piece.pk])


def take_files(agent: Agent, communaute: Communaute, files: list[UploadedFile]) -> str:
    """What to add to a text for files chosen in a form without script. Raises `ActionRefusee` at the first refused."""
    lines = []
    for file in files:
        piece = actions.add_piece(agent, communaute, file, nom=file.name or "")
        name = piece.nom.replace("\\", " ").replace("[", "(").replace("]", ")")
        address = inline_address(piece) if piece.image else piece.get_absolute_url()
        lines.append(f"{'!' if piece.image else ''}[{name}]({address})")
    return "\n\n".join(lines)


def _hand_out(piece: PieceJointe, *, as_attachment: bool) -> FileResponse:
    # A picture never changes, but its reader may lose the right to see it: kept by this browser for a while only.
    cache = "private, no-store" if as_attachment else "private, max-age=600"
    return hand_out(piece, as_attachment=as_attachment, cache=cache)
