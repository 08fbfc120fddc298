"""What the page of a meeting that is held shows, and its screen: everything from the state of one moment."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db.models import F, Q, Sum
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.preferences import clock_of
from communautes.access import can_read
from communautes.suites.models import Decision
from forum.historique import joining
from realtime.models import Salon
from realtime.presentation import Ligne, salon_context
from realtime.reunions.models import Convive, DocumentReunion, PieceReunion, PointOrdreDuJour, Reunion
from realtime.reunions.presentation import moment_of, page_layout
from realtime.seances.access import can_lead, can_take_part, reads_chat, seance_of
from realtime.seances.actions.deroulement import too_early
from realtime.seances.actions.notes import is_held
from realtime.seances.actions.presences import GONE
from realtime.seances.models import (
    ActionReportee,
    Assistance,
    BrouillonNote,
    Electeur,
    NotePoint,
    Passage,
    Scrutin,
    Seance,
    SuiteReunion,
    TourDeParole,
)
from realtime.seances.resultats import Resultat, results_of

PEOPLE_SHOWN = 40
HANDS_SHOWN = 60


@dataclass(frozen=True)
class Rang:
    """A point of the agenda as the meeting sees it. Seconds: `depense` until now, `prevu` or None."""

    numero: int
    point: PointOrdreDuJour
    courant: bool
    aborde: bool
    depense: int
    prevu: int | None

    @property
    def depasse(self) -> bool:
        return self.prevu is not None and self.depense > self.prevu


@dataclass(frozen=True)
class Main:
    """Somebody who asks for the floor; seconds spoken so far in this meeting."""

    agent: Agent
    parle: int


@dataclass(frozen=True)
class Venue:
    """Somebody in the list of those who attend. `etat`: ici, parti, present, excuse, absent."""

    nom: str
    agent: Agent | None
    exterieur: int | None
    invite: bool
    etat: str
    arrivee: datetime | None
    depart: datetime | None
    correction: str
    organisation: str

    @property
    def la(self) -> bool:
        return self.etat in ("ici", "parti", "present")


@dataclass(frozen=True)
class Vote:
    """A vote as one person sees it; `moi` is None for who is not called to it."""

    resultat: Resultat
    moi: Electeur | None

    @property
    def peut_voter(self) -> bool:
        scrutin = self.resultat.scrutin
        return scrutin.ouvert and self.moi is not None and (not self.moi.a_vote or scrutin.modifiable)

    @property
    def mes_choix(self) -> list[str]:
        """What one chose, of an open vote."""
        chosen = self.moi.choix if self.moi is not None else None
        if chosen is None:
            return []
        return [choix.libelle for choix in self.resultat.choix if choix.rang in chosen] or ["Abstention"]


def etat_context(agent: Agent, reunion: Reunion) -> dict[str, Any]:
    """The exact state of a meeting for one person: what every block shows. The version is read first: what changes
    while the rest is read is asked for again."""
    seance = seance_of(reunion)
    now = timezone.now()
    conduit = can_lead(agent, reunion)
    context: dict[str, Any] = {
        "reunion": reunion,
        "seance": seance,
        "version": seance.version if seance else 0,
        "heure": now,
        "conduit": conduit,
        "participe": can_take_part(agent, reunion),
    }
    if seance is None:
        points = reunion.points.filter(etat=PointOrdreDuJour.Etat.RETENU).select_related("responsable")
        rangs = [
            Rang(numero, point, False, False, 0, _planned(point)) for numero, point in enumerate(points, 1)
        ]
        return context | {
            "rangs": rangs,
            "moment": moment_of(reunion, clock_of(agent)),
            "trop_tot": too_early(reunion, now),
        }
    seance.reunion = reunion
    rangs = _agenda(seance, now)
    place = next((index for index, rang in enumerate(rangs) if rang.courant), None)
    return context | {
        "rangs": rangs,
        "courant": rangs[place] if place is not None else None,
        "precedent": rangs[place - 1] if place else None,
        "suivant": rangs[place + 1] if place is not None and place + 1 < len(rangs) else None,
        "depuis_l_ouverture": int(((seance.levee_le or now) - seance.ouverte_le).total_seconds()),
        **_speech(agent, seance, now),
        **_help(agent, seance, conduit=conduit, now=now),
        **_present(seance, now),
        "votes": _votes(agent, seance, conduit=conduit),
        "suites": _suites(seance),
        "reports": reports_of(seance) if seance.levee or seance.suivi_id == seance.point_id else [],
        "pieces": _documents(agent, seance),
        **_notes(agent, seance),
    }


def seance_context(agent: Agent, reunion: Reunion) -> dict[str, Any]:
    """The page: the state, and the salon of the meeting for those who are in it."""
    context = {**page_layout(agent, reunion.communaute), **etat_context(agent, reunion)}
    seance = context["seance"]
    if seance is None or not reads_chat(agent, seance):
        return context
    return context | chat_context(agent, seance.salon, seance)


def chat_context(agent: Agent, salon: Salon, seance: Seance) -> dict[str, Any]:
    """The salon's last lines, each under the point it is about."""
    context = salon_context(agent, salon)
    lines: list[Ligne] = context["lignes"]
    return context | {"lignes_par_point": _under_points(lines, seance), "client_id": uuid4()}


