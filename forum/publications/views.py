"""Making a sujet of a sollicitation: one page for both, whoever's turn it is."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_POST

from annuaire.models import Agent
from annuaire.notifications.actions import mark_all_read
from annuaire.sollicitations.etats import PRISES
from annuaire.sollicitations.models import Destinataire, MessageFil
from forum.publications import actions
from forum.publications.access import get_publication, get_publishable, places_for_both
from forum.publications.forms import AccordForm, PublierForm
from forum.publications.models import Publication
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.texte import render_markdown


@require_http_methods(["GET", "HEAD", "POST"])
def publier(request: HttpRequest, pk: int) -> HttpResponse:
    """Write what is proposed, or change it; what the other proposed is read there, and agreed to."""
    fil = get_publishable(request.user, pk)
    row = get_publication(fil)
    if row is not None and row.sujet is not None:
        return redirect(row.sujet)
    if row is None and fil.etat not in PRISES:
        messages.info(request, "Ces échanges pourront être publiés une fois la réponse donnée.")
        return redirect(fil)
    if request.method == "GET":
        mark_all_read(request.user, fil=f"publication.{fil.pk}")
    places = places_for_both(fil)
    form = PublierForm(
        request.POST if request.method == "POST" else None,
        lieux=places,
        initial=_initial(request.user, fil, row),
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.propose(
                request.user,
                fil,
                data["communaute"],
                titre=data["titre"],
                texte=data["texte"],
                nommer=data["nommer"],
                version=data["depart"],
            )
        except ActionRefusee as refused:
            refused.show_in(form)
            row = get_publication(fil)
            form.data = form.data.copy()
            form.data["depart"] = row.version if row is not None else 0
        else:
            request.session["brouillon_envoye"] = f"publier-{fil.pk}"
            messages.success(
                request, f"Votre proposition est envoyée à {_other(request.user, fil).nom_complet}."
            )
            return redirect(fil)
    return _page(request, fil, row, form)


@require_POST
def accord(request: HttpRequest, pk: int) -> HttpResponse:
    """Agree to what the other proposed: the sujet opens; or refuse it, as one takes one's own back."""
    fil = get_publishable(request.user, pk)
    try:
        if request.POST.get("geste") != "accepter":
            actions.withdraw(request.user, fil)
            messages.success(request, "La proposition de publication est retirée.")
            return redirect(fil)
        form = AccordForm(request.POST)
        if not form.is_valid():
            raise ActionRefusee("Rouvrez cette page, puis recommencez.")
        sujet = actions.agree(
            request.user, fil, nommer=form.cleaned_data["nommer"], version=form.cleaned_data["depart"]
        )
    except ActionRefusee as refused:
        messages.error(request, refused.message)
        return redirect("publications:publier", pk)
    messages.success(request, "Le sujet est ouvert : merci de partager ce que vous avez trouvé.")
    return redirect(sujet)


def _page(
    request: HttpRequest, fil: Destinataire, row: Publication | None, form: PublierForm
) -> HttpResponse:
    theirs = row is not None and row.par_id != request.user.pk
    context = {
        "fil": fil,
        "sollicitation": fil.sollicitation,
        "retour": fil,
        "publication": row,
        "proposee": theirs,
        "autre": _other(request.user, fil),
        "apercu": render_markdown(row.texte) if row is not None else SafeString(""),
        "form": form,
        "aucun_lieu": not form.fields["communaute"].queryset.exists(),
    }
    return render(request, "publications/publier.html", context, status=422 if form.errors else 200)


def _initial(agent: Agent, fil: Destinataire, row: Publication | None) -> dict[str, Any]:
    """What the other wrote, or I did; else the need and what was answered to it, to be edited."""
    if row is not None:
        named = row.sollicite_nomme if agent.pk == fil.agent_id else row.demandeur_nomme
        return {
            "communaute": row.communaute_id,
            "titre": row.titre,
            "texte": row.texte,
            "nommer": named is not False,
            "depart": row.version,
        }
    said = MessageFil.objects.filter(fil=fil, auteur=fil.agent).exclude(texte="").order_by("numero")
    answers = list(said.filter(evenement=MessageFil.Evenement.REPOND)) or list(said)
    texts = "\n\n".join(message.texte for message in answers)
    asked = fil.sollicitation
    return {
        "titre": asked.objet,
        "texte": f"## La question\n\n{asked.besoin}\n\n## La réponse\n\n{texts}",
        "nommer": True,
        "depart": 0,
    }


def _other(agent: Agent, fil: Destinataire) -> Agent:
    return fil.sollicitation.demandeur if agent.pk == fil.agent_id else fil.agent
