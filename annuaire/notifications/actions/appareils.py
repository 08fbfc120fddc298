"""Browsers that show notifications: asked for, taken away, sent to."""

import base64
import binascii
from collections.abc import Sequence
from datetime import timedelta

import structlog
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.models import Appareil, Notification
from annuaire.notifications.push import known_service, public_key, send
from annuaire.notifications.sources import visible
from annuaire.presence.models import EtatPresence
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.journal import record
from plateforme.socle.limites import check_limit
from plateforme.socle.navigateurs import browser_name

logger = structlog.get_logger(__name__)

MOST_DEVICES = 10
# A push service that refuses for so long has forgotten this browser.
MOST_FAILURES = 8


@transaction.atomic
def add_appareil(
    agent: Agent, *, session_key: str, adresse: str, p256dh: str, auth: str, navigateur: str
) -> Appareil:
    """Show `agent`'s notifications in the browser that gave these. Asked again, it is the same device.

    The address must be a known push service's: the platform calls no other machine.
    """
    check_limit("profil", agent.pk)
    if not public_key():
        raise ActionRefusee("Les notifications du navigateur ne sont pas ouvertes sur cette plateforme.")
    if len(adresse) > 600 or not known_service(adresse):
        raise ActionRefusee("Le service de notifications de ce navigateur n’est pas reconnu.")
    if _length(p256dh) != 65 or _length(auth) != 16 or not session_key:
        raise ActionRefusee("Votre navigateur n’a pas donné ce qu’il faut : réessayez.")
    # A browser has one address, whoever uses it: the last one who asked for it there is who it shows for.
    appareil, _ = Appareil.objects.update_or_create(
        adresse=adresse,
        defaults={
            "agent": agent, "session_key": session_key, "p256dh": p256dh, "auth": auth,
            "nom": browser_name(navigateur),
            "echecs": 0, "attendre_jusqu_au": None,
        },
    )  # fmt: skip
    oldest = Appareil.objects.filter(agent=agent).order_by("-pk").values_list("pk", flat=True)[MOST_DEVICES:]
    Appareil.objects.filter(pk__in=list(oldest)).delete()
    record(agent, "notifications.add_device", appareil)
    return appareil


@transaction.atomic
def remove_appareil(agent: Agent, appareil: Appareil) -> None:
    """Show nothing more there. The caller got it through `access.get_appareil`."""
    record(agent, "notifications.remove_device", appareil)
    appareil.delete()


def forget_session(session_key: str) -> None:
    """A session ended: what may be a shared computer shows nothing of its person any more."""
    Appareil.objects.filter(session_key=session_key).delete()


def push_notifications(ids: Sequence[int]) -> None:
    """Show these in the browsers of their people, unless read meanwhile or no longer visible, or their person is
    « occupé ». For the worker.

    Nothing is tried twice: a notification that comes late is noise, and the list on the site has it.
    """
    if not public_key():
        return
    now = timezone.now()
    busy = EtatPresence.objects.all().in_force(EtatPresence.Etat.OCCUPE, now).values("pk")
    rows = Notification.objects.unread().filter(pk__in=ids, destinataire__is_active=True)
    rows = rows.exclude(destinataire__in=busy)
    for row in rows.select_related("destinataire"):
        agent = row.destinataire
        devices = Appareil.objects.filter(agent=agent).exclude(attendre_jusqu_au__gt=now)
        open_sessions = Session.objects.filter(expire_date__gt=now).values("session_key")
        devices = devices.filter(session_key__in=open_sessions)
        if not devices or not visible(agent, [row]):
            continue
        payload = {"titre": row.titre, "url": f"/notifications/{row.pk}/", "fil": row.fil or row.cle}
        for device in devices:
            _send(device, payload)


def _send(device: Appareil, payload: dict[str, str]) -> None:
    if not known_service(device.adresse):
        # The list of known services changed.
        device.delete()
        return
    try:
        status = send(device.adresse, device.p256dh, device.auth, payload)
    except Exception:
        logger.warning("push_failed", device=device.pk, exc_info=True)
        status = 0
    if 200 <= status < 300:
        if device.echecs:
            Appareil.objects.filter(pk=device.pk).update(echecs=0, attendre_jusqu_au=None)
    elif status in (404, 410) or device.echecs + 1 >= MOST_FAILURES:
        device.delete()
    else:
        # Twice as long each time: a minute, then up to two hours.
        Appareil.objects.filter(pk=device.pk).update(
            echecs=F("echecs") + 1, attendre_jusqu_au=timezone.now() + timedelta(minutes=2**device.echecs)
        )


def _length(text: str) -> int:
    """Number of bytes of a base64 text, 0 when it is not one."""
    try:
        return len(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, ValueError):
        return 0
