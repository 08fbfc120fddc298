"""Every write on salons, whatever brings it: a frame, a form, a command."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.http import Http404
from django.utils import timezone

from annuaire.anciennete import seniority_factor
from annuaire.mentions import resolve_mentions
from annuaire.models import Agent
from annuaire.notifications.actions import Annonce, notify
from annuaire.notifications.actions.lectures import mark_threads_read
from annuaire.notifications.genres import Niveau
from annuaire.notifications.models import Notification
from communautes.access import rate_factor
from plateforme.socle.diffusion import publish_all_on_commit
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.limites import check_limit
from plateforme.socle.texte import (
    RENDERER_VERSION,
    Mention,
    extract_mentions,
    render_markdown,
    validate_source,
)
from realtime.access import (
    NO_THREAD,
    get_salon,
    may_read_thread,
    members_of,
    require_say,
    roots_of,
    speakers_among,
)
from realtime.etats import Etat
from realtime.fichiers.actions import GONE, FichiersPartis, bind_files, check_joints, waiting_among
from realtime.fichiers.joints import Joint
from realtime.fichiers.presentation import extract_of
from realtime.frames import message_frame
from realtime.lus import Lue, tell_of_readings
from realtime.models import LectureSalon, MessageSalon, Salon, SourdineSalon
from realtime.reponses import keep_replies, tell_of_reply

MAX_LENGTH = 4000
# Lines rendered again at once.
BATCH = 200
# Who reads a private salon as things are said needs no news of it: it is written a moment later.
BEFORE_TELLING = 4  # seconds


@dataclass(frozen=True, slots=True)
class Demande:
    """What a person asks to say, as it came from their browser."""

    agent_id: int
    texte: str
    client_id: UUID
    fichiers: tuple[Joint, ...] = ()
    # Number of the line that this answers in a thread, and whether it is shown among the lines of the salon too.
    racine: int | None = None
    au_salon: bool = False


@dataclass(frozen=True, slots=True)
class Propos:
    """Something to say in a salon by somebody who may."""

    auteur: Agent
    texte: str
    client_id: UUID
    fichiers: tuple[Joint, ...] = ()
    racine: MessageSalon | None = None
    au_salon: bool = False


def send_message(
    auteur: Agent,
    salon: Salon,
    texte: str,
    client_id: UUID,
    *,
    fichiers: Sequence[Joint] = (),
    racine: MessageSalon | None = None,
    au_salon: bool = False,
    quand: datetime | None = None,
) -> MessageSalon:
    """Say something in a salon, in words, with `fichiers` that `add_file` took in, or both; with `racine` (from
    `access.get_root`), in its thread, shown in the salon as well if `au_salon`. Members only.

    A `client_id` already used by this author gives the message it made, whatever the text: a resend never
    doubles. Raises `ActionRefusee` and `PermissionDenied`. When this returns and the transaction commits,
    the message is kept: that is what an acknowledgement says.
    """
    require_say(auteur, salon)
    (outcome,) = _send(salon, [Propos(auteur, texte, client_id, tuple(fichiers), racine, au_salon)], quand)
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def send_messages(salon_id: int, demandes: Sequence[Demande]) -> list[MessageSalon | Exception]:
    """`send_message` for several people at once, in one transaction: what waits at the same moment shares a commit.

    Gives for each, in order, its message or what refuses it (`ActionRefusee`, `PermissionDenied`, `Http404`): one
    person's refusal is not another's. Not within a transaction: when this returns, the messages are kept.
    """
    agents = Agent.objects.active().with_place().in_bulk({demande.agent_id for demande in demandes})
    salon = Salon.objects.select_related("communaute").filter(pk=salon_id).first()
    writers = speakers_among(salon, agents.values()) if salon is not None else set()
    answered = {demande.racine for demande in demandes if demande.racine is not None}
    roots = roots_of(salon, answered) if salon is not None else {}
    outcomes: list[MessageSalon | Exception] = []
    allowed: list[tuple[int, Propos]] = []
    for place, demande in enumerate(demandes):
        try:
            agent = agents.get(demande.agent_id)
            if agent is None:
                raise PermissionDenied("Ce compte est fermé.")
            if agent.pk not in writers:
                # Whoever may not is told why, by those who know.
                require_say(agent, get_salon(agent, salon_id))
            root = _root_for(agent, demande.racine, roots)
            allowed.append(
                (
                    place,
                    Propos(agent, demande.texte, demande.client_id, demande.fichiers, root, demande.au_salon),
                )
            )
            outcomes.append(Http404())  # its place
        except (ActionRefusee, PermissionDenied, Http404) as refused:
            outcomes.append(refused)
    if salon is not None and allowed:
        sent = _send(salon, [propos for _, propos in allowed])
        for (place, _), outcome in zip(allowed, sent, strict=True):
            outcomes[place] = outcome
    return outcomes


def _root_for(agent: Agent, numero: int | None, roots: Mapping[int, MessageSalon]) -> MessageSalon | None:
    """Where an answer to line `numero` goes. What was written is not lost when it can go nowhere: the page keeps it."""
    if numero is None:
        return None
    root = roots.get(numero)
    if root is None or not may_read_thread(agent, root):
        raise ActionRefusee(f"{NO_THREAD} Copiez votre texte pour l’écrire dans le salon.")
    return root


def _send(
    salon: Salon, propos: Sequence[Propos], quand: datetime | None = None
) -> list[MessageSalon | Exception]:
    """Write what the authors may say. Each text is checked, counted and rendered before the salon is locked."""
    outcomes: dict[tuple[int, UUID], MessageSalon | Exception] = {}
    counted: set[tuple[int, UUID]] = set()
    while True:
        outcomes |= _known(propos)
        new = {key: one for one in propos if (key := (one.auteur.pk, one.client_id)) not in outcomes}
        ready = []
        waiting = waiting_among(
            salon, {(one.auteur.pk, joint.id) for one in new.values() for joint in one.fichiers}
        )
        for key, one in new.items():
            try:
                check_words(one.texte, carrying=bool(one.fichiers))
                check_joints(one.fichiers)
                carried = {(one.auteur.pk, joint.id) for joint in one.fichiers}
                if not carried <= waiting:
                    raise ActionRefusee(GONE, champ="fichiers")
                if quand is None and key not in counted:
                    check_limit("message", one.auteur.pk, rate_of(one.auteur, salon))
                    counted.add(key)
                # What one line takes is not there for the next.
                waiting -= carried
                ready.append(one)
            except ActionRefusee as refused:
                outcomes[key] = refused
        try:
            for message in _write(
                salon,
                _rendered(salon, ready, quand),
                [one.fichiers for one in ready],
                announce=quand is None,
            ):
                outcomes[message.auteur_id, message.client_id] = message
            break
        except FichiersPartis:
            # A file went meanwhile: one looks again, and says so.
            continue
        except IntegrityError:
            # The same message came by another way in the same instant: it is known now. Anything else is a fault.
            if not _known(ready):
                raise
    return [outcomes[one.auteur.pk, one.client_id] for one in propos]


def _known(propos: Sequence[Propos]) -> dict[tuple[int, UUID], MessageSalon]:
    """Those that were said already."""
    wanted = {(one.auteur.pk, one.client_id) for one in propos}
    if not wanted:
        return {}
    found = MessageSalon.objects.filter(
        auteur__in={pk for pk, _ in wanted}, client_id__in={client_id for _, client_id in wanted}
    )
    return {key: row for row in found if (key := (row.auteur_id, row.client_id)) in wanted}


def _rendered(salon: Salon, propos: Sequence[Propos], quand: datetime | None) -> list[MessageSalon]:
    """The messages, all but their numbers. One query if any of them names people."""
    handles = [extract_mentions(one.texte) for one in propos]
    mentions = resolve_mentions(dict.fromkeys(handle for some in handles for handle in some))
    return [
        MessageSalon(
            salon=salon,
            racine=one.racine,
            au_salon=one.racine is None or one.au_salon,
            auteur=one.auteur,
            client_id=one.client_id,
            texte=one.texte,
            html=render_line(
                one.texte, {handle: mentions[handle] for handle in some if handle in mentions}, one.client_id
            ),
            version_rendu=RENDERER_VERSION,
            nb_fichiers=len(one.fichiers),
            cree_le=quand or timezone.now(),
        )
        for one, some in zip(propos, handles, strict=True)
    ]


@transaction.atomic
def _write(
    salon: Salon, messages: list[MessageSalon], fichiers: Sequence[Sequence[Joint]], *, announce: bool
) -> list[MessageSalon]:
    """Number the messages and keep them, each with its `fichiers`. The salon's row is locked from the numbering to the commit."""
    from realtime.tasks import distribute_salon_message

    if not messages:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE realtime_salon SET dernier_numero = dernier_numero + %s WHERE id = %s RETURNING dernier_numero",
            [len(messages), salon.pk],
        )
        (last,) = cursor.fetchone()
    salon.dernier_numero = last
    for numero, message in enumerate(messages, last - len(messages) + 1):
        message.numero = numero
    MessageSalon.objects.bulk_create(messages)
    carried = bind_files(dict(zip(messages, fichiers, strict=True)))
    # Not what was told of the salon: that waits for the page to say it is read, not for this lock.
    said = {(message.auteur_id, salon.pk): message.numero for message in messages if message.au_salon}
    _set_read(said, ecrit=True)
    replies = [message for message in messages if message.racine_id is not None]
    threads = keep_replies(replies) if replies else {}
    if salon.nominatif and not salon.historique_entier:
        # Some of those who listen may not read what a thread answers: how long it is does not concern them.
        threads = {}
    publish_all_on_commit(
        (
            f"salon.{salon.pk}",
            message_frame(
                message,
                Etat(fichiers=carried.get(message.pk, []), fil=threads.get(message.racine_id or 0)),
            ),
        )
        for message in messages
    )
    if announce:
        for message in messages:
            if salon.prive or message.racine_id is not None:
                distribute_salon_message.configure(schedule_in={"seconds": BEFORE_TELLING}).defer(
                    message_id=message.pk
                )
            elif extract_mentions(message.texte):
                distribute_salon_message.defer(message_id=message.pk)
    return messages


