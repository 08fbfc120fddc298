"""What the pages of « Quand se voit-on ? » show."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.preferences import clock_of
from plateforme.socle.pagination import Page, paginate
from realtime.reunions.access import visible_reunions
from realtime.reunions.access_sondages import can_decide, sonde_of
from realtime.reunions.conflits import busy_at
from realtime.reunions.forms_sondages import DisponibilitesForm, champ_de
from realtime.reunions.horaires import say_duration, say_moment
from realtime.reunions.models import Creneau, Disponibilite, SondageDates, Sonde
from realtime.reunions.presentation import moment_of, page_layout

PEOPLE = 25
LATE_SHOWN = 12


def slots_of(sondage: SondageDates, fuseau: str) -> list[Any]:
    """The slots by the clock `fuseau`, with how many can, could if need be and cannot; `meilleur`: the best of those to
    come, all of them when several are as good. Two queries."""
    counts: dict[int, dict[str, int]] = {}
    for pk, choix, number in (
        Disponibilite.objects.filter(creneau__sondage=sondage, sonde__retire_le__isnull=True)
        .values_list("creneau", "choix")
        .annotate(Count("pk"))
    ):
        counts.setdefault(pk, {})[choix] = number
    now = timezone.now()
    slots: list[Any] = list(sondage.creneaux.all())
    for slot in slots:
        slot.duree_minutes, slot.fuseau = sondage.duree_minutes, sondage.fuseau
        slot.moment = moment_of(slot, fuseau)
        found = counts.get(slot.pk, {})
        slot.oui, slot.si_besoin, slot.non = (found.get(choix, 0) for choix in Disponibilite.Choix.values)
        slot.passe = slot.debut <= now
        slot.note = (slot.oui + slot.si_besoin, slot.oui)
    best = max((slot.note for slot in slots if not slot.passe and slot.note[0]), default=None)
    for slot in slots:
        slot.meilleur = best is not None and not slot.passe and slot.note == best
    return slots


def sondage_context(
    agent: Agent, sondage: SondageDates, *, data: Any = None, apres: str = "", avant: str = ""
) -> dict[str, Any]:
    """What the page of a search for a date shows. About a dozen queries, whatever the number of answers."""
    fuseau = clock_of(agent)
    slots = slots_of(sondage, fuseau)
    mine = sonde_of(agent, sondage)
    busy = busy_at(agent.pk, [slot.debut for slot in slots if not slot.passe], sondage.duree_minutes)
    form = answer_form(mine, slots, data) if mine is not None and sondage.takes_answers() else None
    for slot in slots:
        slot.occupe = slot.debut in busy and sondage.ouvert
        slot.champ = form[champ_de(slot)] if form is not None and champ_de(slot) in form.fields else None
    decides = can_decide(agent, sondage) and sondage.ouvert
    asked = Sonde.objects.present().filter(sondage=sondage)
    late = asked.filter(repondu_le__isnull=True)
    page = answers_page(asked, slots, apres=apres, avant=avant)
    reunion = sondage.reunion
    return {
        **page_layout(agent, sondage.communaute),
        "sondage": sondage,
        "duree": say_duration(sondage.duree_minutes),
        "creneaux": slots,
        "choisi": next((slot for slot in slots if slot.retenu), None),
        "form": form,
        "moi": mine,
        "prend_reponses": sondage.takes_answers(),
        "cloture": say_moment(sondage.cloture_le, fuseau) if sondage.cloture_le else "",
        "peut_decider": decides,
        "page": page,
        "nb_attendus": asked.count(),
        "nb_reponses": asked.filter(repondu_le__isnull=False).count(),
        "en_retard": list(late.select_related("agent")[:LATE_SHOWN]) if decides else [],
        "nb_retard": late.count(),
        "voit_reunion": reunion is not None and visible_reunions(agent).filter(pk=reunion.pk).exists(),
    }


def answer_form(row: Sonde, slots: Iterable[Creneau], data: Any = None) -> DisponibilitesForm:
    """The form of one person's answers, for the slots to come. One query."""
    said = dict(row.disponibilites.values_list("creneau", "choix"))
    coming = [slot for slot in slots if slot.debut > timezone.now()]
    return DisponibilitesForm(data, creneaux=coming, dites=said, initial={"commentaire": row.commentaire})


def answers_page(asked: Any, slots: list[Any], *, apres: str, avant: str) -> "Page[Any]":
    """Those who answered, a page of them, each with `cases`: what they said of each slot, in the slots' order."""
    page = paginate(
        asked.filter(repondu_le__isnull=False).select_related("agent__service", "agent__territoire"),
        ("pk",),
        apres=apres,
        avant=avant,
        size=PEOPLE,
    )
    said: dict[tuple[int, int], str] = {
        (row.sonde_id, row.creneau_id): row.choix
        for row in Disponibilite.objects.filter(sonde__in=[person.pk for person in page.items])
    }
    labels = dict(Disponibilite.Choix.choices)
    for person in page.items:
        cases = [(slot, said.get((person.pk, slot.pk), "")) for slot in slots]
        person.cases = [(slot, choix, labels.get(choix, "Sans réponse")) for slot, choix in cases]
    return page
