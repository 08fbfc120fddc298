"""Changing one's own profile, one part at a time."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.forms import BaseFormSet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from annuaire.access import get_agent
from annuaire.models import Agent, DeclarationExpertise, Expertise
from annuaire.profils import actions
from annuaire.profils.actions.sections import LigneMission
from annuaire.profils.forms import (
    ContactForm,
    DeclarationFormSet,
    DisponibiliteForm,
    IdentiteForm,
    MissionFormSet,
    PartieForm,
    PresentationForm,
    expertise_choices,
)
from annuaire.profils.sections import SECTIONS, fingerprint, missing
from annuaire.profils.vocabulaire import suggestions_for
from plateforme.socle.erreurs import ActionRefusee


@dataclass(frozen=True)
class Page:
    """How a part is changed: its form (with lines, for some), and the action it ends in."""

    enregistrer: Callable[..., None]
    form: type[PartieForm] = PartieForm
    lignes: Callable[..., "BaseFormSet[Any]"] | None = None


def _identity(agent: Agent, form: PartieForm, lines: Any) -> None:
    data = dict(form.cleaned_data)
    actions.update_identity(
        agent,
        {name: data[name] for name in ("prenom", "nom", "fonction", "organisme") if name in data},
        type_service=data.get("type_service"),
        territoire=data["territoire"],
        couverts=data["couverts"],
        langues=data["langues"],
        depart=data["depart"],
    )


def _presentation(agent: Agent, form: PartieForm, lines: Any) -> None:
    actions.update_presentation(agent, form.cleaned_data["biographie"], depart=form.cleaned_data["depart"])


def _availability(agent: Agent, form: PartieForm, lines: Any) -> None:
    data = form.cleaned_data
    actions.update_availability(
        agent, data["disponibilite"], data["jusqu_au"], data["aides"], depart=data["depart"]
    )


def _contact(agent: Agent, form: PartieForm, lines: Any) -> None:
    actions.update_contact(agent, **form.cleaned_data)


def _expertises(agent: Agent, form: PartieForm, lines: Any) -> None:
    chosen = [line.cleaned_data for line in lines if line.cleaned_data.get("expertise")]
    expertises = Expertise.objects.in_bulk([int(row["expertise"]) for row in chosen])
    declared = [(expertises[int(row["expertise"])], row["niveau"], row["depuis"]) for row in chosen]
    actions.set_expertises(agent, declared, depart=form.cleaned_data["depart"])


def _missions(agent: Agent, form: PartieForm, lines: Any) -> None:
    chosen = [LigneMission(**line.cleaned_data) for line in lines if line.cleaned_data.get("titre")]
    actions.set_missions(agent, chosen, depart=form.cleaned_data["depart"])


def _declared(agent: Agent, data: Any) -> "BaseFormSet[Any]":
    rows = SECTIONS["expertises"].lire(agent)["lignes"]
    initial = [{"expertise": str(pk), "niveau": level, "depuis": since} for pk, level, since in rows]
    return DeclarationFormSet(
        data, initial=initial, prefix="expertises", form_kwargs={"choix": expertise_choices()}
    )


def _mission_lines(agent: Agent, data: Any) -> "BaseFormSet[Any]":
    rows = SECTIONS["missions"].lire(agent)["lignes"]
    names = ("titre", "debut", "fin", "precision")
    return MissionFormSet(
        data, initial=[dict(zip(names, row, strict=True)) for row in rows], prefix="missions"
    )


PAGES = {
    "identite": Page(_identity, IdentiteForm),
    "presentation": Page(_presentation, PresentationForm),
    "expertises": Page(_expertises, lignes=_declared),
    "missions": Page(_missions, lignes=_mission_lines),
    "disponibilite": Page(_availability, DisponibiliteForm),
    "contact": Page(_contact, ContactForm),
}


def parties(request: HttpRequest) -> HttpResponse:
    """All parts of one's own profile, with what would complete it."""
    agent = get_agent(request.user, request.user.identifiant)
    empty = missing(agent)
    return render(
        request,
        "profils/parties.html",
        {
            "agent": agent,
            "parties": [(section, section.nom in empty) for section in SECTIONS.values()],
            "sans_photo": "photo" in empty,
            "suggestions": suggestions_for(agent),
            "niveaux": DeclarationExpertise.Niveau.choices,
            "faites": len(SECTIONS) + 1 - len(empty),
            "total": len(SECTIONS) + 1,
        },
    )


def modifier(request: HttpRequest, section: str) -> HttpResponse:
    """One part: its form, saved whole or not at all."""
    if section not in PAGES:
        raise Http404("Cette partie du profil n’existe pas.")
    agent = get_agent(request.user, request.user.identifiant)
    page = PAGES[section]
    context = {"partie": SECTIONS[section], "agent": agent, "cle_brouillon": f"profil-{section}"}
    if request.method != "POST":
        start = {**SECTIONS[section].lire(agent), "depart": fingerprint(agent, section)}
        form = page.form(agent=agent, initial=start)
        lines = page.lignes(agent, None) if page.lignes else None
        return render(request, "profils/modifier.html", {**context, "form": form, "lignes": lines})
    form = page.form(request.POST, agent=agent)
    lines = page.lignes(agent, request.POST) if page.lignes else None
    status = 422
    if all([form.is_valid(), lines is None or lines.is_valid()]):
        try:
            page.enregistrer(agent, form, lines)
        except actions.ProfilChange as error:
            # Saved again as it stands, it replaces what is there now: the person has seen both.
            agent = get_agent(request.user, request.user.identifiant)
            form.data = form.data.copy()
            form.data["depart"] = fingerprint(agent, section)
            error.show_in(form)
            context |= {"enregistre": _said(agent, page, section), "agent": agent}
            status = 409
        except ActionRefusee as error:
            error.show_in(form)
        else:
            messages.success(request, "Votre profil est à jour.")
            return redirect("annuaire:modifier")
    return render(request, "profils/modifier.html", {**context, "form": form, "lignes": lines}, status=status)


def _said(agent: Agent, page: Page, section: str) -> list[tuple[str, str]]:
    """What a part holds now, in the words of its form: (label, value)."""
    if page.lignes:
        forms = list(page.lignes(agent, None).initial_forms)
        return [("", ", ".join(value for _, value in _values(form))) for form in forms]
    return _values(page.form(agent=agent, initial=SECTIONS[section].lire(agent)))


def _values(form: Any) -> list[tuple[str, str]]:
    found = []
    for field in form.visible_fields():
        value = field.value()
        names = {str(key): name for key, name in _flat(getattr(field.field, "choices", ()))}
        said = [names.get(str(one), str(one)) for one in (value if isinstance(value, list) else [value])]
        if isinstance(value, bool):
            said = ["oui" if value else "non"]
        text = ", ".join(one for one in said if one and one != "None")
        if text:
            found.append((str(field.label), text))
    return found


def _flat(choices: Any) -> list[tuple[Any, str]]:
    pairs = []
    for key, name in choices:
        pairs += name if isinstance(name, list | tuple) else [(key, str(name))]
    return [(key, str(name)) for key, name in pairs]