def rate_of(auteur: Agent, salon: Salon) -> Callable[[], float]:
    """What multiplies the limits of an author there: see `plateforme.socle.limites.check_limit`."""
    if salon.communaute is not None:
        return rate_factor(auteur, salon.communaute)
    return lambda: seniority_factor(auteur)


def mark_salon_read(agent: Agent, salon: Salon, numero: int) -> None:
    """Note that `agent` has read up to `numero`; never goes back."""
    mark_salons_read({(agent.pk, salon.pk): numero})


@transaction.atomic
def mark_salons_read(lus: Mapping[tuple[int, int], int]) -> None:
    """`mark_salon_read` for many: a number by person and salon, one query. Salons that are gone are passed over.

    What was told of these lines is read too. The caller knows that each may read there.
    """
    tell_of_readings(_set_read(lus))
    mark_threads_read({(agent, f"salon.{salon}"): numero for (agent, salon), numero in lus.items()})


@transaction.atomic
def tell_of_salon_message(message: MessageSalon) -> None:
    """Tell those whom a line mentions and who are in the salon now; in a private one, all the others, unless they have
    read it. For the worker; harmless when repeated."""
    if not message.visible:
        return
    if message.racine_id is not None:
        tell_of_reply(message)
        # Shown in a private salon too, it is addressed to the others there as any line.
        if not (message.salon.prive and message.au_salon):
            return
    salon, auteur = message.salon, message.auteur
    people = members_of(salon)
    asleep = SourdineSalon.objects.filter(salon=salon).values_list("agent", flat=True)
    genre, titre = Notification.Genre.SALON, f"{auteur.nom_complet} vous cite dans le salon « {salon} »"
    if salon.prive:
        read = LectureSalon.objects.filter(salon=salon, dernier_numero__gte=message.numero).values("agent")
        people = people.exclude(pk__in=read)
        genre, titre = Notification.Genre.PRIVE, f"{auteur.nom_complet} vous écrit"
        if salon.genre == Salon.Genre.GROUPE:
            titre = f"{auteur.nom_complet} a écrit dans « {salon.nom} »"
    else:
        people = people.filter(identifiant__in=extract_mentions(message.texte))
        if salon.communaute is not None and salon.genre == Salon.Genre.COMMUNAUTE:
            titre = f"{auteur.nom_complet} vous cite dans le salon « {salon.communaute.nom} »"
    notify(
        people,
        Annonce(
            genre=genre,
            cle=f"salon.{message.pk}",
            titre=titre,
            extrait=extract_of(message, 280),
            url=message.get_absolute_url(),
            acteur=auteur,
            fil=f"salon.{salon.pk}",
            rang=message.numero,
            intitule=salon.nom if salon.genre != Salon.Genre.DIRECT else "",
            niveaux=dict.fromkeys(asleep, Niveau.SOURDINE),
        ),
    )


