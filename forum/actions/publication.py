"""Opening sujets, answering; and who is told."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from annuaire.models import Agent, Expertise
from communautes.access import can_animate, rate_factor, require_write
from communautes.actions import count_charter_reminder
from communautes.models import Communaute
from forum.actions.brouillons import delete_draft
from forum.actions.etiquettes import tag_sujet
from forum.actions.lecture import set_read
from forum.actions.mentions import set_mentions
from forum.actions.pieces import bind_pieces
from forum.actions.preuves import refresh_evidence
from forum.actions.rendus import keep_titles
from forum.actions.sondages import ProjetSondage, add_sondage
from forum.models import Abonnement, Message, Sujet
from forum.rendu import render_text
from plateforme.socle.diffusion import publish_on_commit
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.journal import record
from plateforme.socle.limites import check_limit
from plateforme.socle.texte import (
    MAX_MENTIONS,
    RENDERER_VERSION,
    extract_mentions,
    validate_source,
)
from plateforme.socle.typographie import tidy_title


@transaction.atomic
def open_sujet(
    auteur: Agent,
    communaute: Communaute,
    *,
    titre: str,
    texte: str,
    genre: str = Sujet.Genre.QUESTION,
    expertises: Iterable[Expertise] = (),
    quand: datetime | None = None,
    etiquettes: Iterable[str] = (),
    sondage: ProjetSondage | None = None,
    brouillon: str = "",
    origine: str = "",
) -> Sujet:
    """Open a sujet with its first message. Members only; raises `ActionRefusee`, `PermissionDenied`.

    The same title by the same person within a minute (a double click) gives the first sujet back. `quand` is
    for loading past content; a person's sujet is dated now. `brouillon`: key of the draft that this was, gone
    in the same transaction. `origine`: the kind of place it comes from, which knows the rest (`forum.origines`).
    """
    require_write(auteur, communaute, "Rejoignez la communauté pour y écrire.")
    if genre == Sujet.Genre.ANNONCE and not can_animate(auteur, communaute):
        raise ActionRefusee(
            "Les annonces sont publiées par l’animation de la communauté. Choisissez plutôt une discussion.",
            champ="genre",
        )
    if (sondage is None) != (genre != Sujet.Genre.SONDAGE):
        raise ActionRefusee("Un sondage propose des choix : indiquez-les, un par ligne.", champ="options")
    titre = check_title(titre)
    check_text(texte)
    now = quand or timezone.now()
    if quand is None:
        twin = _twin(auteur, communaute, titre, now)
        delete_draft(auteur, brouillon)
        if twin is not None:
            return twin
        check_limit("sujet", auteur.pk, rate_factor(auteur, communaute))
    sujet: Sujet = Sujet.objects.create(
        communaute=communaute,
        auteur=auteur,
        genre=genre,
        titre=titre,
        cree_le=now,
        dernier_message_le=now,
        origine=origine,
    )
    sujet.expertises.set(expertises)
    tag_sujet(sujet, etiquettes)
    if sondage is not None:
        add_sondage(sujet, sondage)
    _add_message(sujet, auteur, texte, now, past=quand is not None)
    record(auteur, "sujet.open", sujet)
    publish_on_commit(f"communaute.{communaute.pk}", {"type": "sujet.nouveau", "sujet": sujet.pk})
    return sujet


@transaction.atomic
def publish_message(
    auteur: Agent,
    sujet: Sujet,
    texte: str,
    *,
    quand: datetime | None = None,
    origine: str = Message.Origine.SITE,
    repond_a: Message | None = None,
    brouillon: str = "",
) -> Message:
    """Answer in a sujet. Members only; takes the sujet's row lock for its next number.

    `origine`: how it came; `repond_a`: the message it answers, of the same sujet, when the person said so;
    `brouillon`: key of the draft that this was, gone in the same transaction.

    Raises `ActionRefusee` (text empty, too long, too fast) and `PermissionDenied`. The same text sent again
    by the same person within a minute (a double click, a resend after a cut) gives the first message back.
    """
    require_write(auteur, sujet.communaute, "Rejoignez la communauté pour répondre.")
    check_text(texte)
    now = quand or timezone.now()
    # What may have changed since the page was asked for: closed, withdrawn, merged, moved.
    locked = Sujet.objects.select_for_update().get(pk=sujet.pk)
    if not locked.ouvert or locked.communaute_id != sujet.communaute_id:
        raise ActionRefusee(
            "Ce sujet ne reçoit plus de réponses depuis un instant. Votre texte est conservé : copiez-le pour le "
            "publier ailleurs.",
            champ="texte",
        )
    twin = (
        sujet.messages.filter(
            auteur=auteur, texte=texte, cree_le__gt=now - timedelta(minutes=1), numero__gt=1
        )
        .order_by("numero")
        .last()
        if quand is None
        else None
    )
    delete_draft(auteur, brouillon)
    if twin is not None:
        return twin
    if quand is None:
        check_limit("message", auteur.pk, rate_factor(auteur, sujet.communaute))
    message = _add_message(
        sujet, auteur, texte, now, past=quand is not None, origine=origine, repond_a=repond_a
    )
    record(auteur, "message.publish", message)
    return message


def _twin(auteur: Agent, communaute: Communaute, titre: str, now: datetime) -> Sujet | None:
    """A sujet just opened with this title by this person; their openings take turns until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM annuaire_agent WHERE id = %s FOR NO KEY UPDATE", [auteur.pk])
    return (
        Sujet.objects.filter(
            communaute=communaute, auteur=auteur, titre=titre, cree_le__gt=now - timedelta(minutes=1)
        )
        .order_by("pk")
        .first()
    )


