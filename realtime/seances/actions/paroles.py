"""Hands raised, the floor given, calls for help."""

from django.db import transaction
from django.utils import timezone

from annuaire.models import Agent
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.journal import record
from plateforme.socle.limites import check_limit
from realtime.seances.access import require_lead, require_part
from realtime.seances.actions.commun import locked, require_on, tell
from realtime.seances.actions.deroulement import close_speech
from realtime.seances.models import Aide, Seance, TourDeParole
from realtime.seances.models.paroles import AIDE_MAX

N_ENTENDS_RIEN = "Je suis à distance et je n’entends rien."


@transaction.atomic
def raise_hand(agent: Agent, seance: Seance) -> None:
    """Ask for the floor; harmless when one's hand is up. Whoever takes part."""
    current = locked(seance)
    require_part(agent, current.reunion)
    require_on(current)
    if current.tours.filter(agent=agent, etat=TourDeParole.Etat.DEMANDE).exists():
        return
    check_limit("parole", agent.pk)
    TourDeParole.objects.create(seance=current, agent=agent, point=current.point, demande_le=timezone.now())
    record(agent, "parole.ask", current.reunion)
    tell(current, "parole")


@transaction.atomic
def lower_hand(auteur: Agent, seance: Seance, agent: Agent) -> None:
    """Put down one's hand, or that of somebody for those who run the meeting; harmless when it is down."""
    current = locked(seance)
    if auteur.pk != agent.pk:
        require_lead(auteur, current.reunion)
    if current.tours.filter(agent=agent, etat=TourDeParole.Etat.DEMANDE).update(
        etat=TourDeParole.Etat.RETIRE
    ):
        record(auteur, "parole.withdraw", current.reunion, agent=agent.pk)
        tell(current, "parole")


@transaction.atomic
def give_floor(auteur: Agent, seance: Seance, agent: Agent) -> None:
    """Give the floor to somebody who asked for it: whoever had it no longer does. Animateurs and secretaries."""
    current = locked(seance)
    require_lead(auteur, current.reunion)
    require_on(current)
    tour = current.tours.filter(agent=agent, etat=TourDeParole.Etat.DEMANDE).first()
    if tour is None:
        if current.tours.filter(agent=agent, etat=TourDeParole.Etat.EN_COURS).exists():
            return
        raise ActionRefusee("Cette personne a baissé la main.")
    now = timezone.now()
    close_speech(current, now)
    tour.etat, tour.debut, tour.point = TourDeParole.Etat.EN_COURS, now, current.point
    tour.save(update_fields=["etat", "debut", "point"])
    record(auteur, "parole.give", current.reunion, agent=agent.pk)
    tell(current, "parole_donnee")


@transaction.atomic
def end_speech(auteur: Agent, seance: Seance) -> None:
    """Say that one has finished, or for those who run the meeting that somebody has."""
    current = locked(seance)
    speaker = current.tours.filter(etat=TourDeParole.Etat.EN_COURS).first()
    if speaker is None:
        return
    if speaker.agent_id != auteur.pk:
        require_lead(auteur, current.reunion)
    close_speech(current, timezone.now())
    record(auteur, "parole.end", current.reunion, agent=speaker.agent_id)
    tell(current, "parole")


@transaction.atomic
def set_hands_by_point(auteur: Agent, seance: Seance, par_point: bool) -> None:
    """Whether hands are put down when the next point is opened. Animateurs and secretaries."""
    current = locked(seance)
    require_lead(auteur, current.reunion)
    require_on(current)
    if current.mains_par_point != par_point:
        current.mains_par_point = par_point
        record(auteur, "parole.set", current.reunion, par_point=par_point)
        tell(current, "reglage", "mains_par_point")


@transaction.atomic
def call_for_help(agent: Agent, seance: Seance, texte: str = "") -> None:
    """Tell those who run the meeting that something is wrong; while it waits, one's words replace the former."""
    current = locked(seance)
    require_part(agent, current.reunion)
    require_on(current)
    texte = " ".join(texte.replace("\x00", "").split()) or N_ENTENDS_RIEN
    if len(texte) > AIDE_MAX:
        raise ActionRefusee(f"Dites-le en {AIDE_MAX} caractères au plus.", champ="texte")
    check_limit("parole", agent.pk)
    current.aides.update_or_create(
        agent=agent,
        close_le=None,
        defaults={"texte": texte},
        create_defaults={"texte": texte, "cree_le": timezone.now()},
    )
    record(agent, "aide.call", current.reunion)
    tell(current, "aide")


@transaction.atomic
def answer_help(auteur: Agent, seance: Seance, aide: Aide, reponse: str = "") -> None:
    """Answer a call, which is then closed. Whoever called says that it is mended; or those who run the meeting."""
    current = locked(seance)
    found = current.aides.select_related("agent").filter(pk=aide.pk).first()
    if found is None or found.close_le is not None:
        return
    if found.agent_id != auteur.pk:
        require_lead(auteur, current.reunion)
    reponse = " ".join(reponse.replace("\x00", "").split())
    if len(reponse) > AIDE_MAX:
        raise ActionRefusee(f"Répondez en {AIDE_MAX} caractères au plus.", champ="texte")
    found.reponse, found.repondu_par, found.close_le = reponse, auteur, timezone.now()
    found.save(update_fields=["reponse", "repondu_par", "close_le"])
    record(auteur, "aide.answer", current.reunion, agent=found.agent_id)
    tell(current, "aide")
