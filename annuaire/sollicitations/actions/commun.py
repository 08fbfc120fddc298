"""What the actions on sollicitations share: holding one, writing in a thread, telling those who read it.

Whoever writes holds the sollicitation's row first, then those of the people whose load is looked at, by their number.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.actions import Annonce, notify, take_back
from annuaire.notifications.genres import Genre
from annuaire.sollicitations.models import (
    LONGUEUR_MAX,
    Destinataire,
    MessageFil,
    PersonneAjoutee,
    Sollicitation,
)
from plateforme.socle.diffusion import publish_all_on_commit
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.texte import plain_text, render_markdown, validate_source

EXTRAIT = 240
# Of a thread, by those who hold its sollicitation; how far each has read is noted by whoever reads.
CHANGES = (
    "etat", "etat_le", "motif", "compte_le", "rappels", "prochain_rappel", "dernier_numero", "utile",
)  # fmt: skip


def locked(sollicitation: Sollicitation) -> Sollicitation:
    """The sollicitation as it is now, held until the end of the transaction."""
    return (
        Sollicitation.objects.select_for_update(of=("self",), no_key=True)
        .select_related("demandeur", "expertise", "territoire")
        .get(pk=sollicitation.pk)
    )


def locked_thread(fil: Destinataire) -> Destinataire:
    """The thread as it is now, its sollicitation held until the end of the transaction."""
    held = locked(fil.sollicitation)
    found = Destinataire.objects.select_related("agent").get(pk=fil.pk)
    found.sollicitation = held
    return found


def hold_people(agents: Iterable[int]) -> dict[int, Agent]:
    """These people as they are now, held until the end of the transaction: what weighs on them does not change meanwhile."""
    rows = Agent.objects.with_place().select_for_update(no_key=True, of=("self",))
    return {row.pk: row for row in rows.filter(pk__in=set(agents)).order_by("pk")}


def check_text(texte: str, *, champ: str = "texte", requis: bool = True) -> str:
    """A text as it is kept. Raises `ActionRefusee`."""
    texte = texte.strip()
    if not texte:
        if requis:
            raise ActionRefusee("Écrivez votre message.", champ=champ)
        return ""
    if len(texte) > LONGUEUR_MAX:
        raise ActionRefusee(
            f"{LONGUEUR_MAX} caractères au plus : il y en a {len(texte)}. Joignez plutôt un fichier.",
            champ=champ,
        )
    try:
        validate_source(texte)
    except ValidationError as error:
        raise ActionRefusee(error.messages[0], champ=champ) from None
    return texte


def readers_of(fil: Destinataire) -> list[Agent]:
    """Who asks, who is asked, and those who were added. One query."""
    added = PersonneAjoutee.objects.filter(fil=fil).select_related("agent")
    return [fil.sollicitation.demandeur, fil.agent, *(row.agent for row in added)]


def said_before(auteur: Agent, client_id: UUID | None, texte: str) -> MessageFil | None:
    """What this form already wrote, if it was sent twice: the same words."""
    if client_id is None:
        return None
    return MessageFil.objects.filter(auteur=auteur, client_id=client_id, texte=texte).first()


def add_message(
    fil: Destinataire,
    auteur: Agent,
    texte: str = "",
    *,
    evenement: str = "",
    sujet: Agent | None = None,
    client_id: UUID | None = None,
    dire: bool = True,
    now: datetime | None = None,
) -> MessageFil:
    """Write in a thread whose sollicitation the caller holds, save it with what the caller changed of it, and tell those who read it; `dire` false: only to the open
    pages."""
    now = now or timezone.now()
    asked = fil.sollicitation
    fil.dernier_numero += 1
    changed = [*CHANGES]
    if auteur.pk == fil.agent_id:
        fil.lu_agent = fil.dernier_numero
        changed.append("lu_agent")
    if auteur.pk == asked.demandeur_id:
        fil.lu_demandeur = fil.dernier_numero
        changed.append("lu_demandeur")
    fil.save(update_fields=changed)
    message = MessageFil.objects.create(
        fil=fil,
        numero=fil.dernier_numero,
        auteur=auteur,
        evenement=evenement,
        sujet=sujet,
        texte=texte,
        html=str(render_markdown(texte)) if texte else "",
        client_id=client_id,
    )
    PersonneAjoutee.objects.filter(fil=fil, agent=auteur).update(lu=message.numero)
    touch(asked, now)
    people = readers_of(fil)
    if dire:
        tell(fil, message, people)
    publish_change(fil, people)
    return message


def tell(fil: Destinataire, message: MessageFil, people: Iterable[Agent]) -> None:
    """Tell `people` of a message, each once."""
    asked = fil.sollicitation
    name = message.auteur.nom_complet
    what = message.dit if message.evenement else "vous a écrit"
    if message.evenement == MessageFil.Evenement.ENVOI:
        what = "lance un appel" if asked.appel else "vous sollicite"
    elif message.numero == 1:
        what = "vous transmet une sollicitation"
    notify(
        people,
        Annonce(
            genre=Genre.SOLLICITATION,
            cle=f"sollicitation.{fil.pk}.{message.numero}",
            titre=f"{name} {what} : «\u00a0{asked.objet}\u00a0»",
            url=fil.get_absolute_url(),
            extrait=plain_text(message.texte or (asked.besoin if message.numero == 1 else ""), EXTRAIT),
            acteur=message.auteur,
            fil=f"sollicitation.{fil.pk}",
            intitule=asked.objet,
            rang=message.numero,
        ),
    )


def touch(sollicitation: Sollicitation, now: datetime) -> None:
    """Note that something happened in a sollicitation that the caller holds."""
    sollicitation.activite_le, sollicitation.relance_le = now, None
    sollicitation.save(update_fields=["activite_le", "relance_le"])


def take_back_calls(fil: Destinataire) -> None:
    """What waited for an answer of who is asked, and does no more, is no longer to be read."""
    take_back(f"sollicitation.{fil.pk}.1")
    for number in range(1, fil.rappels + 1):
        take_back(f"sollicitation.{fil.pk}.rappel.{number}")


def publish_change(fil: Destinataire, people: Iterable[Agent]) -> None:
    """Have the open pages of `people` show the thread again."""
    publish_all_on_commit(
        (
            f"agent.{agent.pk}",
            {"type": "sollicitation.change", "sollicitation": fil.sollicitation_id, "fil": fil.pk},
        )
        for agent in people
    )
