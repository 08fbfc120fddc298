"""Minutes composed of what a meeting leaves: their text, in Markdown, and what stands above it."""

import re
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format

from annuaire.models import Agent
from annuaire.notifications.horaires import METROPOLE
from communautes.suites.models import Tache
from realtime.reunions.horaires import same_clock
from realtime.reunions.models import Convive
from realtime.seances.compte_rendu import Partie, Releve
from realtime.seances.models import Seance, SuiteReunion
from realtime.seances.presentation import Venue, attendance
from realtime.seances.resultats import Resultat

_SIGNS = re.compile(r"([\\`*_{}\[\]<>#|~])")
# What would begin a list, a quote or a title at the beginning of a line.
_START = re.compile(r"^(\d+)([.)])|^([-+=])")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
ETATS = {"present": "Présence", "excuse": "Absence excusée", "absent": "Absence"}
RIEN = "Rien n’a été noté sur ce point."
PAS_ABORDE = "Ce point n’a pas été abordé."


@dataclass(frozen=True)
class Presence:
    """Somebody of the list of those who attend. `etat`: present, excuse, absent."""

    nom: str
    fonction: str
    service: str
    territoire: str
    etat: str

    @property
    def dit(self) -> str:
        return ETATS[self.etat]


@dataclass(frozen=True)
class Entete:
    """What is above the text of minutes, in words: the meeting, who attended, who signs."""

    titre: str
    quand: str
    jour: str
    lieu: str
    communaute: str
    service: str
    ville: str
    presences: tuple[Presence, ...]
    president: str = ""
    secretaire: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Entete":
        """As it was kept with an edition."""
        return cls(**{**data, "presences": tuple(Presence(**row) for row in data["presences"])})

    def of(self, etat: str) -> list[Presence]:
        return [row for row in self.presences if row.etat == etat]

    @property
    def presents(self) -> list[Presence]:
        return self.of("present")

    @property
    def excuses(self) -> list[Presence]:
        return self.of("excuse")

    @property
    def absents(self) -> list[Presence]:
        return self.of("absent")


def heading(seance: Seance, *, president: str = "", secretaire: str = "") -> Entete:
    """What stands above the minutes of a meeting as it is now. Three queries."""
    reunion = seance.reunion
    # Whose minutes they are: the service of who organises.
    service = reunion.organisateur.service
    start = reunion.sur_place(seance.ouverte_le)
    return Entete(
        titre=reunion.titre,
        quand=_when(seance),
        jour=f"{start:%d/%m/%Y}",
        lieu=reunion.lieu,
        communaute=reunion.communaute.nom if reunion.communaute is not None else "",
        service=service.nom if service is not None else reunion.organisateur.organisme,
        ville=service.ville if service is not None else "",
        presences=tuple(_presence(venue) for venue in attendance(seance)),
        president=president,
        secretaire=secretaire,
    )


def usual_signers(seance: Seance) -> tuple[str, str]:
    """Who presides and who is the secretary, as the invitations say it; who organises presides by default."""
    rows = list(
        seance.reunion.participants.present()
        .filter(role__in=[Convive.Role.ANIMATEUR, Convive.Role.SECRETAIRE])
        .select_related("agent")
        .order_by("pk")
    )
    leads = [row for row in rows if row.role == Convive.Role.ANIMATEUR]
    organiser = seance.reunion.organisateur
    # Several may run it: who organises, when they are among them.
    president = next((row.nom_complet for row in leads if row.agent_id != organiser.pk), "")
    if not leads or any(row.agent_id == organiser.pk for row in leads):
        president = organiser.nom_complet
    secretary = next((row.nom_complet for row in rows if row.role == Convive.Role.SECRETAIRE), "")
    return president, secretary


def compose(releve: Releve) -> str:
    """The text: agenda, then each point, then what is to be done. Notes are as they were written; the rest is
    escaped."""
    parts = releve.parties
    lines = ["# Ordre du jour", ""]
    lines += [f"{number}. {_title(part)}" for number, part in enumerate(parts, 1)]
    if not parts:
        lines += ["Cette réunion n’avait pas d’ordre du jour."]
    for number, part in enumerate(parts, 1):
        lines += ["", *_part(number, part)]
    todo = [
        (number, suite)
        for number, part in enumerate(parts, 1)
        for suite in part.suites
        if not suite.est_decision
    ]
    if todo:
        lines += [
            "",
            "# Actions à mener",
            "",
            "| Point | Action | Responsable | Échéance |",
            "| --- | --- | --- | --- |",
        ]
        lines += [_action(number, suite) for number, suite in todo]
    return "\n".join(lines).rstrip() + "\n"


