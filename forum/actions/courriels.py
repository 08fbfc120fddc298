"""An answer that came by e-mail: published, refused with a word to its author, or dropped."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO

import structlog
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from annuaire.models import Agent
from communautes.access import adhesion_of, can_read, suspension_of
from forum.actions.pieces import add_piece, remove_piece
from forum.actions.publication import publish_message
from forum.courriels_entrants.authentification import is_authenticated
from forum.courriels_entrants.garde import LOOP, why_ignored
from forum.courriels_entrants.lecture import CourrielLu, read_email
from forum.courriels_entrants.portes import door_of
from forum.models import CourrielRecu, Message, PieceJointe, Sujet
from forum.reponses_courriel import Jeton, is_reply_address, read_address
from plateforme.socle.courriels import queue_email
from plateforme.socle.erreurs import ActionRefusee, TropDeDemandes
from plateforme.socle.journal import record

logger = structlog.get_logger(__name__)

MAX_ADDRESSES = 20  # recipients of one e-mail looked at
MAX_RETURNED = 20_000  # characters of their own text that a refused person gets back
ONE_ANSWER_PER = timedelta(hours=1)
KEPT = timedelta(days=400)  # longer than a reply address works: until then the same e-mail is known again
KEPT_REFUSED = timedelta(days=60)

# Refusals that the person, once known for sure, is told of; the others are only written down.
_SAID = {
    "jeton_perime": "L’adresse à laquelle vous avez répondu a plus d’un an.",
    "message_absent": "Le message auquel vous répondez n’existe plus.",
    "acces_perdu": "Vous n’avez plus accès à la discussion à laquelle vous répondez.",
    "non_membre": "Seuls les membres de la communauté y écrivent : rejoignez-la, puis publiez votre réponse.",
    "suspendu": "Votre participation à cette communauté est suspendue.",
    "sujet_ferme": "Ce sujet ne reçoit plus de réponses.",
    "chiffre": "Votre courriel est chiffré : le site ne peut pas le lire. Envoyez-le sans chiffrement.",
    "texte_vide": "Nous n’avons trouvé aucun texte de vous au-dessus du message cité. Si vous avez répondu dans "
    "le corps du message cité, recopiez votre réponse au-dessus.",
    "trop_gros": "Votre courriel est trop volumineux : envoyez-le sans pièce jointe, et partagez les fichiers sur "
    "le site.",
    "refuse": "",
}
_UNSAID = {
    "jeton_absent": "Cette adresse ne permet pas de répondre.",
    "jeton_faux": "Cette adresse ne permet pas de répondre.",
    "compte_ferme": "Cette adresse ne permet plus de répondre.",
    "expediteur_inconnu": "L’expéditeur n’est pas la personne à qui cette adresse de réponse a été donnée.",
    "expediteur_non_prouve": "L’expéditeur n’a pas pu être vérifié.",
}


@dataclass(frozen=True, slots=True)
class Reception:
    """What became of an e-mail. `phrase`: why it was refused; `plus_tard`: nothing was decided, try again.

    `dit`: the person was told by an e-mail of ours, so a mail server need not tell them again.
    """

    issue: str
    raison: str = ""
    phrase: str = ""
    message: Message | None = None
    plus_tard: bool = False
    dit: bool = False


class _Refus(Exception):
    def __init__(
        self, code: str, phrase: str = "", *, agent: Agent | None = None, known: bool = False
    ) -> None:
        super().__init__(code)
        self.code = code
        self.phrase = phrase or _SAID.get(code) or _UNSAID.get(code, "")
        self.agent = agent
        # The sender is surely that person: they may be answered.
        self.known = known


def receive_email(
    raw: bytes, adresses: Iterable[str] = (), *, enveloppe: str | None = None, coupe: bool = False
) -> Reception:
    """Publish an answer received by e-mail, or say why not. Never raises for what the e-mail holds.

    `adresses`: whom the mail server took it for, else what its headers say. `enveloppe`: its envelope's
    sender, if known. `coupe`: only its headers are given, it was too big to be read. The same e-mail received
    again, even while it is being published, publishes nothing more: `CourrielRecu` holds that in the
    transaction of the message. Database errors come through: the caller keeps the e-mail and tries later.
    """
    read = read_email(raw)
    adresses = list(adresses)
    door = door_of(_ours(read, adresses))
    if door is not None:
        porte, address = door
        received: Reception = porte.recevoir(raw, read, address)
        return received
    key = hashlib.sha256(raw).hexdigest()
    ignored = why_ignored(read.entetes, read.objet, enveloppe=enveloppe)
    if ignored:
        CourrielRecu.objects.get_or_create(
            identifiant=f"i.{key}", defaults={"issue": CourrielRecu.Issue.IGNORE, "raison": ignored}
        )
        return Reception(CourrielRecu.Issue.IGNORE, ignored)
    try:
        return _take(read, adresses, coupe=coupe)
    except TropDeDemandes as error:
        return Reception(
            CourrielRecu.Issue.REFUSE,
            "trop_de_demandes",
            "Trop de messages en peu de temps.",
            plus_tard=bool(error),
        )
    except _Refus as refus:
        dit = _refuse(read, refus, f"r.{key}")
        return Reception(CourrielRecu.Issue.REFUSE, refus.code, refus.phrase, dit=dit)


def _take(read: CourrielLu, adresses: list[str], *, coupe: bool) -> Reception:
    jeton, agent = _who(read, adresses)
    if not is_authenticated(read.entetes, read.expediteur):
        raise _Refus("expediteur_non_prouve", agent=agent)
    answered = Message.objects.select_related("sujet__communaute").filter(pk=jeton.message_id).first()
    identifiant = read.identifiant(jeton.agent_id, jeton.message_id)
    already = CourrielRecu.objects.filter(identifiant=identifiant).select_related("message").first()
    if already is not None:
        return Reception(CourrielRecu.Issue.PUBLIE, "deja", message=already.message)

    def refusal(code: str, phrase: str = "") -> _Refus:
        return _Refus(code, phrase, agent=agent, known=True)

    if jeton.expired:
        raise refusal("jeton_perime")
    if answered is None:
        raise refusal("message_absent")
    sujet = answered.sujet
    if not can_read(agent, sujet.communaute):
        raise refusal("acces_perdu")
    if adhesion_of(agent, sujet.communaute) is None:
        raise refusal("non_membre")
    if suspension_of(agent, sujet.communaute) is not None:
        raise refusal("suspendu")
    if not sujet.ouvert:
        raise refusal("sujet_ferme")
    if coupe:
        raise refusal("trop_gros")
    if read.chiffre and not read.texte:
        raise refusal("chiffre")
    if not read.texte and not read.fichiers:
        raise refusal("texte_vide")
    pieces, laisses = _take_files(agent, sujet, read)
    texte = "\n\n".join(filter(None, [read.texte, "\n".join(map(_markdown, pieces))]))
    try:
        message = _publish(identifiant, agent, answered, texte)
    except BaseException as error:
        # The e-mail may come again in a minute, with its files.
        for piece in pieces:
            remove_piece(agent, piece)
        if isinstance(error, ActionRefusee) and not isinstance(error, TropDeDemandes):
            raise refusal("refuse", error.message) from None
        if isinstance(error, PermissionDenied):
            raise refusal("acces_perdu") from None
        raise
    if laisses:
        _tell(
            agent,
            read,
            "Votre réponse est publiée, sans ces pièces jointes : "
            + " ; ".join(laisses)
            + ". Vous pouvez les partager dans les documents de la communauté.",
            publie=message,
        )
    return Reception(CourrielRecu.Issue.PUBLIE, message=message)


def _who(read: CourrielLu, adresses: list[str]) -> tuple[Jeton, Agent]:
    """Whom the reply address was given to, once sure that the sender is that person; or `_Refus`."""
    ours = _ours(read, adresses)
    if not ours:
        raise _Refus("jeton_absent")
    jetons = [jeton for jeton in map(read_address, ours) if jeton is not None]
    if not jetons:
        raise _Refus("jeton_faux")
    if not read.expediteur:
        raise _Refus("expediteur_inconnu")
    refus = _Refus("expediteur_inconnu")
    for jeton in jetons:
        agent = Agent.objects.filter(pk=jeton.agent_id).first()
        if agent is None or not agent.is_active:
            refus = _Refus("compte_ferme", agent=agent)
        elif EmailAddress.objects.filter(user=agent, email__iexact=read.expediteur, verified=True).exists():
            return jeton, agent
    raise refus


def _ours(read: CourrielLu, adresses: list[str]) -> list[str]:
    """The addresses of ours that an e-mail came to: as the mail server took it, else as its headers say."""
    recipients = adresses or read.entetes.addresses(
        "x-original-to", "delivered-to", "envelope-to", "to", "cc"
    )
    return [address for address in dict.fromkeys(recipients) if is_reply_address(address)][:MAX_ADDRESSES]


@transaction.atomic
def _publish(identifiant: str, agent: Agent, answered: Message, texte: str) -> Message | None:
    """Write the message and that the e-mail was received, both or neither."""
    courriel, new = CourrielRecu.objects.get_or_create(
        identifiant=identifiant, defaults={"agent": agent, "issue": CourrielRecu.Issue.PUBLIE}
    )
    if not new:
        # Another reception of the same e-mail came first; it has committed, or we would still be waiting.
        return courriel.message
    message = publish_message(
        agent, answered.sujet, texte, origine=Message.Origine.COURRIEL, repond_a=answered
    )
    courriel.message = message
    courriel.save(update_fields=["message"])
    return message


def _take_files(agent: Agent, sujet: Sujet, read: CourrielLu) -> tuple[list[PieceJointe], list[str]]:
    """Take what was attached as files sent from the page are; also the names of what could not be taken."""
    pieces: list[PieceJointe] = []
    laisses = list(read.laisses)
    for fichier in read.fichiers:
        try:
            if len(pieces) >= settings.PIECES_PAR_MESSAGE:
                raise ActionRefusee("Trop de fichiers.")
            content = File(BytesIO(fichier.contenu), name=fichier.nom)
            pieces.append(add_piece(agent, sujet.communaute, content, nom=fichier.nom, limite=False))
        except ActionRefusee:
            laisses.append(fichier.nom)
    if not read.texte and not pieces:
        raise _Refus("texte_vide", agent=agent, known=True)
    return pieces, laisses


def _markdown(piece: PieceJointe) -> str:
    """What shows a file in a text."""
    name = piece.nom.replace("\\", "").replace("[", "(").replace("]", ")")
    return f"{'!' if piece.image else ''}[{name}]({piece.get_absolute_url()})"


@transaction.atomic
def _refuse(read: CourrielLu, refus: _Refus, identifiant: str) -> bool:
    """Write a refusal down, and tell its author if that may be; returns whether they were told."""
    if refus.agent is not None:
        # Two refusals at once must not both be answered.
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM annuaire_agent WHERE id = %s FOR NO KEY UPDATE", [refus.agent.pk])
    since = timezone.now() - ONE_ANSWER_PER
    told_lately = CourrielRecu.objects.filter(
        agent=refus.agent, issue=CourrielRecu.Issue.REFUSE, raison__in=_SAID, recu_le__gt=since
    ).exists()
    courriel, new = CourrielRecu.objects.get_or_create(
        identifiant=identifiant,
        defaults={"agent": refus.agent, "issue": CourrielRecu.Issue.REFUSE, "raison": refus.code},
    )
    if not new:
        return False
    record(refus.agent, "email.refuse", courriel, raison=refus.code)
    if refus.agent is None or not refus.known or told_lately:
        return False
    _tell(refus.agent, read, refus.phrase)
    return True


def _tell(agent: Agent, read: CourrielLu, phrase: str, *, publie: Message | None = None) -> None:
    """Answer a person's e-mail: what became of it, and, when it was not published, their text."""
    headers = {
        "Auto-Submitted": "auto-replied",
        "X-Auto-Response-Suppress": "All",
        LOOP: settings.REPONSE_COURRIEL,
    }
    if read.message_id and read.message_id.isprintable() and read.message_id.isascii():
        headers |= {"In-Reply-To": read.message_id, "References": read.message_id}
    texte = "" if publie is not None else (read.texte or read.texte_entier)[:MAX_RETURNED]
    queue_email(
        "reponse_courriel",
        agent.email,
        {
            "phrase": phrase,
            "objet": read.objet,
            "texte": texte,
            "publie": publie,
            "lien": settings.SITE_URL + publie.get_absolute_url() if publie is not None else "",
        },
        headers,
    )


def forget_old_emails() -> int:
    """Remove the traces of old e-mails: those published once their reply address no longer works, the others
    sooner. For the worker; returns how many."""
    now = timezone.now()
    published = Q(issue=CourrielRecu.Issue.PUBLIE)
    old = Q(recu_le__lt=now - KEPT) | (Q(recu_le__lt=now - KEPT_REFUSED) & ~published)
    return CourrielRecu.objects.filter(old).delete()[0]
