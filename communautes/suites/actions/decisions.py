"""The register: proposing a decision, confirming it under the next number, changing its words, cancelling it.

Whoever changes a decision holds its row first, then the counter of its community's year, then whatever the place
it comes from keeps of it (`origines`): always in that order.
"""

from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone

from annuaire.models import Agent
from communautes.access import can_animate, require_write
from communautes.models import Communaute
from communautes.suites.access import can_cancel, can_confirm, can_edit_decision, who_may
from communautes.suites.actions.annonces import forget_proposal, tell_animation, tell_author_of_refusal
from communautes.suites.actions.tours import REDITE, take_turns
from communautes.suites.models import MOTIF_MAX, CompteurDecisions, Decision, Registre, VersionDecision
from communautes.suites.origines import tell_origins
from communautes.suites.redaction import check_decision, one_line
from plateforme.socle.diffusion import publish_on_commit
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.journal import record
from plateforme.socle.limites import check_limit
from plateforme.socle.texte import RENDERER_VERSION

# Older than that, it is another register.
PREMIERE_ANNEE = 1990


class DecisionDepassee(ActionRefusee):
    """The decision has changed since the version one started from."""

    def __init__(self, actuelle: Decision) -> None:
        super().__init__(
            "Cette décision vient d’être modifiée par quelqu’un d’autre. Votre texte est conservé ci-dessous : "
            "comparez-le au texte actuel, puis enregistrez de nouveau.",
            champ="texte",
        )
        self.actuelle = actuelle


@transaction.atomic
def propose_decision(
    auteur: Agent,
    communaute: Communaute,
    texte: str,
    *,
    prise_le: date | None = None,
    confirmer: bool = False,
    quand: datetime | None = None,
) -> Decision:
    """Write a decision down, for the animation to confirm; `confirmer`: at once, by who animates. Members.

    `prise_le`: the day it was taken, today if not said. The same words sent again by the same person within a minute
    (a double click, a resend after a cut) give the first decision back. `quand`: content of the past, loaded from elsewhere,
    which nobody is told of. Raises `ActionRefusee` (text, date, too fast) and `PermissionDenied`.
    """
    require_write(auteur, communaute, "Rejoignez la communauté pour proposer une décision.")
    if confirmer and not can_animate(auteur, communaute):
        raise PermissionDenied("Seules les personnes qui animent la communauté confirment une décision.")
    texte, html = check_decision(texte)
    prise_le = _checked_day(prise_le)
    if quand is None:
        twin = _twin(
            auteur, texte, Decision.Etat.CONFIRMEE if confirmer else Decision.Etat.PROPOSEE, communaute
        )
        if twin is not None:
            return twin
        check_limit("decision", auteur.pk)
    decision: Decision = Decision.objects.create(
        communaute=communaute,
        texte=texte,
        html=html,
        version_rendu=RENDERER_VERSION,
        prise_le=prise_le,
        auteur=auteur,
        cree_le=quand or timezone.now(),
    )
    record(auteur, "decision.propose", decision)
    if confirmer:
        _confirm(auteur, decision, quand=quand)
        return decision
    if quand is None:
        tell_animation(decision)
    _publish(decision, "decision.proposee")
    return decision


@transaction.atomic
def note_in_register(
    auteur: Agent,
    registre: Registre,
    texte: str,
    *,
    prise_le: date | None = None,
    quand: datetime | None = None,
) -> Decision:
    """Write down, under the next number, what is decided in a place that has no community. The caller, which knows the
    place, has checked that `auteur` writes there, and ties the decision to it in the same transaction.

    As `propose_decision` for the rest.
    """
    texte, html = check_decision(texte)
    prise_le = _checked_day(prise_le)
    if quand is None:
        twin = _twin(auteur, texte, Decision.Etat.CONFIRMEE, registre)
        if twin is not None:
            return twin
        check_limit("decision", auteur.pk)
    # Numbered before it is written: none is ever proposed there.
    now = quand or timezone.now()
    decision: Decision = Decision.objects.create(
        registre=registre,
        texte=texte,
        html=html,
        version_rendu=RENDERER_VERSION,
        prise_le=prise_le,
        annee=prise_le.year,
        numero=_next_number(registre, prise_le.year),
        etat=Decision.Etat.CONFIRMEE,
        auteur=auteur,
        cree_le=now,
        confirmee_par=auteur,
        confirmee_le=now,
    )
    _tell_confirmed(auteur, decision, quand)
    return decision


