"""An answer that a calendar mailed back: taken, or left with a word for the mail server."""

import hashlib

import structlog
from allauth.account.models import EmailAddress
from django.db import transaction

from forum.actions.courriels import Reception
from forum.courriels_entrants.authentification import is_authenticated
from forum.courriels_entrants.lecture import CourrielLu
from forum.models import CourrielRecu
from plateforme.socle.erreurs import ActionRefusee
from realtime.reunions.access import still_invited, visible_reunions
from realtime.reunions.actions.commun import locked
from realtime.reunions.actions.convives import record_answer
from realtime.reunions.actions.occurrences import locked_serie
from realtime.reunions.actions.series import record_serie_answer
from realtime.reunions.adresses import read_answer_address
from realtime.reunions.models import Convive, Habitue, Participant
from realtime.reunions.reponses import ReponseLue, read_replies

logger = structlog.get_logger(__name__)

IGNORE, REFUSE, PRIS = CourrielRecu.Issue.IGNORE, CourrielRecu.Issue.REFUSE, CourrielRecu.Issue.PUBLIE


def knows_address(address: str) -> bool:
    """Whether `address` is one that invitations are answered at."""
    return read_answer_address(address) is not None


def receive_reply(raw: bytes, read: CourrielLu, address: str) -> Reception:
    """Take the answer that came at `address`, one of ours. Never raises for what the e-mail holds.

    It counts when it is from the person the address was made for (an address of theirs, proved by our mail server if
    it does), about a meeting they may still see, not older than the last change of hour nor than what they said since.
    Anything else changes nothing: a person who writes words there, a machine, a forger.
    """
    invitation = read_answer_address(address)
    replies = read_replies(raw)
    if invitation is None:
        return _written(raw, None, REFUSE, "jeton_faux")
    convive = (
        invitation.modele.objects.select_related("agent")  # type: ignore[attr-defined]
        .filter(pk=invitation.pk, retire_le__isnull=True)
        .first()
    )
    if convive is None:
        return _written(raw, None, IGNORE, "agenda_retire")
    if not replies:
        return _written(raw, convive, IGNORE, "agenda_sans_reponse")
    theirs = _addresses_of(convive)
    if read.expediteur not in theirs or not is_authenticated(read.entetes, read.expediteur):
        return _written(raw, convive, REFUSE, "expediteur_inconnu")
    taken = False
    for reply in replies:
        # Who answers for somebody else, a delegate or an assistant, is not that person.
        if reply.participant in theirs:
            try:
                taken |= _take(convive, reply)
            except ActionRefusee as refused:
                logger.info("calendar_reply_refused", reason=refused.message)
    return _written(raw, convive, PRIS if taken else IGNORE, "" if taken else "agenda_depassee")


@transaction.atomic
def _take(convive: Convive, reply: ReponseLue) -> bool:
    if isinstance(convive, Habitue) and reply.occurrence is None:
        return _take_for_serie(convive, reply)
    participant = _meant(convive, reply)
    if participant is None:
        return False
    reunion = locked(participant.reunion)
    participant = Participant.objects.select_related("agent").get(pk=participant.pk)
    agent = participant.agent
    if agent is not None and (
        not agent.is_active or not visible_reunions(agent).filter(pk=reunion.pk).exists()
    ):
        return False
    if participant.retire_le is not None or reply.sequence < reunion.sequence_horaire:
        return False
    if participant.repondu_le is not None and reply.quand < participant.repondu_le:
        return False
    record_answer(reunion, participant, reply.reponse, reply.commentaire, quand=reply.quand)
    return True


def _take_for_serie(habitue: Habitue, reply: ReponseLue) -> bool:
    serie = locked_serie(habitue.serie)
    fresh = Habitue.objects.present().select_related("agent").filter(pk=habitue.pk).first()
    if fresh is None or reply.uid != serie.uid or serie.arretee_le is not None:
        return False
    if fresh.agent is not None and not still_invited(fresh.agent, serie.communaute, fresh):
        return False
    if fresh.repondu_le is not None and reply.quand < fresh.repondu_le:
        return False
    record_serie_answer(serie, fresh, reply.reponse, reply.commentaire, quand=reply.quand)
    return True


def _meant(convive: Convive, reply: ReponseLue) -> Participant | None:
    """The invitation to one meeting that a reply is about."""
    if isinstance(convive, Habitue):
        found: Participant | None = (
            Participant.objects.present()
            .select_related("reunion")
            .filter(
                reunion__serie=convive.serie_id,
                reunion__uid=reply.uid,
                reunion__occurrence=reply.occurrence,
                agent=convive.agent,
                courriel=convive.courriel,
            )
            .first()
        )
        return found
    assert isinstance(convive, Participant)
    reunion = convive.reunion
    if reply.uid != reunion.uid or (reply.occurrence and reply.occurrence != reunion.occurrence):
        return None
    return convive


def _addresses_of(convive: Convive) -> set[str]:
    """The addresses from which this person may answer, in lower case."""
    if convive.agent is None:
        return {convive.courriel.lower()}
    verified = EmailAddress.objects.filter(user=convive.agent, verified=True).values_list("email", flat=True)
    return {address.lower() for address in verified}


def _written(raw: bytes, convive: Convive | None, issue: str, raison: str) -> Reception:
    CourrielRecu.objects.get_or_create(
        identifiant=f"a.{hashlib.sha256(raw).hexdigest()}",
        defaults={"issue": issue, "raison": raison, "agent": convive.agent if convive is not None else None},
    )
    return Reception(issue, raison, "Cette adresse ne reçoit que les réponses des agendas.")
