"""Every write on salons, whatever brings it: a frame, a form, a command."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from annuaire.mentions import resolve_mentions
from annuaire.models import Agent
from annuaire.notifications.actions import Annonce, notify
from annuaire.notifications.models import Notification
from communautes.access import rate_factor, require_write
from communautes.models import Communaute
from plateforme.socle.diffusion import publish_on_commit
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.limites import check_limit
from plateforme.socle.texte import (
    RENDERER_VERSION,
    extract_mentions,
    plain_text,
    render_markdown,
    validate_source,
)
from realtime.frames import message_frame
from realtime.models import MessageSalon, Salon

MAX_LENGTH = 4000
# Lines rendered again at once.
BATCH = 200


def open_first_salon(sender: object, communaute: Communaute, **kwargs: Any) -> None:
    """Give a new community its salon. Listens to `communaute_created`, in its transaction."""
    Salon.objects.get_or_create(communaute=communaute, nom="Général")


@transaction.atomic
def send_message(
    auteur: Agent, salon: Salon, texte: str, client_id: UUID, *, quand: datetime | None = None
) -> MessageSalon:
    """Say something in a salon. Members only; takes the salon's row lock for its next number.

    A `client_id` already used by this author gives the message it made, whatever the text: a resend never
    doubles. Raises `ActionRefusee` and `PermissionDenied`. When this returns and the transaction commits,
    the message is kept: that is what an acknowledgement says.
    """
    from realtime.tasks import distribute_salon_message

    require_write(auteur, salon.communaute, "Vous n’êtes plus membre de cette communauté.")
    # The lock comes before the look at client ids: two resends at once are taken one after the other.
    Salon.objects.select_for_update().only("pk").get(pk=salon.pk)
    known = MessageSalon.objects.filter(auteur=auteur, client_id=client_id).select_related("auteur").first()
    if known is not None:
        return known
    _check_text(texte)
    if quand is None:
        check_limit("message", auteur.pk, rate_factor(auteur, salon.communaute))
    now = quand or timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE realtime_salon SET dernier_numero = dernier_numero + 1 WHERE id = %s RETURNING dernier_numero",
            [salon.pk],
        )
        (numero,) = cursor.fetchone()
    salon.dernier_numero = numero
    handles = extract_mentions(texte)
    message = MessageSalon.objects.create(
        salon=salon,
        auteur=auteur,
        numero=numero,
        client_id=client_id,
        texte=texte,
        html=_render(texte, handles, salon.pk, numero),
        version_rendu=RENDERER_VERSION,
        cree_le=now,
    )
    _set_read(auteur.pk, salon.pk, numero)
    publish_on_commit(f"salon.{salon.pk}", message_frame(message))
    if handles and quand is None:
        distribute_salon_message.defer(message_id=message.pk)
    return message


@transaction.atomic
def mark_salon_read(agent: Agent, salon: Salon, numero: int) -> None:
    """Note that `agent` has read up to `numero`; never goes back."""
    _set_read(agent.pk, salon.pk, min(numero, salon.dernier_numero))


@transaction.atomic
def tell_of_salon_message(message: MessageSalon) -> None:
    """Tell those whom a line mentions and who are members now. For the worker; harmless when repeated."""
    mentioned = Agent.objects.active().filter(
        identifiant__in=extract_mentions(message.texte),
        adhesions__communaute=message.salon.communaute,
    )
    notify(
        mentioned,
        Annonce(
            genre=Notification.Genre.SALON,
            cle=f"salon.{message.pk}",
            titre=f"{message.auteur.nom_complet} vous cite dans le salon « {message.salon.communaute.nom} »",
            extrait=plain_text(message.texte, 280),
            url=message.salon.get_absolute_url(),
            acteur=message.auteur,
        ),
    )


@transaction.atomic
def rerender_lines(after: int = 0) -> int | None:
    """Render again the next `BATCH` lines beyond id `after` that an older renderer made: see
    `plateforme.socle.rendus.Batch`. A line's text never changes: nothing is held. Open pages keep what they show."""
    rows = list(
        MessageSalon.objects.filter(pk__gt=after, version_rendu__lt=RENDERER_VERSION).order_by("pk")[:BATCH]
    )
    for row in rows:
        html = _render(row.texte, extract_mentions(row.texte), row.salon_id, row.numero)
        MessageSalon.objects.filter(pk=row.pk).update(html=html, version_rendu=RENDERER_VERSION)
    return rows[-1].pk if rows else None


def _render(texte: str, handles: list[str], salon: int, numero: int) -> str:
    return render_markdown(texte, mentions=resolve_mentions(handles), prefixe=f"c{salon}m{numero}-")


def _check_text(texte: str) -> None:
    if len(texte) > MAX_LENGTH:
        raise ActionRefusee(
            f"Un message de salon compte {MAX_LENGTH} caractères au plus. Pour un texte long, ouvrez un sujet."
        )
    try:
        validate_source(texte)
    except ValidationError as error:
        raise ActionRefusee(error.messages[0]) from None


def _set_read(agent_id: int, salon_id: int, numero: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO realtime_lecturesalon (agent_id, salon_id, dernier_numero) VALUES (%s, %s, %s)"
            " ON CONFLICT (agent_id, salon_id) DO UPDATE SET dernier_numero ="
            " greatest(realtime_lecturesalon.dernier_numero, excluded.dernier_numero)",
            [agent_id, salon_id, numero],
        )