def attendance(seance: Seance, now: datetime | None = None) -> list[Venue]:
    """Everybody invited, and those who came all the same: who is there, who excused themselves. Two queries."""
    now = now or timezone.now()
    known = {
        (row.agent_id, row.exterieur_id): row
        for row in seance.assistances.select_related("agent__service", "agent__territoire")
    }
    found = []
    invited = (
        seance.reunion.participants.present()
        .select_related("agent__service", "agent__territoire")
        .order_by("agent__nom", "agent__prenom", "nom", "pk")
    )
    for participant in invited:
        row = known.pop((participant.agent_id, None if participant.agent_id else participant.pk), None)
        excused = participant.reponse == Convive.Reponse.REFUSE
        outside = None if participant.agent_id else participant.pk
        found.append(
            _venue(seance, row, now, participant.nom_complet, participant.agent, outside, excused, True)
        )
    for row in known.values():
        if row.agent is not None:
            found.append(_venue(seance, row, now, row.agent.nom_complet, row.agent, None, False, False))
    return found


def _venue(
    seance: Seance,
    row: Assistance | None,
    now: datetime,
    nom: str,
    agent: Agent | None,
    exterieur: int | None,
    excused: bool,
    invited: bool,
) -> Venue:
    seen = row.vu_le if row is not None else None
    correction = row.correction if row is not None else ""
    here = seen is not None and (seance.levee_le or now) - seen < GONE
    etat = correction or (
        ("ici" if here else "parti") if seen is not None else "excuse" if excused else "absent"
    )
    return Venue(
        nom,
        agent,
        exterieur,
        invited,
        etat,
        row.arrivee_le if row is not None else None,
        seen if seen is not None and not here else None,
        correction,
        row.organisation if row is not None else "",
    )


def spent_on_points(seance: Seance, now: datetime) -> dict[int, int]:
    """Seconds that each point opened so far has taken, by point. One query."""
    spent: dict[int, float] = {}
    for point, debut, fin in seance.passages.values_list("point", "debut", "fin"):
        spent[point] = spent.get(point, 0) + max(0.0, ((fin or now) - debut).total_seconds())
    return {point: int(seconds) for point, seconds in spent.items()}


def _agenda(seance: Seance, now: datetime) -> list[Rang]:
    spent = spent_on_points(seance, now)
    points = seance.reunion.points.filter(etat=PointOrdreDuJour.Etat.RETENU).select_related("responsable")
    return [
        Rang(
            numero,
            point,
            point.pk == seance.point_id,
            point.pk in spent,
            spent.get(point.pk, 0),
            _planned(point),
        )
        for numero, point in enumerate(points, 1)
    ]