@transaction.atomic
def rerender_lines(after: int = 0) -> int | None:
    """Render again the next `BATCH` lines beyond id `after` that an older renderer made: see
    `plateforme.socle.rendus.Batch`. A line that changes meanwhile is another version, rendered by whoever changed it.
    Open pages keep what they show."""
    rows = list(
        MessageSalon.objects.filter(pk__gt=after, version_rendu__lt=RENDERER_VERSION).order_by("pk")[:BATCH]
    )
    for row in rows:
        html = render_line(row.texte, resolve_mentions(extract_mentions(row.texte)), row.client_id)
        MessageSalon.objects.filter(pk=row.pk, version=row.version).update(
            html=html, version_rendu=RENDERER_VERSION
        )
    return rows[-1].pk if rows else None


def render_line(texte: str, mentions: dict[str, Mention], client_id: UUID) -> str:
    """The message's HTML; the prefix of its notes is what it has before it has a number."""
    return render_markdown(texte, mentions=mentions, prefixe=f"c{client_id.hex[:12]}-")


def check_words(texte: str, *, carrying: bool) -> None:
    """`check_text`, but a line that carries files may do without words."""
    if texte.strip() or not carrying:
        check_text(texte)


def check_text(texte: str) -> None:
    if len(texte) > MAX_LENGTH:
        raise ActionRefusee(
            f"Un message de salon compte {MAX_LENGTH} caractères au plus. Pour un texte long, ouvrez un sujet."
        )
    try:
        validate_source(texte)
    except ValidationError as error:
        raise ActionRefusee(error.messages[0]) from None


