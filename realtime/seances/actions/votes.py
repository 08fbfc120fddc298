"""Putting a question to the vote, voting, closing. Always in this order: meeting, vote, electors, totals."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone

from annuaire.models import Agent, Service
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.journal import record
from plateforme.socle.limites import check_limit
from plateforme.socle.typographie import tidy_title
from realtime.reunions.models import Convive
from realtime.seances.access import require_lead, require_part, taking_part
from realtime.seances.actions.commun import locked, require_on, tell
from realtime.seances.models import Assistance, Choix, Electeur, PoidsService, Scrutin, Seance
from realtime.seances.models.votes import CHOIX_MAX, CHOIX_NOMBRE_MAX, POIDS_MAX, QUESTION_MAX

SCRUTINS_MAX = 60
# Fewer electors than that would be known by the result.
SECRET_MIN = 3
ORDINAIRES = ("Pour", "Contre")


@dataclass(frozen=True)
class ProjetScrutin:
    """A question as it is asked."""

    question: str
    choix: tuple[str, ...] = ORDINAIRES
    secret: bool = False
    multiple: bool = False
    par_service: bool = False
    modifiable: bool = False
    quorum: int = 0
    # By primary key of a service: how many voices it has, of a vote by service; one when it is not said.
    poids: Mapping[int, int] = field(default_factory=dict)


@transaction.atomic
def prepare_vote(auteur: Agent, seance: Seance, projet: ProjetScrutin) -> Scrutin:
    """Write a question about the current point; nobody votes yet. Animateurs and secretaries.

    Raises `ActionRefusee` (field `question`, `choix`, `quorum`, `secret`) and `PermissionDenied`.
    """
    current = locked(seance)
    require_lead(auteur, current.reunion)
    require_on(current)
    question, choix = _checked(projet)
    check_limit("reunion", auteur.pk)
    if Scrutin.objects.filter(seance=current).count() >= SCRUTINS_MAX:
        raise ActionRefusee(f"Une réunion compte {SCRUTINS_MAX} votes au plus.")
    scrutin = Scrutin.objects.create(
        seance=current,
        point=current.point,
        question=question,
        secret=projet.secret,
        multiple=projet.multiple,
        par_service=projet.par_service,
        modifiable=projet.modifiable,
        quorum=projet.quorum,
        cree_le=timezone.now(),
    )
    Choix.objects.bulk_create(
        [Choix(scrutin=scrutin, rang=rang, libelle=libelle) for rang, libelle in enumerate(choix, 1)]
    )
    if projet.par_service:
        PoidsService.objects.bulk_create(
            [
                PoidsService(scrutin=scrutin, service=service, poids=projet.poids[service.pk])
                for service in Service.objects.filter(pk__in=projet.poids)
                if projet.poids[service.pk] != 1
            ]
        )
    record(auteur, "vote.prepare", scrutin, reunion=current.pk)
    tell(current, "vote")
    return scrutin


@transaction.atomic
def open_vote(auteur: Agent, scrutin: Scrutin) -> None:
    """Open a vote to those who attend or are invited, optional guests excepted; harmless when it is open.

    Who votes is settled now: whoever comes later does not. Animateurs and secretaries.
    """
    current, found = _locked(scrutin)
    require_lead(auteur, current.reunion)
    require_on(current)
    if found.ouvert:
        return
    if found.etat != Scrutin.Etat.PREPARE:
        raise ActionRefusee("Ce vote est déjà terminé.")
    voters = _voters(current)
    if not voters:
        raise ActionRefusee("Personne ne peut voter : invitez d’abord les participants.")
    if found.secret and len(voters) < SECRET_MIN:
        raise ActionRefusee(
            f"À moins de {SECRET_MIN} personnes, un vote ne peut pas être secret : le résultat dirait qui a choisi quoi."
        )
    Electeur.objects.bulk_create(
        [
            Electeur(scrutin=found, agent=agent, service_id=agent.service_id, secret=found.secret)
            for agent in voters
        ]
    )
    found.etat, found.ouvert_par, found.ouvert_le = Scrutin.Etat.OUVERT, auteur, timezone.now()
    found.save(update_fields=["etat", "ouvert_par", "ouvert_le"])
    record(auteur, "vote.open", found, electeurs=len(voters))
    tell(current, "scrutin")


@transaction.atomic
def vote(agent: Agent, scrutin: Scrutin, rangs: Collection[int], *, abstention: bool = False) -> None:
    """Vote, once; again where votes may be changed. Those who were called to when the vote was opened.

    `rangs`: of the answers; `abstention`: to count as having voted for none. The journal says who voted, of an open
    vote too never what. Raises `ActionRefusee` and `PermissionDenied`.
    """
    check_limit("vote", agent.pk)
    current, found = _locked(scrutin)
    require_part(agent, current.reunion)
    if not found.ouvert:
        raise ActionRefusee("Ce vote est clos." if found.clos else "Ce vote n’est pas ouvert.")
    elector = found.electeurs.filter(agent=agent).first()
    if elector is None:
        raise PermissionDenied("Vous n’êtes pas appelé ou appelée à ce vote.")
    if elector.a_vote and not found.modifiable:
        raise ActionRefusee("Vous avez déjà voté : ce vote ne se change pas.")
    chosen = sorted(set(rangs))
    _check_ballot(found, chosen, abstention=abstention)
    elector.a_vote = True
    if found.secret:
        elector.save(update_fields=["a_vote"])
        # All the rows, whatever was chosen: see the model.
        found.choix.update(voix=F("voix") + Case(When(rang__in=chosen, then=Value(1)), default=Value(0)))
        Scrutin.objects.filter(pk=found.pk).update(abstentions=F("abstentions") + (1 if abstention else 0))
    else:
        elector.choix = chosen
        elector.save(update_fields=["a_vote", "choix"])
    record(agent, "vote.cast", found)
    tell(current, "voix")


@transaction.atomic
def close_vote(auteur: Agent, scrutin: Scrutin) -> None:
    """Close a vote: its result is what it is. Harmless when it is closed. Animateurs and secretaries."""
    current, found = _locked(scrutin)
    require_lead(auteur, current.reunion)
    if found.clos:
        return
    if not found.ouvert:
        raise ActionRefusee("Ce vote n’est pas ouvert.")
    found.etat, found.clos_le = Scrutin.Etat.CLOS, timezone.now()
    found.save(update_fields=["etat", "clos_le"])
    record(auteur, "vote.close", found)
    tell(current, "vote_clos")


@transaction.atomic
def drop_vote(auteur: Agent, scrutin: Scrutin) -> None:
    """Give up a vote that is not closed: it stays written, without result. Animateurs and secretaries."""
    current, found = _locked(scrutin)
    require_lead(auteur, current.reunion)
    if found.clos:
        raise ActionRefusee("Ce vote est clos : son résultat reste.")
    if found.etat == Scrutin.Etat.ABANDONNE:
        return
    found.etat, found.clos_le = Scrutin.Etat.ABANDONNE, timezone.now()
    found.save(update_fields=["etat", "clos_le"])
    record(auteur, "vote.drop", found)
    tell(current, "vote")


def _locked(scrutin: Scrutin) -> tuple[Seance, Scrutin]:
    current = locked(scrutin.seance)
    return current, Scrutin.objects.select_for_update().get(pk=scrutin.pk)


def services_of(seance: Seance) -> list[Service]:
    """The services of those who would be called to vote now. Two queries."""
    called = {agent.service_id for agent in _voters(seance) if agent.service_id is not None}
    return list(Service.objects.filter(pk__in=called).order_by("nom"))


def _voters(seance: Seance) -> list[Agent]:
    """Agents invited, save optionally, and those who attend without invitation, who may take part now."""
    reunion = seance.reunion
    invited = reunion.participants.present().filter(agent__isnull=False)
    came = Assistance.objects.filter(seance=seance, vu_le__isnull=False)
    called = (
        Q(pk__in=invited.values("agent")) | Q(pk=reunion.organisateur_id) | Q(pk__in=came.values("agent"))
    )
    optional = invited.filter(role=Convive.Role.INVITE)
    return list(taking_part(reunion).filter(called).exclude(pk__in=optional.values("agent")))


def _checked(projet: ProjetScrutin) -> tuple[str, list[str]]:
    question = tidy_title(projet.question.replace("\x00", ""))
    if not question:
        raise ActionRefusee("Écrivez la question mise aux voix.", champ="question")
    if len(question) > QUESTION_MAX:
        raise ActionRefusee(f"La question compte {QUESTION_MAX} caractères au plus.", champ="question")
    choix = [line for line in (" ".join(text.replace("\x00", "").split()) for text in projet.choix) if line]
    _check_answers(choix)
    if not 0 <= projet.quorum <= 100:
        raise ActionRefusee("Le quorum est un pourcentage, de 0 à 100.", champ="quorum")
    if not all(1 <= poids <= POIDS_MAX for poids in projet.poids.values()):
        raise ActionRefusee(f"Un service compte pour 1 à {POIDS_MAX} voix.", champ="par_service")
    if projet.secret and projet.par_service:
        raise ActionRefusee(
            "Un vote secret ne se compte pas par service : la voix d’un service d’une seule personne se "
            "reconnaîtrait.",
            champ="secret",
        )
    if projet.secret and projet.modifiable:
        raise ActionRefusee(
            "Un vote secret ne se change pas : rien ne garde quel bulletin est à qui.", champ="secret"
        )
    return question, choix


def _check_answers(choix: Sequence[str]) -> None:
    if not 2 <= len(choix) <= CHOIX_NOMBRE_MAX:
        raise ActionRefusee(
            f"Proposez de 2 à {CHOIX_NOMBRE_MAX} réponses, une par ligne ; l’abstention est toujours possible.",
            champ="choix",
        )
    if any(len(line) > CHOIX_MAX for line in choix):
        raise ActionRefusee(f"Une réponse compte {CHOIX_MAX} caractères au plus.", champ="choix")
    if len({line.casefold() for line in choix}) != len(choix):
        raise ActionRefusee("Deux réponses sont les mêmes.", champ="choix")


def _check_ballot(scrutin: Scrutin, chosen: Sequence[int], *, abstention: bool) -> None:
    if abstention:
        if chosen:
            raise ActionRefusee("Choisissez une réponse ou l’abstention, pas les deux.")
        return
    if not chosen:
        raise ActionRefusee("Choisissez une réponse, ou l’abstention.")
    if len(chosen) > 1 and not scrutin.multiple:
        raise ActionRefusee("Choisissez une seule réponse.")
    if scrutin.choix.filter(rang__in=chosen).count() != len(chosen):
        raise ActionRefusee("Cette réponse n’est pas proposée.")