@transaction.atomic
def confirm_decision(auteur: Agent, decision: Decision) -> Decision:
    """Make a proposal a decision, under the next number of its community's year. Animateurs.

    Two at once: one number, told once. Returns it as it is now; raises `ActionRefusee` for one set aside
    meanwhile.
    """
    locked = _locked(decision)
    if not can_confirm(auteur, locked):
        raise PermissionDenied(who_may(locked, "confirment"))
    if locked.annulee:
        raise ActionRefusee(
            "Cette proposition a été écartée : proposez-la de nouveau si elle doit être prise."
        )
    if locked.proposee:
        forget_proposal(locked)
        _confirm(auteur, locked)
    return locked


@transaction.atomic
def edit_decision(
    auteur: Agent, decision: Decision, texte: str, *, prise_le: date | None = None, version: int | None = None
) -> Decision:
    """Word a decision otherwise, or correct its day; what it was is kept. Animateurs, or who proposes it; those who
    write in a place without community.

    `version`: what one started from; None for a caller that holds the decision. Its year is that of its number:
    it no longer changes once confirmed. Raises `DecisionDepassee`, `ActionRefusee`, `PermissionDenied`.
    """
    texte, html = check_decision(texte)
    locked = _locked(decision)
    if locked.annulee:
        raise ActionRefusee("Cette décision est annulée : elle ne se modifie plus.")
    if not can_edit_decision(auteur, locked):
        if locked.communaute is not None and locked.auteur_id == auteur.pk and locked.confirmee:
            raise ActionRefusee(
                "Votre proposition a été confirmée entre-temps : seules les personnes qui animent la communauté la "
                "modifient maintenant. Votre texte est conservé ci-dessous.",
                champ="texte",
            )
        raise PermissionDenied(who_may(locked, "modifient"))
    prise_le = _checked_day(prise_le or locked.prise_le)
    if (locked.texte, locked.prise_le) == (texte, prise_le):
        return locked
    if version is not None and locked.version != version:
        raise DecisionDepassee(locked)
    if locked.annee is not None and prise_le.year != locked.annee:
        raise ActionRefusee(
            f"Le numéro {locked.reference} est celui d’une décision de {locked.annee} : choisissez un jour de cette "
            "année, ou annulez-la pour en noter une autre.",
            champ="prise_le",
        )
    check_limit("decision", auteur.pk)
    changed = locked.modifiee_le is not None
    VersionDecision.objects.create(
        decision=locked,
        numero=locked.version,
        texte=locked.texte,
        prise_le=locked.prise_le,
        auteur_id=locked.modifiee_par_id if changed else locked.auteur_id,
        cree_le=locked.modifiee_le or locked.cree_le,
    )
    locked.texte, locked.html, locked.version_rendu = texte, html, RENDERER_VERSION
    locked.prise_le = prise_le
    locked.version += 1
    locked.modifiee_par, locked.modifiee_le = auteur, timezone.now()
    locked.save(
        update_fields=[
            "texte", "html", "version_rendu", "prise_le", "version", "modifiee_par", "modifiee_le",
        ]
    )  # fmt: skip
    record(auteur, "decision.edit", locked, version=locked.version)
    tell_origins(locked)
    _publish(locked, "decision.modifiee")
    return locked


