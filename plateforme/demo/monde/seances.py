"""One meeting of the demo is being held: whoever comes finds it as they would find a real one."""

from datetime import datetime, timedelta

from annuaire.models import Agent
from communautes.models import Communaute
from communautes.suites.actions import propose_decision
from plateforme.socle.journal import record
from plateforme.socle.texte import RENDERER_VERSION, render_markdown
from realtime.models import Salon
from realtime.reunions.actions import ProjetPoint
from realtime.reunions.actions.listes import resolve_groups
from realtime.reunions.actions.points import write_points
from realtime.reunions.models import Convive, Reunion
from realtime.seances.models import (
    Assistance,
    BrouillonNote,
    Choix,
    Electeur,
    NotePoint,
    Passage,
    Scrutin,
    Seance,
    SuiteReunion,
    TourDeParole,
    VersionNote,
)

TITRE = "Point hebdomadaire : dossiers en cours"


def load_seance(agents: dict[str, Agent], now: datetime) -> None:
    """In « Police de l’eau »: at its second point for eight minutes, a hand raised, a vote open."""
    aminata, nadia, gaelle = (agents[key] for key in ("aminata-sarr", "nadia-ferhat", "gaelle-estaque"))
    communaute = Communaute.objects.get(slug="police-de-l-eau")
    opened, second = now - timedelta(minutes=20), now - timedelta(minutes=8)
    reunion = Reunion.objects.create(
        communaute=communaute,
        organisateur=aminata,
        titre=TITRE,
        debut=opened,
        lieu="Visioconférence",
        toute_la_communaute=True,
        etat=Reunion.Etat.EN_COURS,
    )
    points = write_points(
        reunion,
        [
            ProjetPoint("Retour sur les contrôles de la semaine", nadia, 10),
            ProjetPoint("Busages de moins de 20 m : position commune", gaelle, 15),
            ProjetPoint("Prochaine tournée", None, 5),
        ],
    )
    resolve_groups(reunion)
    for agent, role in ((aminata, Convive.Role.ANIMATEUR), (nadia, Convive.Role.SECRETAIRE)):
        reunion.participants.filter(agent=agent).update(
            role=role, reponse=Convive.Reponse.ACCEPTE, repondu_le=opened
        )
    seance = Seance.objects.create(
        reunion=reunion,
        point=points[1],
        ouverte_par=aminata,
        ouverte_le=opened,
        etape=2,
        version=2,
        salon=Salon.objects.create(communaute=communaute, nom="Point hebdomadaire"),
    )
    Passage.objects.create(seance=seance, point=points[0], debut=opened, fin=second)
    Passage.objects.create(seance=seance, point=points[1], debut=second)
    people = [aminata, nadia, gaelle]
    Assistance.objects.bulk_create(
        [Assistance(seance=seance, agent=agent, arrivee_le=opened, vu_le=now) for agent in people]
    )
    TourDeParole.objects.create(
        seance=seance,
        agent=nadia,
        point=points[0],
        etat=TourDeParole.Etat.FINI,
        demande_le=opened,
        debut=opened,
        fin=opened + timedelta(minutes=4),
    )
    TourDeParole.objects.create(
        seance=seance, agent=gaelle, point=points[1], demande_le=now - timedelta(minutes=2)
    )
    scrutin = Scrutin.objects.create(
        seance=seance,
        point=points[1],
        question="Retenir la déclaration au-delà de 10 m, quel que soit le classement ?",
        etat=Scrutin.Etat.OUVERT,
        modifiable=True,
        quorum=50,
        ouvert_par=aminata,
        cree_le=second,
        ouvert_le=now - timedelta(minutes=1),
    )
    Choix.objects.bulk_create(
        [Choix(scrutin=scrutin, rang=rang, libelle=label) for rang, label in ((1, "Pour"), (2, "Contre"))]
    )
    Electeur.objects.bulk_create(
        [
            Electeur(
                scrutin=scrutin,
                agent=agent,
                service_id=agent.service_id,
                secret=False,
                a_vote=agent != aminata,
                choix=None if agent == aminata else [1],
            )
            for agent in people
        ]
    )
    _load_notes(seance, aminata, nadia, second)
    _load_suites(seance, nadia, gaelle, now)
    record(aminata, "seance.open", reunion)


def _load_notes(seance: Seance, aminata: Agent, nadia: Agent, when: datetime) -> None:
    """Nadia's notes are shown; Aminata had begun others, which wait for her."""
    texte = "L’Ariège retient 10 m, la Lozère 15 m. Le préfet de région demande **une seule position**."
    note = NotePoint.objects.create(
        seance=seance,
        point=seance.point,
        texte=texte,
        html=render_markdown(texte),
        version_rendu=RENDERER_VERSION,
        version=1,
        modifiee_par=nadia,
        modifiee_le=when,
    )
    VersionNote.objects.create(note=note, numero=1, texte=texte, auteur=nadia, cree_le=when)
    BrouillonNote.objects.create(
        note=note,
        agent=aminata,
        texte="Vérifier ce que dit l’arrêté de 2021.",
        depuis=0,
        maj_le=when,
    )


def _load_suites(seance: Seance, nadia: Agent, gaelle: Agent, now: datetime) -> None:
    """A decision that waits to be confirmed, an action that somebody is to do."""
    decision = propose_decision(
        nadia,
        seance.reunion.communaute,
        "Tout busage de plus de 10 m fait l’objet d’une déclaration, quel que soit le classement du cours d’eau.",
        quand=now,
    )
    SuiteReunion.objects.create(
        seance=seance, point=seance.point, decision=decision, auteur=nadia, cree_le=now
    )
    SuiteReunion.objects.create(
        seance=seance,
        point=seance.point,
        libelle="Relire l’arrêté cadre de 2021",
        responsable=gaelle,
        auteur=nadia,
        cree_le=now,
    )