def _set_read(lus: Mapping[tuple[int, int], int], *, ecrit: bool = False) -> list[Lue]:
    """Note what is read; gives what the others may see of it. `ecrit`: they wrote there, which everybody sees."""
    # In one order for all: two processes that mark the same people wait for each other, never in a circle.
    keys = sorted(lus)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO realtime_lecturesalon (agent_id, salon_id, dernier_numero, montre)"
            " SELECT lu.agent, salon.id, least(lu.numero, salon.dernier_numero),"
            " CASE WHEN cache.agent_id IS NULL THEN least(lu.numero, salon.dernier_numero) ELSE 0 END"
            " FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS lu (agent, salon, numero)"
            " JOIN realtime_salon salon ON salon.id = lu.salon"
            " JOIN annuaire_agent agent ON agent.id = lu.agent"
            " LEFT JOIN presence_etatpresence cache ON cache.agent_id = lu.agent AND cache.etat = 'invisible'"
            " AND (cache.jusqu_a IS NULL OR cache.jusqu_a > clock_timestamp()) AND NOT %s"
            " ORDER BY lu.agent, lu.salon"
            " ON CONFLICT (agent_id, salon_id) DO UPDATE SET"
            " dernier_numero = greatest(realtime_lecturesalon.dernier_numero, excluded.dernier_numero),"
            " montre = greatest(realtime_lecturesalon.montre, excluded.montre)"
            " WHERE realtime_lecturesalon.dernier_numero < excluded.dernier_numero"
            " OR realtime_lecturesalon.montre < excluded.montre"
            " RETURNING agent_id, salon_id, montre, montre = dernier_numero",
            [
                [agent for agent, _ in keys],
                [salon for _, salon in keys],
                [lus[key] for key in keys],
                ecrit,
            ],
        )
        return [Lue(agent, salon, numero) for agent, salon, numero, shown in cursor.fetchall() if shown]
