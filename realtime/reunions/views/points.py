"""The agenda and the documents beside it."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from communautes.access import can_read, can_write
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.fichiers.joints import hand_out
from realtime.reunions import actions
from realtime.reunions.access import can_prepare, get_file, get_link, get_piece, get_point, get_reunion
from realtime.reunions.actions.points import may_edit
from realtime.reunions.forms import DocumentForm, FichierForm, PointForm
from realtime.reunions.models import PointOrdreDuJour, Reunion
from realtime.reunions.presentation import page_layout

DOCUMENTS_LISTED = 200


@require_http_methods(["GET", "HEAD", "POST"])
def ajouter(request: HttpRequest, pk: int) -> HttpResponse:
    """A new point: kept at once from those who prepare the meeting, proposed by others."""
    reunion = get_reunion(request.user, pk)
    prepares = can_prepare(request.user, reunion)
    form = PointForm(request.POST if request.method == "POST" else None, auteur=request.user)
    if form.is_valid():
        act = actions.add_point if prepares else actions.propose_point
        try:
            act(request.user, reunion, form.projet())
        except ActionRefusee as refused:
            refused.show_in(form)
        else:
            messages.success(
                request,
                "Le point est à l’ordre du jour."
                if prepares
                else "Votre point est proposé : les personnes qui préparent la réunion en sont prévenues.",
            )
            return redirect(f"{reunion.get_absolute_url()}#ordre-du-jour")
    return _form(request, reunion, form, None, prepares=prepares)


@require_http_methods(["GET", "HEAD", "POST"])
def modifier(request: HttpRequest, pk: int) -> HttpResponse:
    point = get_point(request.user, pk)
    prepares = can_prepare(request.user, point.reunion)
    if not may_edit(request.user, point, prepares=prepares):
        raise PermissionDenied(
            "Ce point est modifié par sa ou son responsable et par qui prépare la réunion."
        )
    form = PointForm(request.POST if request.method == "POST" else None, auteur=request.user, point=point)
    if form.is_valid():
        try:
            actions.edit_point(request.user, point, form.projet())
            return redirect(f"{point.reunion.get_absolute_url()}#ordre-du-jour")
        except ActionRefusee as refused:
            refused.show_in(form)
    return _form(request, point.reunion, form, point, prepares=prepares)


@require_POST
def retirer(request: HttpRequest, pk: int) -> HttpResponse:
    point = get_point(request.user, pk)
    return _do(request, point.reunion, lambda: actions.remove_point(request.user, point))


@require_POST
def garder(request: HttpRequest, pk: int) -> HttpResponse:
    point = get_point(request.user, pk)
    return _do(request, point.reunion, lambda: actions.keep_point(request.user, point))


@require_POST
def deplacer(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a point one place up, or down when `sens` says so."""
    point = get_point(request.user, pk)
    order = list(
        point.reunion.points.filter(etat=PointOrdreDuJour.Etat.RETENU)
        .order_by("rang")
        .values_list("pk", flat=True)
    )
    if point.pk in order:
        place = order.index(point.pk)
        other = place + (1 if request.POST.get("sens") == "bas" else -1)
        if 0 <= other < len(order):
            order[place], order[other] = order[other], order[place]
    return _do(request, point.reunion, lambda: actions.order_points(request.user, point.reunion, order))


