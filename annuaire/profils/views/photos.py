"""Photos: choosing one, taking it away, handing its files out."""

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from annuaire.profils.access import require_photo
from annuaire.profils.actions import remove_photo, set_photo
from annuaire.profils.forms import PhotoForm
from annuaire.profils.photos import Cadre, path_of
from plateforme.socle.erreurs import ActionRefusee


def photo(request: HttpRequest, identifiant: str, cle: str, taille: int) -> FileResponse:
    """One size of somebody's photo. Its address changes with it: browsers keep it for a day."""
    require_photo(request.user, identifiant, cle, taille)
    try:
        file = default_storage.open(path_of(cle, taille))
    except FileNotFoundError:
        raise Http404("Cette photo n’existe plus.") from None
    response = FileResponse(file, content_type="image/jpeg")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, max-age=86400"
    return response


def changer(request: HttpRequest) -> HttpResponse:
    """Choose one's photo and what is kept of it; without script, the square at its centre."""
    form = PhotoForm(request.POST if request.method == "POST" else None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        corners = [data[name] for name in ("x", "y", "cote")]
        file = data["photo"]
        try:
            set_photo(request.user, file, file.size, None if None in corners else Cadre(*corners))
        except ActionRefusee as error:
            error.show_in(form)
        else:
            messages.success(request, "Votre photo est en place.")
            return redirect("annuaire:modifier")
    status = 422 if request.method == "POST" else 200
    return render(request, "profils/photo.html", {"form": form, "agent": request.user}, status=status)


@require_POST
def retirer(request: HttpRequest) -> HttpResponse:
    try:
        remove_photo(request.user)
    except ActionRefusee as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "Votre photo est retirée : vos initiales la remplacent.")
    return redirect("annuaire:modifier")
