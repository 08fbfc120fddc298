"""What a meeting leaves: gathered once, read as a page, or taken away in Markdown to be written up."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format

from communautes.suites.models import Decision
from realtime.reunions.models import PointOrdreDuJour
from realtime.seances.models import NotePoint, Scrutin, Seance, SuiteReunion
from realtime.seances.presentation import Venue, attendance, spent_on_points
from realtime.seances.resultats import Resultat, results_of
from realtime.seances.templatetags.seances import en_minutes

_SIGNS = re.compile(r"([\\`*_{}\[\]<>#|~])")


@dataclass
class Partie:
    """What was said of one point; `point` is None for what was noted in a meeting without agenda."""

    point: PointOrdreDuJour | None
    depense: int = 0
    note: NotePoint | None = None
    suites: list[SuiteReunion] = field(default_factory=list)
    votes: list[Resultat] = field(default_factory=list)


@dataclass(frozen=True)
class CompteRendu:
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


def minutes_of(seance: Seance) -> CompteRendu:
    """Everything, in the order of the agenda: what was set aside or given up is left out. About eight queries."""
    now = timezone.now()
    points = PointOrdreDuJour.objects.filter(reunion=seance.pk, etat=PointOrdreDuJour.Etat.RETENU)
    parts: dict[int | None, Partie] = {
        point.pk: Partie(point) for point in points.select_related("responsable").order_by("rang")
    }
    parts[None] = Partie(None)
    for point, seconds in spent_on_points(seance, now).items():
        if point in parts:
            parts[point].depense = seconds
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
    closed = Scrutin.objects.filter(seance=seance, etat=Scrutin.Etat.CLOS).order_by("pk")
    for result in results_of(list(closed)):
        pk = result.scrutin.point_id
        parts[pk if pk in parts else None].votes.append(result)
    rows = [part for pk, part in parts.items() if pk is not None or part.suites or part.votes]
    return CompteRendu(seance, attendance(seance), rows)


def as_markdown(compte_rendu: CompteRendu) -> str:
    """The same, in Markdown. Notes are as they were written; the rest is escaped."""
    seance = compte_rendu.seance
    reunion = seance.reunion
    lines = [f"# Compte rendu : {_plain(reunion.titre)}", "", _when(seance)]
    if reunion.lieu:
        lines += ["", f"Lieu : {_plain(reunion.lieu)}"]
    lines += ["", "## Présences", ""]
    for label, people in (
        ("Présences", compte_rendu.presents),
        ("Absences excusées", compte_rendu.excuses),
        ("Absences", compte_rendu.absents),
    ):
        if people:
            lines.append(f"- {label} ({len(people)}) : {', '.join(_plain(venue.nom) for venue in people)}")
    for number, part in enumerate(compte_rendu.parties, 1):
        lines += ["", *_part(number, part)]
    return "\n".join(lines).rstrip() + "\n"


def _part(number: int, part: Partie) -> list[str]:
    title = _plain(part.point.titre) if part.point is not None else "Hors de l’ordre du jour"
    lines = [f"## {number}. {title}"]
    if part.depense:
        planned = part.point.minutes if part.point is not None else None
        lines += ["", f"*{en_minutes(part.depense)}{f' sur {planned} min prévues' if planned else ''}*"]
    if part.note is not None:
        lines += ["", part.note.texte]
    by_kind: dict[bool, list[SuiteReunion]] = defaultdict(list)
    for suite in part.suites:
        by_kind[suite.est_decision].append(suite)
    for suite in by_kind[True]:
        assert suite.decision is not None
        lines += ["", f"**{suite.decision.nom}.** {suite.decision.texte}"]
    if by_kind[False]:
        lines += ["", *(_action(suite) for suite in by_kind[False])]
    for result in part.votes:
        lines += ["", *_vote(result)]
    return lines


def _action(suite: SuiteReunion) -> str:
    who = _plain(suite.responsable.nom_complet) if suite.responsable is not None else "à attribuer"
    due = f", pour le {date_format(suite.echeance, 'j F Y')}" if suite.echeance else ""
    proposed = " (proposée)" if suite.etat == SuiteReunion.Etat.PROPOSEE else ""
    return f"- **Action{proposed}** : {_plain(suite.libelle)} — {who}{due}"


def _vote(result: Resultat) -> list[str]:
    scrutin = result.scrutin
    kind = " secret" if scrutin.secret else ""
    quorum = ""
    if scrutin.quorum:
        quorum = f", quorum de {result.requis} {'atteint' if result.quorum_atteint else 'non atteint'}"
    return [
        f"**Vote{kind}** : {_plain(scrutin.question)} ({result.votants} sur {result.appeles}{quorum})",
        "",
        "| Réponse | Voix |",
        "| --- | --- |",
        *(f"| {_plain(line.libelle)} | {line.voix} |" for line in result.lignes or []),
        f"| Abstention | {result.abstentions} |",
    ]


def _when(seance: Seance) -> str:
    start = seance.reunion.sur_place(seance.ouverte_le)
    text = f"{date_format(start, 'l j F Y')}, de {_hour(start)}"
    if seance.levee_le is not None:
        return f"{text} à {_hour(seance.reunion.sur_place(seance.levee_le))}".capitalize()
    return f"{text}, réunion en cours".capitalize()


def _hour(moment: datetime) -> str:
    return f"{moment.hour} h {moment.minute:02d}"


def _plain(text: str) -> str:
    """A text that is no Markdown, in Markdown."""
    return _SIGNS.sub(r"\\\1", " ".join(text.split()))
