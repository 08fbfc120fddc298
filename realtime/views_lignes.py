"""One line of a salon: its address, its gestures for whoever has no JavaScript, its versions."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from forum.models import Reaction
from plateforme.socle.erreurs import ActionRefusee
from realtime import lignes
from realtime.access import get_line, may_pin, may_remove, may_restore, may_retouch
from realtime.etats import Etat, states_of
from realtime.fichiers.actions import clean_alternative
from realtime.fichiers.formulaires import read_joints
from realtime.fichiers.joints import Joint
from realtime.fichiers.presentation import file_frame
from realtime.forms import ModifierForm
from realtime.models import FichierSalon, MessageSalon
from realtime.presentation import build_lines, name_salons, page_layout


@require_safe
def message(request: HttpRequest, pk: int, numero: int) -> HttpResponse:
    """The address of a line: the salon, or its thread, opened there."""
    return redirect(_address(get_line(request.user, pk, numero)))


@require_safe
def gestes(request: HttpRequest, pk: int, numero: int) -> HttpResponse:
    """All that one may do with a line."""
    return _gestures_page(request, get_line(request.user, pk, numero))


@require_http_methods(["GET", "HEAD", "POST"])
def modifier(request: HttpRequest, pk: int, numero: int) -> HttpResponse:
    """Say one's line otherwise; to a script, what it says now and its version."""
    line = get_line(request.user, pk, numero)
    if line.auteur_id != request.user.pk:
        raise PermissionDenied("Seule la personne qui a écrit ce message peut le modifier.")
    if request.method != "POST" and _scripted(request):
        return JsonResponse(
            {
                "texte": line.texte if line.visible else "",
                "version": line.version,
                "fichiers": [file_frame(fichier) for fichier in _files(line)],
            }
        )
    joints = read_joints(request.POST) if "joint" in request.POST else None
    form = ModifierForm(
        request.POST if request.method == "POST" else None,
        initial={"texte": line.texte, "version": line.version},
        avec_fichiers=bool(joints),
    )
    form.fields["texte"].widget.attrs["rows"] = 6
    if request.method == "POST" and form.is_valid():
        try:
            lignes.edit_line(
                request.user,
                line,
                form.cleaned_data["texte"],
                version=form.cleaned_data["version"] or 0,
                fichiers=joints,
            )
        except ActionRefusee as refused:
            form.add_error("texte", refused.message)
            if isinstance(refused, lignes.LigneDepassee):
                # What was typed stays; once compared, it may be kept.
                line = get_line(request.user, pk, numero)
                form.data = form.data.copy()
                form.data["version"] = line.version
        else:
            return redirect(_address(line))
    context = {
        "form": form,
        "possible": may_retouch(request.user, line) or form.is_bound,
        "joints": _files(line, joints or ()),
    }
    return _page(request, "realtime/modifier.html", line, context, status=422 if form.errors else 200)


@require_safe
def versions(request: HttpRequest, pk: int, numero: int) -> HttpResponse:
    """What a line has said, the latest first."""
    line = get_line(request.user, pk, numero)
    if not line.visible:
        raise Http404("Ce message a été supprimé.")
    earlier = list(line.versions.order_by("-numero")[:100])
    return _page(request, "realtime/versions.html", line, {"versions": earlier})


@require_POST
def supprimer(request: HttpRequest, pk: int, numero: int) -> HttpResponse:
    """Withdraw a line; somebody else's with a reason, which is kept when it is refused."""
    line = get_line(request.user, pk, numero)
    motif = request.POST.get("motif", "")
    try:
        lignes.delete_line(request.user, line, motif=motif)
    except ActionRefusee as refused:
        return _gestures_page(request, line, motif=motif, erreur=refused.message)
    messages.success(request, "Le message est supprimé.")
    return redirect(_address(line))


@require_POST
def retablir(request: HttpRequest, pk: int, numero: int) -> HttpResponse:
    return _done(request, pk, numero, lambda line: lignes.restore_line(request.user, line))


@require_POST
def reagir(request: HttpRequest, pk: int, numero: int) -> HttpResponse:
    """`reaction`: a kind, with `-` before it to take it back."""
    wanted = request.POST.get("reaction", "")
    return _done(
        request,
        pk,
        numero,
        lambda line: lignes.set_line_reaction(
            request.user, line, wanted.removeprefix("-"), not wanted.startswith("-")
        ),
    )


@require_POST
def epingler(request: HttpRequest, pk: int, numero: int) -> HttpResponse:
    """`epingle`: `oui` or `non`."""
    wanted = request.POST.get("epingle") != "non"
    return _done(request, pk, numero, lambda line: lignes.pin_line(request.user, line, wanted))


def _files(line: MessageSalon, typed: Iterable[Joint] = ()) -> list[FichierSalon]:
    """The files that a line shows, described as the form that comes back says."""
    found = list(states_of([line]).get(line.pk, Etat()).fichiers)
    described = {joint.id: joint for joint in typed}
    for fichier in found:
        if fichier.pk in described:
            fichier.alternative = clean_alternative(described[fichier.pk], fichier.alternative)
    return found


def _done(
    request: HttpRequest, pk: int, numero: int, act: Callable[[MessageSalon], MessageSalon]
) -> HttpResponse:
    """Do it, and go back to the line; say why when it is refused."""
    line = get_line(request.user, pk, numero)
    try:
        act(line)
    except ActionRefusee as refused:
        messages.error(request, refused.message)
    return redirect(_address(line))


def _gestures_page(
    request: HttpRequest, line: MessageSalon, *, motif: str = "", erreur: str = ""
) -> HttpResponse:
    agent = request.user
    (shown,) = build_lines([line], agent)
    context = {
        "ligne": shown,
        "mienne": line.auteur_id == agent.pk,
        "genres": [(kind.value, kind.label, kind.value in shown.etat.miennes) for kind in Reaction.Genre],
        "peut_modifier": may_retouch(agent, line),
        "peut_retirer": may_remove(agent, line),
        "peut_epingler": may_pin(agent, line.salon),
        "peut_retablir": may_restore(agent, line),
        "adresse": request.build_absolute_uri(line.get_absolute_url()),
        "motif": motif,
        "erreur": erreur,
    }
    return _page(request, "realtime/gestes.html", line, context, status=422 if erreur else 200)


def _page(
    request: HttpRequest, template: str, line: MessageSalon, more: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    name_salons(request.user, [line.salon])
    context = {
        **page_layout(request.user, line.salon),
        "salon": line.salon,
        "message": line,
        "retour": _address(line),
        **more,
    }
    return render(request, template, context, status=status)


def _address(line: MessageSalon) -> str:
    """The page of the salon that shows the line, opened there; of its thread, for a reply."""
    if line.racine is not None:
        root = reverse("realtime:fil", args=[line.salon_id, line.racine.numero])
        return f"{root}?autour={line.numero}#reponse-{line.numero}"
    return f"{line.salon.get_absolute_url()}?autour={line.numero}#ligne-{line.numero}"


def _scripted(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")