@transaction.atomic
def cancel_decision(auteur: Agent, decision: Decision, *, motif: str) -> Decision:
    """Set a proposal aside, or cancel a decision: it stays in the register, struck through, with `motif`.

    Animateurs; the author of a proposal takes it back; those who write in a place without community. Those who were told of it are told of this too.
    Cancelled already: harmless. Raises `ActionRefusee`, `PermissionDenied`.
    """
    from communautes.suites.tasks import distribute_cancellation

    motif = one_line(motif)
    if not motif:
        raise ActionRefusee("Dites pourquoi : ce motif restera lisible dans le registre.", champ="motif")
    if len(motif) > MOTIF_MAX:
        raise ActionRefusee(f"Expliquez en {MOTIF_MAX} caractères au plus.", champ="motif")
    locked = _locked(decision)
    if locked.annulee:
        return locked
    if not can_cancel(auteur, locked):
        raise PermissionDenied(who_may(locked, "annulent"))
    check_limit("decision", auteur.pk)
    was_confirmed = locked.confirmee
    locked.etat = Decision.Etat.ANNULEE
    locked.annulee_par, locked.annulee_le, locked.motif_annulation = auteur, timezone.now(), motif
    locked.save(update_fields=["etat", "annulee_par", "annulee_le", "motif_annulation"])
    record(auteur, "decision.cancel", locked)
    if was_confirmed:
        distribute_cancellation.defer(decision_id=locked.pk)
    else:
        tell_author_of_refusal(locked)
    tell_origins(locked)
    _publish(locked, "decision.annulee")
    return locked


def _confirm(auteur: Agent, decision: Decision, *, quand: datetime | None = None) -> None:
    """Number a proposal whose row is held."""
    assert decision.communaute is not None
    decision.numero = _next_number(decision.communaute, decision.prise_le.year)
    decision.annee = decision.prise_le.year
    decision.etat = Decision.Etat.CONFIRMEE
    decision.confirmee_par, decision.confirmee_le = auteur, quand or timezone.now()
    decision.save(update_fields=["annee", "numero", "etat", "confirmee_par", "confirmee_le"])
    _tell_confirmed(auteur, decision, quand)


def _next_number(place: Communaute | Registre, annee: int) -> int:
    """The counter's row orders the numbers: one that is given back with its transaction leaves no hole, as nobody else
    was given the next one meanwhile."""
    table = CompteurDecisions._meta.db_table
    column = "communaute_id" if isinstance(place, Communaute) else "registre_id"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} AS c ({column}, annee, dernier) VALUES (%s, %s, 1)"  # noqa: S608
            f" ON CONFLICT ({column}, annee) DO UPDATE SET dernier = c.dernier + 1 RETURNING dernier",
            [place.pk, annee],
        )
        numero: int = cursor.fetchone()[0]
    return numero


def _tell_confirmed(auteur: Agent, decision: Decision, quand: datetime | None) -> None:
    from communautes.suites.tasks import distribute_decision

    record(auteur, "decision.confirm", decision, numero=decision.reference)
    if quand is None:
        distribute_decision.defer(decision_id=decision.pk)
    tell_origins(decision)
    _publish(decision, "decision.confirmee")


def _twin(auteur: Agent, texte: str, etat: str, place: Communaute | Registre) -> Decision | None:
    """The decision just written with these words by this person, whose writings take turns until the end."""
    take_turns(auteur)
    where = {"communaute" if isinstance(place, Communaute) else "registre": place}
    found: Decision | None = (
        Decision.objects.filter(
            auteur=auteur, texte=texte, etat=etat, cree_le__gt=timezone.now() - REDITE, **where
        )
        .select_related("communaute")
        .order_by("pk")
        .first()
    )
    return found


def _checked_day(prise_le: date | None) -> date:
    today = timezone.localdate()
    prise_le = prise_le or today
    if prise_le > today:
        raise ActionRefusee(
            "Cette date est à venir : notez la décision quand elle est prise.", champ="prise_le"
        )
    if prise_le.year < PREMIERE_ANNEE:
        raise ActionRefusee("Vérifiez la date : l’année paraît fausse.", champ="prise_le")
    return prise_le


def _locked(decision: Decision) -> Decision:
    """The decision's row, held until the transaction ends, with its community and author."""
    found: Decision = (
        Decision.objects.select_for_update(of=("self",))
        .select_related("communaute", "auteur")
        .get(pk=decision.pk)
    )
    return found


def _publish(decision: Decision, what: str) -> None:
    """To the pages of the register. Of a place without community, it is the place that shows it (`origines`)."""
    if decision.communaute_id is not None:
        publish_on_commit(f"communaute.{decision.communaute_id}", {"type": what, "decision": decision.pk})
