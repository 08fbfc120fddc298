"""Following in a meeting what an earlier one left to be done.

Always in this order: task, then the meetings, by number (`suites.OrigineReunions`).
"""

from datetime import date

from django.db import transaction
from django.db.models import F, Q

from annuaire.models import Agent
from communautes.suites.actions import change_task, set_task_state
from communautes.suites.models import Tache
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.journal import record
from realtime.reunions.actions.commun import locked as locked_reunion
from realtime.reunions.models import PointOrdreDuJour, Reunion
from realtime.seances.access import can_follow, require_lead, require_part
from realtime.seances.actions.commun import locked, require_on, tell
from realtime.seances.models import ActionReportee, Seance

TITRE = "Suivi des actions"


@transaction.atomic
def follow(auteur: Agent, seance: Seance, precedente: Seance) -> Seance:
    """Take up what an earlier meeting left to be done, as the first point. Animateurs and secretaries, once.

    The caller has checked that `auteur` may see both. Raises `ActionRefusee` (over, the same, done already).
    """
    reunion = locked_reunion(seance.reunion)
    current = locked(seance)
    require_lead(auteur, reunion)
    require_on(current)
    if current.suite_de_id == precedente.pk:
        return current
    if current.suite_de_id is not None:
        raise ActionRefusee("Cette réunion reprend déjà les actions d’une autre.")
    precedente = Seance.objects.select_related("reunion").get(pk=precedente.pk)
    if not can_follow(reunion, precedente):
        raise ActionRefusee("Cette réunion n’est pas de celles dont on peut reprendre les actions.")
    carry_over(current, precedente)
    if reunion.suite_de_id is None:
        reunion.suite_de = precedente.reunion
        reunion.save(update_fields=["suite_de"])
    record(auteur, "seance.follow", reunion, precedente=precedente.pk)
    tell(current, "suivi", "suite_de", "suivi")
    return current


def carry_over(seance: Seance, precedente: Seance) -> None:
    """Put what `precedente` left to be done in `seance`: its own actions, and those that it followed itself.

    The caller holds the rows of the meeting and of `seance`, and saves `suite_de` and `suivi`.
    """
    seance.suite_de = precedente
    left = (
        Tache.objects.all()
        .open()
        .filter(Q(suite_reunion__seance=precedente) | Q(reports__seance=precedente))
        .order_by("echeance_tri", "pk")
        .values_list("pk", flat=True)
    )
    # A task both noted and followed there is one.
    rows = [ActionReportee(seance=seance, tache_id=pk) for pk in dict.fromkeys(left)]
    if not rows:
        return
    ActionReportee.objects.bulk_create(rows, ignore_conflicts=True)
    points = PointOrdreDuJour.objects.filter(reunion=seance.pk)
    # Places are checked when the transaction ends.
    points.update(rang=F("rang") + 1)
    seance.suivi = PointOrdreDuJour.objects.create(reunion_id=seance.pk, rang=1, titre=TITRE)


def previous_of(reunion: Reunion) -> Seance | None:
    """The meeting that this one follows, if it was held: the one that was chosen, else the one before in its series."""
    if reunion.suite_de_id is not None:
        chosen = Seance.objects.filter(pk=reunion.suite_de_id, reunion__communaute=reunion.communaute)
        return chosen.filter(etat=Seance.Etat.LEVEE).first()
    if reunion.serie_id is None:
        return None
    return (
        Seance.objects.filter(
            reunion__serie=reunion.serie_id, reunion__debut__lt=reunion.debut, etat=Seance.Etat.LEVEE
        )
        .order_by("-reunion__debut", "-pk")
        .first()
    )


@transaction.atomic
def mark_followed(auteur: Agent, report: ActionReportee, etat: str) -> Tache:
    """Say where a followed action is. Who runs the meeting, and who may change the task anyway."""
    _require_on(auteur, report)
    return set_task_state(auteur, report.tache, etat)


@transaction.atomic
def postpone(auteur: Agent, report: ActionReportee, echeance: date) -> Tache:
    """Give a followed action another date. As `mark_followed`."""
    _require_on(auteur, report)
    return change_task(auteur, report.tache, echeance=echeance)


def _require_on(auteur: Agent, report: ActionReportee) -> None:
    require_part(auteur, report.seance.reunion)
    require_on(report.seance)