def check_title(titre: str) -> str:
    """The title as it is kept, or `ActionRefusee`."""
    titre = tidy_title(titre)
    if len(titre) < 8:
        raise ActionRefusee("Donnez un titre qui se comprend seul : 8 caractères au moins.", champ="titre")
    return titre


def check_text(texte: str) -> None:
    """Raise `ActionRefusee` for a text that cannot be published."""
    try:
        validate_source(texte)
    except ValidationError as error:
        raise ActionRefusee(error.messages[0], champ="texte") from None
    if len(extract_mentions(texte)) > MAX_MENTIONS:
        raise ActionRefusee(
            f"Un message cite {MAX_MENTIONS} personnes au plus. Pour toute la communauté, publiez une annonce.",
            champ="texte",
        )


def _add_message(
    sujet: Sujet,
    auteur: Agent,
    texte: str,
    now: datetime,
    *,
    past: bool,
    origine: str = Message.Origine.SITE,
    repond_a: Message | None = None,
) -> Message:
    """The next message, in the caller's transaction. The update of the sujet's row is what orders the numbers.

    `past`: content loaded from elsewhere, of which nobody is told.
    """
    from forum.tasks import distribute_message

    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE forum_sujet SET dernier_numero = dernier_numero + 1, dernier_visible = dernier_numero + 1,"
            " nb_messages = nb_messages + 1, dernier_message_le = greatest(dernier_message_le, %s)"
            " WHERE id = %s RETURNING dernier_numero, nb_messages",
            [now, sujet.pk],
        )
        numero, sujet.nb_messages = cursor.fetchone()
    sujet.dernier_numero = sujet.dernier_visible = numero
    rendu = render_text(texte, sujet.communaute, prefixe=f"s{sujet.pk}m{numero}-")
    message = Message.objects.create(
        sujet=sujet,
        auteur=auteur,
        numero=numero,
        texte=texte,
        html_stocke=rendu.html,
        version_rendu=RENDERER_VERSION,
        cree_le=now,
        origine=origine,
        repond_a=repond_a,
    )
    keep_titles(message, rendu, known=False)
    bind_pieces(auteur, message, texte)
    refresh_evidence([message.pk])
    Abonnement.objects.get_or_create(agent=auteur, sujet=sujet)
    set_mentions(message, new=True)
    set_read(auteur.pk, sujet.pk, numero)
    publish_on_commit(
        f"sujet.{sujet.pk}",
        {"type": "message.nouveau", "sujet": sujet.pk, "numero": numero, "auteur": auteur.pk},
    )
    publish_on_commit(
        f"communaute.{sujet.communaute_id}",
        {"type": "sujet.message", "sujet": sujet.pk, "auteur": auteur.pk},
    )
    if not past:
        count_charter_reminder(auteur, sujet.communaute)
        distribute_message.defer(message_id=message.pk)
    return message
