"""Pages of documents: list, sharing, download."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from communautes.access import get_readable
from communautes.fichiers.access import get_document
from communautes.fichiers.actions import remove_document, share_document
from communautes.fichiers.forms import DepotForm
from communautes.presentation import community_context
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.pagination import paginate


def liste(request: HttpRequest, slug: str) -> HttpResponse:
    communaute = get_readable(request.user, slug)
    page = paginate(
        communaute.documents.filter(retire_le__isnull=True, version_courante__isnull=False).select_related(
            "auteur__service", "auteur__territoire", "version_courante"
        ),
        ("-cree_le", "-pk"),
        apres=request.GET.get("apres", ""),
        avant=request.GET.get("avant", ""),
    )
    context = community_context(request.user, communaute, "documents")
    return render(request, "fichiers/liste.html", {**context, "page": page})


def deposer(request: HttpRequest, slug: str) -> HttpResponse:
    """Share a file: a page for all, JSON for the script that shows the progress."""
    communaute = get_readable(request.user, slug)
    context = community_context(request.user, communaute, "documents")
    if not context["peut_ecrire"]:
        raise PermissionDenied("Rejoignez la communauté pour y partager un fichier.")
    form = DepotForm(request.POST if request.method == "POST" else None, request.FILES or None)
    scripted = "application/json" in request.headers.get("Accept", "")
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["fichier"]
        try:
            share_document(
                request.user, communaute, file, nom=file.name, description=form.cleaned_data["description"]
            )
        except ActionRefusee as error:
            form.add_error(error.champ if error.champ in form.fields else None, error.message)
        else:
            messages.success(request, f"« {file.name} » est partagé avec la communauté.")
            target = reverse("fichiers:liste", args=[communaute.slug])
            return JsonResponse({"url": target}) if scripted else redirect(target)
    if request.method == "POST" and scripted:
        errors = [message for field in form.errors.values() for message in field]
        return JsonResponse({"erreur": " ".join(errors) or "Le fichier n’a pas été reçu."}, status=422)
    status = 422 if request.method == "POST" else 200
    return render(request, "fichiers/deposer.html", {**context, "form": form}, status=status)


def telecharger(request: HttpRequest, pk: int) -> FileResponse:
    """The bytes, always as a file to keep: nothing that somebody shares is ever a page of ours."""
    document = get_document(request.user, pk)
    version = document.version_courante
    try:
        file = version.fichier.open("rb")
    except FileNotFoundError:
        raise Http404("Ce document est introuvable sur le serveur : prévenez l’assistance.") from None
    response = FileResponse(file, as_attachment=True, filename=document.nom, content_type=version.type_mime)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
def retirer(request: HttpRequest, pk: int) -> HttpResponse:
    document = get_document(request.user, pk)
    remove_document(request.user, document)
    messages.success(request, f"« {document.nom} » est retiré.")
    return redirect("fichiers:liste", document.communaute.slug)
