"""Decisions and actions noted in a meeting, then confirmed by who keeps its minutes.

Always in this order: row noted, decision, counter of the register, meeting. The meeting's row comes last because the
register, which knows nothing of meetings, tells it of each change (`suites.OrigineReunions`).
"""

from datetime import date

from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone

from annuaire.models import Agent
from communautes.suites.actions import cancel_decision, confirm_decision, create_task, propose_decision
from communautes.suites.actions.tours import REDITE
from communautes.suites.redaction import check_decision, check_libelle, render_again
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.journal import record
from plateforme.socle.limites import check_limit
from plateforme.socle.texte import RENDERER_VERSION
from realtime.reunions.access import participant_of
from realtime.seances.access import can_take_part, require_lead, require_part
from realtime.seances.actions.commun import locked, tell
from realtime.seances.models import Seance, SuiteReunion

SUITES_MAX = 200
BATCH = 200
MOTIF = "Écartée pendant la réunion"

# Sent when an action, or a decision that no register has, is confirmed or set aside, in the transaction that holds the
# meeting: `suite`.
suite_changed = Signal()


@transaction.atomic
def note_decision(auteur: Agent, seance: Seance, texte: str) -> SuiteReunion:
    """Write what is decided on the current point: proposed in the register of the community, by its members; in a
    meeting without community, kept with it.

    The same words sent again within a minute are the first. Raises `ActionRefusee` and `PermissionDenied`.
    """
    reunion = seance.reunion
    require_part(auteur, reunion)
    if reunion.communaute is None:
        return _note_apart(auteur, seance, texte)
    decision = propose_decision(auteur, reunion.communaute, texte)
    current = locked(seance)
    _require_room(current)
    suite, new = SuiteReunion.objects.get_or_create(
        decision=decision,
        defaults={
            "seance": current,
            "point": current.point,
            "auteur": auteur,
            "cree_le": timezone.now(),
        },
    )
    if new:
        tell(current, "suite")
    return suite


@transaction.atomic
def note_action(
    auteur: Agent,
    seance: Seance,
    libelle: str,
    *,
    responsable: Agent | None = None,
    echeance: date | None = None,
) -> SuiteReunion:
    """Write what is to be done, by whom and when: a proposal until it is confirmed. Whoever takes part."""
    require_part(auteur, seance.reunion)
    libelle = check_libelle(libelle)
    if echeance is not None and echeance < timezone.localdate():
        raise ActionRefusee("Cette échéance est passée.", champ="echeance")
    if responsable is not None and not can_take_part(responsable, seance.reunion):
        raise ActionRefusee(
            f"{responsable.nom_complet} ne participe pas à cette réunion : choisissez quelqu’un d’autre.",
            champ="responsable",
        )
    check_limit("tache", auteur.pk)
    current = locked(seance)
    _require_room(current)
    # A double click, or a resend after a cut.
    twin = SuiteReunion.objects.filter(
        seance=current,
        libelle=libelle,
        auteur=auteur,
        responsable=responsable,
        etat=SuiteReunion.Etat.PROPOSEE,
    ).first()
    if twin is not None:
        return twin
    suite = SuiteReunion.objects.create(
        seance=current,
        point=current.point,
        libelle=libelle,
        responsable=responsable,
        echeance=echeance,
        auteur=auteur,
        cree_le=timezone.now(),
    )
    record(auteur, "suite.note", suite, reunion=current.pk)
    tell(current, "suite")
    return suite


