"""The thread of a line of a salon: its page, the pane that a salon's page opens, its gestures without JavaScript."""

from django.contrib import messages as messages_of_django
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from plateforme.socle.erreurs import ActionRefusee
from realtime.access import get_root
from realtime.actions import send_message
from realtime.fichiers.formulaires import receive, waiting_files
from realtime.forms import RepondreForm
from realtime.models import MessageSalon
from realtime.presentation import END, Endroit, page_layout
from realtime.presentation_fils import thread_context
from realtime.reponses import follow_fil, mark_fils_read
from realtime.views import MAX_NUMBER, number_of, place_of


@require_safe
def fil(request: HttpRequest, pk: int, numero: int) -> HttpResponse:
    """The thread of a line, its last replies, or where one had read to when more are new; `?fin=1` opens it at its end,
    `?autour=` around a reply, `?avant=` and `?depuis=` are its pages.
    `?volet=1`: for the pane of a salon's page. What the page shows is read. A reply's own thread is its root's."""
    racine = get_root(request.user, pk, numero)
    if racine.numero != numero:
        return redirect(f"{address_of(racine)}?autour={numero}#reponse-{numero}")
    endroit = place_of(request)
    context = thread_context(request.user, racine, endroit) | {"form": RepondreForm()}
    if endroit.avant is None and endroit.autour is None and request.method == "GET":
        mark_fils_read({(request.user.pk, (pk, numero)): context["dernier"]})
    if request.GET.get("volet") == "1":
        context |= {"volet": True, "peut_ecrire": page_layout(request.user, racine.salon)["peut_ecrire"]}
        return render(request, "realtime/_fil.html", context)
    return _page(request, racine, context)


@require_safe
def reponses(request: HttpRequest, pk: int, numero: int) -> HttpResponse:
    """Older replies, or newer ones, as a fragment of the page."""
    racine = get_root(request.user, pk, numero)
    depuis = number_of(request, "depuis")
    endroit = (
        Endroit(depuis=depuis)
        if depuis is not None
        else Endroit(avant=number_of(request, "avant") or MAX_NUMBER)
    )
    return render(request, "realtime/_reponses.html", thread_context(request.user, racine, endroit))


@require_POST
def repondre(request: HttpRequest, pk: int, numero: int) -> HttpResponse:
    """Answer without JavaScript: back to the thread, or to the form with what was typed."""
    racine = get_root(request.user, pk, numero)
    form, joints = receive(request, racine.salon, RepondreForm)
    if form.is_valid():
        try:
            send_message(request.user, racine.salon, racine=racine, fichiers=joints, **form.cleaned_data)
        except ActionRefusee as refused:
            form.add_error("texte", refused.message)
        else:
            return redirect(f"{address_of(racine)}#repondre")
    context = thread_context(request.user, racine, END) | {"form": form}
    context["joints"] = waiting_files(request.user, racine.salon, joints)
    return _page(request, racine, context)


@require_POST
def suivre(request: HttpRequest, pk: int, numero: int) -> HttpResponse:
    """`suivre`: `oui` or `non`. A script stays where it is."""
    racine = get_root(request.user, pk, numero)
    follows = request.POST.get("suivre") != "non"
    scripted = request.headers.get("X-Requested-With") == "fetch"
    try:
        follow_fil(request.user, racine, follows)
    except ActionRefusee as refused:
        if scripted:
            return HttpResponse(refused.message, status=429, content_type="text/plain")
        messages_of_django.error(request, refused.message)
    else:
        if scripted:
            return HttpResponse(status=204)
        said = "Vous suivez ce fil\u00a0: ses réponses vous seront annoncées."
        if not follows:
            said = "Vous ne suivez plus ce fil\u00a0: ses réponses ne vous seront plus annoncées."
        messages_of_django.success(request, said)
    return redirect(address_of(racine))


def address_of(racine: MessageSalon) -> str:
    """The page of the thread of a root."""
    return reverse("realtime:fil", args=[racine.salon_id, racine.numero])


def _page(request: HttpRequest, racine: MessageSalon, context: dict[str, object]) -> HttpResponse:
    context |= page_layout(request.user, racine.salon)
    return render(request, "realtime/fil.html", context)
