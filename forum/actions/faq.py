"""The community's FAQ: answers that members propose, that the animation takes, orders and lets go.

An entry points to its message: the page shows the text as it is now, and nothing of a message that is gone.
Whoever changes an entry holds its message's row lock first, as its evidence does.
"""

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import Max

from annuaire.models import Agent
from annuaire.notifications.actions import Annonce, notify, take_back
from annuaire.notifications.genres import Genre
from communautes.access import can_animate, can_write
from communautes.models import Adhesion
from forum.access import readers_among
from forum.actions.preuves import refresh_evidence
from forum.models import EntreeFaq, Message, Sujet
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.journal import record
from plateforme.socle.limites import check_limit
from plateforme.socle.typographie import tidy_title

# Beyond, nobody reads it through: the page shows them all.
MAX_ENTREES = 200
QUESTION_MIN, QUESTION_MAX = 8, 200


@transaction.atomic
def nominate(agent: Agent, message: Message, question: str) -> EntreeFaq:
    """Propose an answer for the FAQ under the words of `question`. Members; an animateur's is published at once.

    Raises `ActionRefusee` when it is there already, was refused, or cannot be.
    """
    sujet = message.sujet
    communaute = sujet.communaute
    if not can_write(agent, communaute):
        raise PermissionDenied("Rejoignez la communauté pour proposer une réponse.")
    question = _checked(question)
    check_limit("faq", agent.pk)
    message = _locked(message.pk)
    if not message.visible or sujet.masque_le is not None:
        raise ActionRefusee("Ce message n’est plus visible : il ne peut pas être proposé.")
    if message.numero == 1 and sujet.genre == Sujet.Genre.QUESTION:
        raise ActionRefusee("Proposez la réponse, pas la question : elle aura son titre dans la page.")
    animates = can_animate(agent, communaute)
    entree = EntreeFaq.objects.filter(message=message).first()
    if entree is not None and entree.communaute_id == communaute.pk:
        _refuse_again(entree, animates)
    entree, _ = EntreeFaq.objects.update_or_create(
        message=message,
        defaults={
            "communaute": communaute,
            "question": question,
            "etat": EntreeFaq.Etat.PROPOSEE,
            "propose_par": agent,
            "decide_par": None,
        },
    )
    record(agent, "faq.nominate", entree, message=message.pk)
    if animates:
        _publish(agent, entree)
    else:
        _tell_animation(agent, entree)
    return entree


@transaction.atomic
def publish_entry(auteur: Agent, entree: EntreeFaq) -> None:
    """Take a proposal into the FAQ, at its end. Animateurs; its author and who proposed it are told."""
    entree = _own(auteur, entree)
    if entree.etat != EntreeFaq.Etat.PUBLIEE:
        _publish(auteur, entree)


@transaction.atomic
def refuse_entry(auteur: Agent, entree: EntreeFaq) -> None:
    """Decline a proposal. Animateurs; who proposed it is told, its author is not."""
    entree = _own(auteur, entree)
    if entree.etat != EntreeFaq.Etat.PROPOSEE:
        return
    entree.etat, entree.decide_par = EntreeFaq.Etat.REFUSEE, auteur
    entree.save(update_fields=["etat", "decide_par"])
    record(auteur, "faq.refuse", entree)
    take_back(f"faq.{entree.pk}.proposee")
    _tell(
        entree,
        [entree.propose_par],
        "refusee",
        Genre.FAQ,
        f"Votre proposition n’a pas été reprise dans la foire aux questions : « {entree.question} »",
        auteur,
    )


@transaction.atomic
def withdraw_entry(auteur: Agent, entree: EntreeFaq) -> None:
    """Take an entry out of the FAQ; it may be proposed again. Animateurs."""
    entree = _own(auteur, entree)
    record(auteur, "faq.withdraw", entree, message=entree.message_id)
    take_back(f"faq.{entree.pk}.publiee")
    take_back(f"faq.{entree.pk}.proposee")
    message = entree.message_id
    entree.delete()
    refresh_evidence([message])


@transaction.atomic
def edit_question(auteur: Agent, entree: EntreeFaq, question: str) -> None:
    """Word the question otherwise. Animateurs; raises `ActionRefusee`."""
    question = _checked(question)
    entree = _own(auteur, entree)
    entree.question = question
    entree.save(update_fields=["question"])
    record(auteur, "faq.edit", entree)


