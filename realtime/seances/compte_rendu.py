"""What a meeting leaves, gathered once: read as a page, or composed into minutes (`composition`)."""

from dataclasses import dataclass, field

from django.utils import timezone

from communautes.suites.models import Decision, Tache
from realtime.reunions.models import PointOrdreDuJour
from realtime.seances.models import NotePoint, Scrutin, Seance, SuiteReunion
from realtime.seances.presentation import Venue, attendance, reports_of, spent_on_points
from realtime.seances.resultats import Resultat, results_of


@dataclass
class Partie:
    """What was said of one point; `point` is None for what was noted in a meeting without agenda."""

    point: PointOrdreDuJour | None
    depense: int = 0
    aborde: bool = False
    note: NotePoint | None = None
    suites: list[SuiteReunion] = field(default_factory=list)
    votes: list[Resultat] = field(default_factory=list)
    # What an earlier meeting left to be done, where it is followed.
    reports: list[Tache] = field(default_factory=list)


@dataclass(frozen=True)
class Releve:
    seance: Seance
    venues: list[Venue]
    parties: list[Partie]

    @property
    def presents(self) -> list[Venue]:
        return [venue for venue in self.venues if venue.la]

    @property
    def excuses(self) -> list[Venue]:
        return [venue for venue in self.venues if venue.etat == "excuse"]

    @property
    def absents(self) -> list[Venue]:
        return [venue for venue in self.venues if venue.etat == "absent"]


def minutes_of(seance: Seance) -> Releve:
    """Everything, in the order of the agenda: what was set aside or given up is left out. About eight queries."""
    now = timezone.now()
    points = PointOrdreDuJour.objects.filter(reunion=seance.pk, etat=PointOrdreDuJour.Etat.RETENU)
    parts: dict[int | None, Partie] = {
        point.pk: Partie(point) for point in points.select_related("responsable").order_by("rang")
    }
    parts[None] = Partie(None)
    for point, seconds in spent_on_points(seance, now).items():
        if point in parts:
            parts[point].depense, parts[point].aborde = seconds, True
    for note in NotePoint.objects.filter(seance=seance).exclude(texte=""):
        if note.point_id in parts:
            parts[note.point_id].note = note
    suites = (
        SuiteReunion.objects.filter(seance=seance)
        .exclude(etat=SuiteReunion.Etat.ECARTEE)
        .exclude(decision__etat=Decision.Etat.ANNULEE)
        .select_related("decision", "tache", "responsable")
    )
    for suite in suites.order_by("pk"):
        parts[suite.point_id if suite.point_id in parts else None].suites.append(suite)
    followed = parts[seance.suivi_id if seance.suivi_id in parts else None]
    followed.reports = [report.tache for report in reports_of(seance)]
    closed = Scrutin.objects.filter(seance=seance, etat=Scrutin.Etat.CLOS).order_by("pk")
    for result in results_of(list(closed)):
        pk = result.scrutin.point_id
        parts[pk if pk in parts else None].votes.append(result)
    rows = [part for pk, part in parts.items() if pk is not None or part.suites or part.votes or part.reports]
    return Releve(seance, attendance(seance), rows)