def _planned(point: PointOrdreDuJour) -> int | None:
    return point.minutes * 60 if point.minutes else None


def _speech(agent: Agent, seance: Seance, now: datetime) -> dict[str, Any]:
    """Who speaks and who waits: whoever spoke least passes first, then whoever raised their hand first."""
    spoken = {
        pk: int(total.total_seconds())
        for pk, total in seance.tours.filter(etat=TourDeParole.Etat.FINI)
        .values_list("agent")
        .annotate(total=Sum(F("fin") - F("debut")))
    }
    rows = list(
        seance.tours.filter(etat__in=[TourDeParole.Etat.DEMANDE, TourDeParole.Etat.EN_COURS])
        .select_related("agent__service", "agent__territoire")
        .order_by("demande_le", "pk")
    )
    speaker = next((row for row in rows if row.etat == TourDeParole.Etat.EN_COURS), None)
    waiting = [row for row in rows if row is not speaker]
    # Sorting keeps the order of raising among those who spoke as much.
    waiting.sort(key=lambda row: spoken.get(row.agent_id, 0))
    return {
        "orateur": speaker,
        "orateur_depuis": int((now - speaker.debut).total_seconds()) if speaker and speaker.debut else 0,
        "mains": [Main(row.agent, spoken.get(row.agent_id, 0)) for row in waiting[:HANDS_SHOWN]],
        "nb_mains": len(waiting),
        "ma_main": any(row.agent_id == agent.pk for row in waiting),
        "j_ai_la_parole": speaker is not None and speaker.agent_id == agent.pk,
    }


def _help(agent: Agent, seance: Seance, *, conduit: bool, now: datetime) -> dict[str, Any]:
    rows = seance.aides.select_related("agent", "repondu_par").order_by("cree_le")
    waiting = list(rows.filter(close_le__isnull=True))
    return {
        "aides": [row for row in waiting if row.agent_id != agent.pk] if conduit else [],
        "mon_aide": next((row for row in waiting if row.agent_id == agent.pk), None),
        "aide_repondue": rows.filter(agent=agent, close_le__gt=now - timedelta(minutes=5))
        .exclude(reponse="")
        .last(),
    }


def _present(seance: Seance, now: datetime) -> dict[str, Any]:
    end = seance.levee_le or now
    rows = (
        seance.assistances.filter(agent__isnull=False, vu_le__gt=end - GONE)
        .exclude(correction__in=["excuse", "absent"])
        .select_related("agent__service", "agent__territoire")
        .order_by("agent__nom", "agent__prenom")
    )
    here = list(rows[: PEOPLE_SHOWN + 1])
    number = len(here) if len(here) <= PEOPLE_SHOWN else rows.count()
    return {"presents": [row.agent for row in here[:PEOPLE_SHOWN]], "nb_presents": number}


def _votes(agent: Agent, seance: Seance, *, conduit: bool) -> list[Vote]:
    """Votes that are open, and those of the current point; once the meeting is over, all that were closed."""
    rows = seance.scrutins.exclude(etat=Scrutin.Etat.ABANDONNE).order_by("pk")
    if seance.levee:
        rows = rows.filter(etat=Scrutin.Etat.CLOS)
    else:
        rows = rows.filter(Q(etat=Scrutin.Etat.OUVERT) | Q(point=seance.point_id))
    if not conduit:
        rows = rows.exclude(etat=Scrutin.Etat.PREPARE)
    scrutins = list(rows)
    mine = {
        elector.scrutin_id: elector for elector in Electeur.objects.filter(scrutin__in=scrutins, agent=agent)
    }
    return [Vote(result, mine.get(result.scrutin.pk)) for result in results_of(scrutins)]


