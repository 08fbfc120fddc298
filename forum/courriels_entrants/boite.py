"""Taking answers from an IMAP mailbox. Called every minute by the worker; one e-mail at a time."""

import ssl
import time
from typing import Any

import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError
from imapclient import DELETED, SEEN, IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientError

from forum.actions.courriels import Reception, receive_email
from forum.models import CourrielRecu

logger = structlog.get_logger(__name__)

BATCH = 50  # e-mails in one go
BUDGET = 50  # seconds in one go: the next minute goes on
MAX_TRIES = 5  # of an e-mail that makes the reading fail, before it is put aside


def collect() -> int:
    """Take what waits in the mailbox; returns how many e-mails were dealt with.

    An e-mail leaves the folder only once what became of it is in the database: cut in between, it is read
    again and known again. Raises if the mailbox does not answer, so that the job fails visibly; the next
    minute tries again.
    """
    if not (settings.REPONSE_COURRIEL and settings.IMAP_HOST):
        return 0
    started = time.monotonic()
    done = 0
    with _connect() as client:
        client.login(settings.IMAP_USER, settings.IMAP_PASSWORD)
        for folder in filter(None, (settings.IMAP_DOSSIER_TRAITES, settings.IMAP_DOSSIER_REFUSES)):
            if not client.folder_exists(folder):
                client.create_folder(folder)
        selected = client.select_folder(settings.IMAP_DOSSIER)
        for uid in sorted(client.search(["UNDELETED"]))[:BATCH]:
            if time.monotonic() - started > BUDGET:
                break
            reception = _take(client, uid, f"{selected.get(b'UIDVALIDITY', 0)}.{uid}")
            if reception is not None:
                _put_away(client, uid, published=reception.issue == CourrielRecu.Issue.PUBLIE)
                done += 1
    return done


def _connect() -> IMAPClient:
    encrypted = settings.IMAP_CHIFFREMENT
    context = None
    if encrypted != "aucun":
        context = ssl.create_default_context(cafile=settings.IMAP_AUTORITES or None)
    client = IMAPClient(
        settings.IMAP_HOST,
        port=settings.IMAP_PORT,
        ssl=encrypted == "tls",
        ssl_context=context if encrypted == "tls" else None,
        timeout=SocketTimeout(connect=10, read=30),
    )
    if encrypted == "starttls":
        client.starttls(context)
    return client


def _take(client: IMAPClient, uid: int, name: str) -> Reception | None:
    """What became of one e-mail, or None when it must wait in the folder."""
    size = client.fetch([uid], ["RFC822.SIZE"]).get(uid, {}).get(b"RFC822.SIZE", 0)
    too_big = size > settings.COURRIEL_TAILLE_MAX
    item = "BODY.PEEK[HEADER]" if too_big else "BODY.PEEK[]"
    fetched: dict[bytes, Any] = client.fetch([uid], [item]).get(uid, {})
    raw = next((value for key, value in fetched.items() if key.startswith(b"BODY[")), None)
    if raw is None:
        # Gone meanwhile.
        return None
    try:
        reception = receive_email(raw, coupe=too_big)
    except DatabaseError:
        raise
    except Exception:
        logger.exception("email_not_read", uid=uid)
        key = f"courriel-en-echec:{name}"
        cache.add(key, 0, timeout=86400)
        if cache.get(key, 0) + 1 < MAX_TRIES:
            cache.incr(key)
            return None
        return Reception(CourrielRecu.Issue.REFUSE, "erreur")
    return None if reception.plus_tard else reception


def _put_away(client: IMAPClient, uid: int, *, published: bool) -> None:
    folder = settings.IMAP_DOSSIER_TRAITES if published else settings.IMAP_DOSSIER_REFUSES
    client.add_flags([uid], [SEEN])
    if folder and client.has_capability("MOVE"):
        client.move([uid], folder)
        return
    if folder:
        client.copy([uid], folder)
    client.add_flags([uid], [DELETED])
    try:
        if client.has_capability("UIDPLUS"):
            client.uid_expunge([uid])
        else:
            client.expunge()
    except IMAPClientError:
        # Marked as deleted is enough: it is not looked at again.
        logger.warning("email_not_expunged", uid=uid)