def plain(text: str) -> str:
    """A text that is no Markdown, in Markdown, on one line."""
    escaped = _SIGNS.sub(r"\\\1", " ".join(text.split()))
    return _START.sub(lambda found: f"{found[1]}\\{found[2]}" if found[1] else f"\\{found[3]}", escaped)


def _title(part: Partie) -> str:
    return plain(part.point.titre) if part.point is not None else "Hors de l’ordre du jour"


def _part(number: int, part: Partie) -> list[str]:
    lines = [f"# {number}. {_title(part)}"]
    if part.reports:
        lines += ["", "| Action | Responsable | Échéance | État |", "| --- | --- | --- | --- |"]
        lines += [_followed(tache) for tache in part.reports]
    if part.note is not None:
        lines += ["", _closed(part.note.texte)]
    for suite in part.suites:
        if suite.est_decision:
            lines += ["", f"**{suite.nom_decision}.** {suite.texte_decision}"]
    for result in part.votes:
        lines += ["", *_vote(result)]
    if len(lines) == 1 and part.point is not None:
        lines += ["", RIEN if part.aborde or part.suites else PAS_ABORDE]
    return lines


def _closed(text: str) -> str:
    """A text that ends what it begins: a block of code left open would take in all that follows."""
    opened = ""
    for line in text.split("\n"):
        fence = _FENCE.match(line)
        if fence is None:
            continue
        if not opened:
            opened = fence[1]
        elif line.strip().startswith(opened) and not line.strip().strip(opened[0]):
            opened = ""
    return f"{text}\n{opened}" if opened else text


def _action(number: int, suite: SuiteReunion) -> str:
    what = plain(suite.libelle)
    if suite.etat == SuiteReunion.Etat.PROPOSEE:
        what += " (proposée)"
    return f"| {number} | {what} | {_who(suite.responsable)} | {_due(suite.echeance)} |"


def _followed(tache: Tache) -> str:
    state = tache.get_etat_display()
    return f"| {plain(tache.libelle)} | {_who(tache.responsable)} | {_due(tache.echeance)} | {state} |"


def _who(agent: Agent | None) -> str:
    return plain(agent.nom_complet) if agent is not None else "À désigner"


def _due(echeance: date | None) -> str:
    return date_format(echeance, "j F Y") if echeance else "Sans échéance"


def _vote(result: Resultat) -> list[str]:
    scrutin = result.scrutin
    kind = " secret" if scrutin.secret else ""
    lines = [f"**Vote{kind}** : {plain(scrutin.question)}", ""]
    said = f"{_people(result.appeles)} à voter, {result.votants} {'ont' if result.votants > 1 else 'a'} voté"
    if scrutin.quorum:
        said += f" ; {result.quorum_dit} : {'atteint' if result.quorum_atteint else 'non atteint'}"
    lines += [f"{said}.", ""]
    if result.regle:
        lines += [plain(result.regle), ""]
    lines += ["| Réponse | Voix |", "| --- | ---: |"]
    lines += [f"| {plain(line.libelle)} | {line.voix} |" for line in result.lignes or []]
    return [*lines, f"| Abstention | {result.abstentions} |"]


def _people(number: int) -> str:
    return f"{number} personnes appelées" if number > 1 else f"{number} personne appelée"


def _presence(venue: Venue) -> Presence:
    agent = venue.agent
    etat = "present" if venue.la else venue.etat
    if agent is None:
        return Presence(venue.nom, "", venue.organisation or "Personne invitée de l’extérieur", "", etat)
    service = agent.organisme if agent.partenaire else agent.service.nom if agent.service is not None else ""
    return Presence(
        venue.nom, agent.fonction, service, agent.territoire.nom if agent.territoire is not None else "", etat
    )


def _when(seance: Seance) -> str:
    """By the meeting's own clock, which is named when it is not that of Paris."""
    reunion = seance.reunion
    start = reunion.sur_place(seance.ouverte_le)
    text = f"{date_format(start, 'l j F Y')}, de {_hour(start)}"
    if seance.levee_le is not None:
        text = f"{text} à {_hour(reunion.sur_place(seance.levee_le))}"
        if not same_clock(seance.levee_le, reunion.fuseau, METROPOLE):
            text += f", heure de {reunion.get_fuseau_display()}"
        return text[0].upper() + text[1:]
    return f"{text}, réunion en cours".capitalize()


def _hour(moment: datetime) -> str:
    return f"{moment.hour}\u00a0h\u00a0{moment.minute:02d}"