@require_http_methods(["GET", "HEAD", "POST"])
def documents(request: HttpRequest, pk: int) -> HttpResponse:
    """Link documents of the community to the meeting or to a point, and take them off; between agents, bring files."""
    reunion = get_reunion(request.user, pk)
    if reunion.communaute is None:
        return _files(request, reunion)
    if not can_read(request.user, reunion.communaute):
        raise PermissionDenied("Les documents sont ceux d’une communauté.")
    if not can_write(request.user, reunion.communaute):
        raise PermissionDenied("Rejoignez la communauté pour préparer ses réunions.")
    points = _points_of(request, reunion)
    shared = reunion.communaute.documents.filter(retire_le__isnull=True, version_courante__isnull=False)
    form = DocumentForm(
        request.POST if request.method == "POST" else None,
        documents=shared.order_by("-cree_le", "-pk"),
        points=points,
    )
    if form.is_valid():
        try:
            actions.add_document(
                request.user, reunion, form.cleaned_data["document"], point=form.cleaned_data["point"]
            )
            messages.success(request, "Le document est joint.")
            return redirect("reunions:documents", reunion.pk)
        except ActionRefusee as refused:
            refused.show_in(form)
    form.fields["document"].queryset = shared.order_by("-cree_le", "-pk")[:DOCUMENTS_LISTED]
    context = {
        **page_layout(request.user, reunion.communaute),
        "reunion": reunion,
        "form": form,
        "liens": reunion.documents.select_related("document", "point").order_by("point__rang", "pk"),
    }
    return render(request, "reunions/documents.html", context, status=422 if form.errors else 200)


def _points_of(request: HttpRequest, reunion: Reunion) -> "QuerySet[PointOrdreDuJour]":
    """The points to which one may join something: all for who prepares, their own for others; 403 for who has none."""
    points: QuerySet[PointOrdreDuJour] = reunion.points.order_by("rang")
    if not can_prepare(request.user, reunion):
        points = points.filter(responsable=request.user)
        if not points.exists():
            raise PermissionDenied("Les documents sont joints par les personnes qui préparent la réunion.")
    return points


def _files(request: HttpRequest, reunion: Reunion) -> HttpResponse:
    """Bring files to a meeting between agents, and take them off."""
    points = _points_of(request, reunion)
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = FichierForm(*posted, points=points)
    if form.is_valid():
        file = form.cleaned_data["fichier"]
        try:
            actions.add_file(
                request.user, reunion, file, nom=file.name or "", point=form.cleaned_data["point"]
            )
            messages.success(request, "Le fichier est joint.")
            return redirect("reunions:documents", reunion.pk)
        except ActionRefusee as refused:
            form.add_error("fichier", refused.message)
    context = {
        **page_layout(request.user, None),
        "reunion": reunion,
        "form": form,
        "liens": reunion.pieces.select_related("document", "point").order_by("point__rang", "pk"),
    }
    return render(request, "reunions/documents.html", context, status=422 if form.errors else 200)


@require_safe
def fichier(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The bytes, always as a file to keep: nothing that somebody sends is ever a page of ours."""
    return hand_out(get_file(request.user, pk), as_attachment=True, cache="private, no-store")


@require_POST
def retirer_fichier(request: HttpRequest, pk: int) -> HttpResponse:
    piece = get_piece(request.user, pk)
    act = partial(actions.remove_file, request.user, piece)
    return _take_off(request, piece.reunion_id, act, "Le fichier n’est plus joint à cette réunion.")


@require_POST
def retirer_document(request: HttpRequest, pk: int) -> HttpResponse:
    lien = get_link(request.user, pk)
    act = partial(actions.remove_document, request.user, lien)
    return _take_off(request, lien.reunion_id, act, "Le document n’est plus joint à cette réunion.")


def _take_off(request: HttpRequest, reunion: int, act: Callable[[], None], said: str) -> HttpResponse:
    try:
        act()
        messages.success(request, said)
    except ActionRefusee as refused:
        messages.error(request, refused.message)
    return redirect("reunions:documents", reunion)


def _form(
    request: HttpRequest, reunion: Reunion, form: PointForm, point: PointOrdreDuJour | None, *, prepares: bool
) -> HttpResponse:
    context = {
        **page_layout(request.user, reunion.communaute),
        "reunion": reunion,
        "form": form,
        "point": point,
        "peut_preparer": prepares,
        "communaute_suggestions": reunion.communaute.slug if reunion.communaute else "",
    }
    return render(request, "reunions/point.html", context, status=422 if request.method == "POST" else 200)


def _do(request: HttpRequest, reunion: Reunion, act: Any) -> HttpResponse:
    try:
        act()
    except ActionRefusee as refused:
        messages.error(request, refused.message)
    return redirect(f"{reunion.get_absolute_url()}#ordre-du-jour")