@transaction.atomic
def confirm_suite(auteur: Agent, suite: SuiteReunion) -> SuiteReunion:
    """Make a decision of what was proposed, under its number; or a task of an action. Animateurs and secretaries.

    Two at once: one number, one task. Raises `ActionRefusee` and `PermissionDenied`.
    """
    held = _locked(suite)
    require_lead(auteur, held.seance.reunion)
    if held.decision is not None:
        confirm_decision(auteur, held.decision)
        return held
    if held.etat == SuiteReunion.Etat.ECARTEE:
        raise ActionRefusee(
            "Cette décision a été écartée : notez-la de nouveau si elle doit être prise."
            if held.est_decision
            else "Cette action a été écartée : notez-la de nouveau si elle doit être faite."
        )
    if held.etat == SuiteReunion.Etat.CONFIRMEE:
        return held
    if held.est_decision:
        held.etat = SuiteReunion.Etat.CONFIRMEE
        held.save(update_fields=["etat"])
        record(auteur, "suite.confirm", held)
        _tell_changed(held)
        return held
    reunion = held.seance.reunion
    owner = held.responsable
    if owner is not None and reunion.communaute is None and participant_of(owner, reunion) is None:
        owner = None
    # Written by who confirms it: it is their word that makes a task of it, and they who follow it.
    held.tache = create_task(
        auteur, held.libelle, communaute=reunion.communaute, responsable=owner, echeance=held.echeance
    )
    held.etat = SuiteReunion.Etat.CONFIRMEE
    held.save(update_fields=["tache", "etat"])
    record(auteur, "suite.confirm", held, tache=held.tache.pk)
    _tell_changed(held)
    return held


@transaction.atomic
def set_aside(auteur: Agent, suite: SuiteReunion) -> SuiteReunion:
    """Set aside what is only proposed: animateurs, secretaries, and who wrote it. Harmless when it is so already."""
    held = _locked(suite)
    if held.auteur_id != auteur.pk:
        require_lead(auteur, held.seance.reunion)
    require_part(auteur, held.seance.reunion)
    if held.decision is not None:
        if held.decision.confirmee:
            raise ActionRefusee(
                "Cette décision est confirmée : elle s’annule dans le registre, avec un motif."
            )
        cancel_decision(auteur, held.decision, motif=MOTIF)
        return held
    if held.etat == SuiteReunion.Etat.CONFIRMEE:
        raise ActionRefusee(
            "Cette décision est confirmée : elle reste au compte rendu."
            if held.est_decision
            else "Cette action est confirmée : abandonnez plutôt la tâche."
        )
    if held.etat == SuiteReunion.Etat.PROPOSEE:
        held.etat = SuiteReunion.Etat.ECARTEE
        held.save(update_fields=["etat"])
        record(auteur, "suite.set_aside", held)
        _tell_changed(held)
    return held


@transaction.atomic
def rerender_decisions_apart(after: int = 0) -> int | None:
    """Render again the next `BATCH` decisions without register beyond id `after`: see `plateforme.socle.rendus.Batch`."""
    rows = list(
        SuiteReunion.objects.filter(pk__gt=after, version_rendu__lt=RENDERER_VERSION)
        .exclude(texte="")
        .order_by("pk")[:BATCH]
    )
    for row in rows:
        # Its words never change.
        SuiteReunion.objects.filter(pk=row.pk).update(
            html=render_again(row.texte), version_rendu=RENDERER_VERSION
        )
    return rows[-1].pk if rows else None


def _note_apart(auteur: Agent, seance: Seance, texte: str) -> SuiteReunion:
    """A decision of a meeting that has no register."""
    texte, html = check_decision(texte)
    check_limit("decision", auteur.pk)
    current = locked(seance)
    _require_room(current)
    now = timezone.now()
    twin = SuiteReunion.objects.filter(
        seance=current,
        texte=texte,
        auteur=auteur,
        etat=SuiteReunion.Etat.PROPOSEE,
        cree_le__gt=now - REDITE,
    ).first()
    if twin is not None:
        return twin
    suite = SuiteReunion.objects.create(
        seance=current,
        point=current.point,
        texte=texte,
        html=html,
        version_rendu=RENDERER_VERSION,
        auteur=auteur,
        cree_le=now,
    )
    record(auteur, "suite.note", suite, reunion=current.pk)
    tell(current, "suite")
    return suite


def _tell_changed(suite: SuiteReunion) -> None:
    tell(locked(suite.seance), "suite")
    suite_changed.send(sender=SuiteReunion, suite=suite)


def _require_room(seance: Seance) -> None:
    """Notes are completed after the end too: minutes are written then."""
    if SuiteReunion.objects.filter(seance=seance).count() >= SUITES_MAX:
        raise ActionRefusee(f"Une réunion compte {SUITES_MAX} décisions et actions au plus.")


def _locked(suite: SuiteReunion) -> SuiteReunion:
    return (
        SuiteReunion.objects.select_for_update(of=("self",))
        .select_related("seance__reunion__communaute", "decision__communaute", "responsable")
        .get(pk=suite.pk)
    )