@transaction.atomic
def move_entry(auteur: Agent, entree: EntreeFaq, step: int) -> None:
    """Move a published entry one place up (-1) or down (1). Animateurs. Moves made at once follow one another."""
    if not can_animate(auteur, entree.communaute):
        raise PermissionDenied("Cette action est réservée à l’animation de la communauté.")
    rows = list(
        EntreeFaq.objects.select_for_update(no_key=True)
        .filter(communaute=entree.communaute_id, etat=EntreeFaq.Etat.PUBLIEE)
        .order_by("pk")
    )
    rows.sort(key=lambda row: (row.position, row.pk))
    place = next((index for index, row in enumerate(rows) if row.pk == entree.pk), None)
    if place is None or not 0 <= place + step < len(rows):
        return
    rows[place], rows[place + step] = rows[place + step], rows[place]
    changed = []
    for position, row in enumerate(rows, 1):
        if row.position != position:
            row.position = position
            changed.append(row)
    EntreeFaq.objects.bulk_update(changed, ["position"])
    record(auteur, "faq.move", entree, pas=step)


def _publish(auteur: Agent, entree: EntreeFaq) -> None:
    published = EntreeFaq.objects.filter(communaute=entree.communaute, etat=EntreeFaq.Etat.PUBLIEE)
    if published.count() >= MAX_ENTREES:
        raise ActionRefusee(
            f"La foire aux questions compte déjà {MAX_ENTREES} réponses : retirez-en une qui ne sert plus."
        )
    entree.etat, entree.decide_par = EntreeFaq.Etat.PUBLIEE, auteur
    entree.position = (published.aggregate(last=Max("position"))["last"] or 0) + 1
    entree.save(update_fields=["etat", "decide_par", "position"])
    refresh_evidence([entree.message_id])
    record(auteur, "faq.publish", entree, message=entree.message_id)
    take_back(f"faq.{entree.pk}.proposee")
    titre = f"dans la foire aux questions de « {entree.communaute.nom} » : « {entree.question} »"
    genre = Genre.FAQ
    _tell(entree, [entree.message.auteur], "publiee", genre, f"Votre réponse figure {titre}", auteur)
    _tell(entree, [entree.propose_par], "publiee", genre, f"Votre proposition figure {titre}", auteur)


def _tell(
    entree: EntreeFaq,
    agents: "list[Agent | None]",
    what: str,
    genre: Genre,
    titre: str,
    auteur: Agent,
) -> None:
    sujet = entree.message.sujet
    notify(
        readers_among(sujet, [agent for agent in agents if agent is not None]),
        Annonce(
            genre=genre,
            cle=f"faq.{entree.pk}.{what}",
            titre=titre,
            url=entree.get_absolute_url(),
            acteur=auteur,
            fil=f"sujet.{sujet.pk}",
            intitule=sujet.titre,
        ),
    )


def _tell_animation(agent: Agent, entree: EntreeFaq) -> None:
    animation = Agent.objects.active().filter(
        adhesions__communaute=entree.communaute, adhesions__role=Adhesion.Role.ANIMATEUR
    )
    _tell(
        entree,
        list(animation),
        "proposee",
        Genre.FAQ,
        f"{agent.nom_complet} propose une réponse pour la foire aux questions : « {entree.question} »",
        agent,
    )


def _refuse_again(entree: EntreeFaq, animates: bool) -> None:
    if entree.etat == EntreeFaq.Etat.PUBLIEE:
        raise ActionRefusee("Cette réponse figure déjà dans la foire aux questions.")
    if animates:
        return
    if entree.etat == EntreeFaq.Etat.PROPOSEE:
        raise ActionRefusee("Cette réponse a déjà été proposée : l’animation va se prononcer.")
    raise ActionRefusee("L’animation a déjà examiné cette réponse et ne l’a pas reprise.")


def _locked(pk: int) -> Message:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM forum_message WHERE id = %s FOR NO KEY UPDATE", [pk])
    found: Message = Message.objects.select_related("auteur", "sujet__communaute").get(pk=pk)
    return found


def _own(auteur: Agent, entree: EntreeFaq) -> EntreeFaq:
    """The entry as it is now, its message locked, once `auteur` may decide of it."""
    _locked(entree.message_id)
    found = (
        EntreeFaq.objects.select_related(
            "communaute", "message__auteur", "message__sujet__communaute", "propose_par"
        )
        .filter(pk=entree.pk)
        .first()
    )
    if found is None:
        raise ActionRefusee("Cette réponse a déjà été retirée de la foire aux questions.")
    if not can_animate(auteur, found.communaute):
        raise PermissionDenied("Cette action est réservée à l’animation de la communauté.")
    return found


def _checked(question: str) -> str:
    question = tidy_title(question)
    if not QUESTION_MIN <= len(question) <= QUESTION_MAX:
        raise ActionRefusee(
            f"Écrivez la question telle qu’un collègue la poserait : de {QUESTION_MIN} à {QUESTION_MAX} caractères.",
            champ="question",
        )
    return question
