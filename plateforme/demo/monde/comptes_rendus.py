"""The minutes of a meeting of the demo: validated under their number, and a correction being written."""

from datetime import datetime, timedelta

from django.utils import timezone

from annuaire.mentions import render_naming
from annuaire.models import Agent
from communautes.models import Communaute
from communautes.suites.actions import create_task, propose_decision
from plateforme.socle.journal import record
from plateforme.socle.texte import RENDERER_VERSION
from realtime.reunions.actions import ProjetPoint
from realtime.reunions.actions.convives import resolve_groups
from realtime.reunions.actions.points import write_points
from realtime.reunions.models import Convive, Reunion
from realtime.seances.composition import compose, heading
from realtime.seances.compte_rendu import minutes_of
from realtime.seances.models import (
    Assistance,
    CompteRendu,
    CompteurComptesRendus,
    EditionCompteRendu,
    NotePoint,
    Passage,
    Seance,
    SuiteReunion,
    VersionCompteRendu,
)
from realtime.seances.rendu import render_minutes

TITRE = "Point hebdomadaire : seuils de busage"
NOTES = (
    "Trois contrôles dans la semaine, tous en Lozère :\n\n"
    "- deux **conformes** ;\n- un busage de 14 m sans déclaration, à régulariser avant le printemps.",
    "| Département | Seuil retenu |\n| --- | --- |\n| Ariège | 10 m |\n| Lozère | 15 m |\n\n"
    "Le préfet de région demande une seule position.",
)
MOTIF = "Le seuil de la Lozère est de 12 m"


def load_minutes(agents: dict[str, Agent], now: datetime) -> None:
    """In « Police de l’eau », last week: Aminata presides, Nadia writes."""
    aminata, nadia, gaelle = (agents[key] for key in ("aminata-sarr", "nadia-ferhat", "gaelle-estaque"))
    communaute = Communaute.objects.get(slug="police-de-l-eau")
    begun = timezone.localtime(now - timedelta(days=7)).replace(hour=10, minute=0, second=0, microsecond=0)
    seance = _held(communaute, aminata, nadia, gaelle, begun)
    seen = seance.levee_le
    Assistance.objects.bulk_create(
        [
            Assistance(seance=seance, agent=agent, arrivee_le=begun, vu_le=seen)
            for agent in (aminata, nadia, gaelle)
        ]
    )
    texte = compose(minutes_of(seance)).strip()
    validated = begun + timedelta(days=1)
    year = seance.reunion.sur_place(begun).year
    CompteurComptesRendus.objects.create(communaute=communaute, annee=year, dernier=1)
    corrected = texte.replace("| Lozère | 15 m |", "| Lozère | 12 m |")
    minutes = CompteRendu.objects.create(
        seance=seance,
        communaute=communaute,
        annee=year,
        numero=1,
        edition=1,
        motif=MOTIF,
        texte=corrected,
        html=render_minutes(corrected),
        version_rendu=RENDERER_VERSION,
        compose=texte,
        version=2,
        modifie_par=nadia,
        modifie_le=now - timedelta(hours=2),
    )
    VersionCompteRendu.objects.bulk_create(
        [
            VersionCompteRendu(compte_rendu=minutes, numero=number, texte=words, auteur=nadia, cree_le=when)
            for number, words, when in ((1, texte, validated), (2, corrected, minutes.modifie_le))
        ]
    )
    EditionCompteRendu.objects.create(
        compte_rendu=minutes,
        rang=0,
        texte=texte,
        html=render_minutes(texte),
        version_rendu=RENDERER_VERSION,
        entete=heading(seance, president=aminata.nom_complet, secretaire=nadia.nom_complet).to_json(),
        validee_par=aminata,
        validee_le=validated,
    )
    record(aminata, "minutes.validate", seance.reunion, numero=minutes.reference, edition=0)


def _held(communaute: Communaute, aminata: Agent, nadia: Agent, gaelle: Agent, begun: datetime) -> Seance:
    """A meeting that is over: two points, their notes, a decision and an action."""
    reunion = Reunion.objects.create(
        communaute=communaute,
        organisateur=aminata,
        titre=TITRE,
        debut=begun,
        lieu="Visioconférence",
        toute_la_communaute=True,
        etat=Reunion.Etat.TERMINEE,
    )
    points = write_points(
        reunion,
        [ProjetPoint("Contrôles de la semaine", nadia, 15), ProjetPoint("Seuils de busage", gaelle, 30)],
    )
    resolve_groups(reunion)
    for agent, role in ((aminata, Convive.Role.ANIMATEUR), (nadia, Convive.Role.SECRETAIRE)):
        reunion.participants.filter(agent=agent).update(
            role=role, reponse=Convive.Reponse.ACCEPTE, repondu_le=begun
        )
    middle, over = begun + timedelta(minutes=17), begun + timedelta(minutes=50)
    seance = Seance.objects.create(
        reunion=reunion, etat=Seance.Etat.LEVEE, ouverte_par=aminata, ouverte_le=begun, levee_le=over
    )
    for point, notes, start, end in zip(points, NOTES, (begun, middle), (middle, over), strict=True):
        Passage.objects.create(seance=seance, point=point, debut=start, fin=end)
        NotePoint.objects.create(
            seance=seance,
            point=point,
            texte=notes,
            html=render_naming(notes),
            version_rendu=RENDERER_VERSION,
            version=1,
            modifiee_par=nadia,
            modifiee_le=end,
        )
    decision = propose_decision(
        nadia,
        communaute,
        "Tout busage constaté sans déclaration est régularisé dans les six mois.",
        quand=over,
    )
    SuiteReunion.objects.create(seance=seance, point=points[0], decision=decision, auteur=nadia, cree_le=over)
    libelle, echeance = (
        "Rédiger une position commune pour le préfet de région",
        (begun + timedelta(days=30)).date(),
    )
    SuiteReunion.objects.create(
        seance=seance,
        point=points[1],
        tache=create_task(
            aminata, libelle, communaute=communaute, responsable=gaelle, echeance=echeance, quand=over
        ),
        etat=SuiteReunion.Etat.CONFIRMEE,
        libelle=libelle,
        responsable=gaelle,
        echeance=echeance,
        auteur=nadia,
        cree_le=over,
    )
    return seance
