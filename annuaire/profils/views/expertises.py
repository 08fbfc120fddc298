"""Adding an expertise, proposing one that is missing, deciding on those proposed."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from annuaire.models import DeclarationExpertise, Expertise
from annuaire.profils import actions
from annuaire.profils.access import get_proposition, require_colleague
from annuaire.profils.forms import AjoutForm, PropositionForm
from annuaire.profils.vocabulaire import search_vocabulary, suggestions_for
from plateforme.socle.erreurs import ActionRefusee


def ajouter(request: HttpRequest) -> HttpResponse:
    """Look for an expertise in one's own words, synonyms and acronyms understood, and declare it."""
    question = request.GET.get("q", "").strip()[:120]
    status = 200
    if request.method == "POST":
        form = AjoutForm(request.POST)
        if form.is_valid():
            chosen = form.cleaned_data["expertise"]
            try:
                actions.add_expertise(
                    request.user, chosen, form.cleaned_data["niveau"], form.cleaned_data["depuis"]
                )
            except ActionRefusee as error:
                messages.error(request, error.message)
            else:
                messages.success(request, f"« {chosen.libelle} » est sur votre profil.")
            return redirect("annuaire:modifier")
        messages.error(
            request, "Choisissez un niveau, et une année entre 1970 et 2100 si vous en donnez une."
        )
        status = 422
    declared = dict(request.user.declarations.values_list("expertise", "niveau"))
    return render(
        request,
        "profils/ajouter_expertise.html",
        {
            "question": question,
            "trouvees": [(row, declared.get(row.pk)) for row in search_vocabulary(question)],
            "suggestions": suggestions_for(request.user),
            "niveaux": DeclarationExpertise.Niveau.choices,
        },
        status=status,
    )


def proposer(request: HttpRequest) -> HttpResponse:
    """Propose an expertise that the vocabulary lacks."""
    require_colleague(request.user)
    form = PropositionForm(request.POST or None, initial={"libelle": request.GET.get("libelle", "")[:120]})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.propose_expertise(request.user, **data)
        except ActionRefusee as error:
            error.show_in(form)
        else:
            request.session["brouillon_envoye"] = "proposer-expertise"
            messages.success(request, f"« {data['libelle']} » est proposée : vous aurez une réponse.")
            return redirect("annuaire:modifier")
    status = 422 if request.method == "POST" else 200
    return render(request, "profils/proposer_expertise.html", {"form": form}, status=status)


@require_POST
def ecarter(request: HttpRequest, pk: int) -> HttpResponse:
    """No longer be proposed an expertise."""
    expertise = Expertise.objects.filter(pk=pk).first()
    if expertise is None:
        raise Http404("Cette expertise n’existe plus.")
    try:
        actions.dismiss_suggestion(request.user, expertise)
    except ActionRefusee as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"« {expertise.libelle} » ne vous sera plus proposée.")
    return redirect("annuaire:modifier")


@require_POST
def decider(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a proposed expertise, make it one with another, or refuse it with a reason."""
    proposed = get_proposition(request.user, pk)
    outcome = request.POST.get("suite")
    try:
        if outcome == "creer":
            libelle = request.POST.get("libelle", "")[:120]
            actions.accept_proposal(request.user, proposed, libelle, request.POST.get("domaine", ""))
        elif outcome == "fusionner":
            into = request.POST.get("cible", "")
            target = (
                Expertise.objects.filter(pk=int(into)).first()
                if into.isdecimal() and len(into) < 10
                else None
            )
            if target is None:
                raise ActionRefusee("Choisissez l’expertise à laquelle réunir la proposition.")
            actions.merge_proposal(request.user, proposed, target)
        else:
            actions.refuse_proposal(request.user, proposed, request.POST.get("motif", "")[:300])
    except ActionRefusee as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"« {proposed.libelle} » : c’est décidé, la personne est prévenue.")
    return redirect("profils:moderation")