def _suites(seance: Seance) -> list[SuiteReunion]:
    """Decisions and actions of the current point; once the meeting is over, all of them. Those set aside are left out
    then."""
    rows = seance.suites.select_related("decision", "tache", "responsable", "auteur", "point").exclude(
        Q(etat=SuiteReunion.Etat.ECARTEE) | Q(decision__etat=Decision.Etat.ANNULEE)
    )
    if not seance.levee:
        rows = rows.filter(point=seance.point_id)
    return list(rows.order_by("pk"))


def reports_of(seance: Seance) -> list[ActionReportee]:
    """What an earlier meeting left to be done, as it is now. One query, none when this one follows no other."""
    if seance.suite_de_id is None:
        return []
    rows = seance.reports.select_related("tache__responsable", "tache__communaute")
    return list(rows.order_by("tache__echeance_tri", "pk"))


def _documents(agent: Agent, seance: Seance) -> list[DocumentReunion] | list[PieceReunion]:
    """What the current point is prepared with: documents, for those who read the community; between agents, files."""
    communaute = seance.reunion.communaute
    if seance.point is None:
        return []
    if communaute is None:
        return list(seance.point.pieces_jointes.select_related("document"))
    rows = DocumentReunion.objects.filter(point=seance.point, document__retire_le__isnull=True)
    found = list(rows.select_related("document"))
    return found if found and can_read(agent, communaute) else []


def _notes(agent: Agent, seance: Seance) -> dict[str, Any]:
    """Notes of the current point, who writes them, and one's own draft; all the notes once the meeting is over."""
    rows = seance.notes.select_related("plume", "modifiee_par", "point").order_by("point__rang")
    # The meeting went on while one was writing: one's words wait where they were.
    drafts = BrouillonNote.objects.filter(note__seance=seance, agent=agent).exclude(texte=F("note__texte"))
    elsewhere = drafts.select_related("note__point").order_by("note__point__rang")
    if seance.levee:
        return {
            "toutes_les_notes": [note for note in rows if note.texte],
            "autres_brouillons": list(elsewhere),
        }
    others = {"autres_brouillons": list(elsewhere.exclude(note__point=seance.point_id))}
    note = rows.filter(point=seance.point_id).first()
    if note is None:
        return others | {"note": None}
    held = is_held(note)
    draft = BrouillonNote.objects.filter(note=note, agent=agent).first()
    mine = held and note.plume_id == agent.pk
    return others | {
        "note": note,
        "plume": note.plume if held else None,
        "j_ai_la_plume": mine,
        # What one goes on typing: one's draft when nobody changed the notes since.
        "saisie": draft.texte if draft is not None and draft.depuis == note.version else note.texte,
        "brouillon": draft,
        "brouillon_a_reprendre": draft is not None
        and draft.texte.strip() != note.texte
        and (not mine or draft.depuis != note.version),
    }


def merging(note: NotePoint, draft: BrouillonNote, base: str | None) -> dict[str, Any]:
    """What the merge page shows of a draft and of what the notes became; `base`: the text both started from."""
    start = "" if draft.depuis == 0 else note.texte if draft.depuis == note.version else base
    context = joining(start, note.texte, draft.texte, par=note.modifiee_par, date=note.modifiee_le)
    return context | {"quoi": "les notes"}


def _headings(seance: Seance) -> list[Passage]:
    return list(seance.passages.select_related("point").order_by("debut", "pk"))


def _about(numero: int, headings: list[Passage]) -> int | None:
    found = None
    for passage in headings:
        if passage.apres_message < numero:
            found = passage.point_id
    return found


def _under_points(lines: list[Ligne], seance: Seance) -> list[tuple[str, Ligne]]:
    """Each line, with the title of its point where it changes."""
    headings = _headings(seance)
    titles = {passage.point_id: passage.point.titre for passage in headings}
    before, found = None, []
    for line in lines:
        point = _about(line.message.numero, headings)
        found.append((titles[point] if point is not None and point != before else "", line))
        before = point
    return found
