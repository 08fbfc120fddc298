"""The e-mails that carry calendar items: text, HTML, and the item for the calendar, as alternatives of one another."""

from collections.abc import Sequence
from datetime import timedelta
from email.utils import formataddr, parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from annuaire.models import Agent
from annuaire.notifications.courriels import host
from annuaire.notifications.horaires import METROPOLE
from realtime.reunions.adresses import guest_link
from realtime.reunions.horaires import LIEUX, local, same_clock, say_day, say_duration, say_hour
from realtime.reunions.models import Convive, Participant, PointOrdreDuJour, Reunion, Serie

REQUEST, CANCEL = "REQUEST", "CANCEL"


def build_invitation(
    what: Reunion | Serie,
    convive: Convive,
    calendar: bytes,
    *,
    method: str,
    fuseau: str,
    changements: Sequence[str] = (),
    points: Sequence[PointOrdreDuJour] = (),
    rythme: str = "",
    page: str = "",
) -> EmailMultiAlternatives:
    """One person's invitation, update (`changements` in words) or cancellation. `fuseau`: their clock; `page`: where
    they see it and answer, that of the meeting unless it is given.

    A cancellation says what is off and why, and shows nothing else of the meeting: who gets one may no longer see it.
    """
    guest = convive.agent is None
    if method == REQUEST and isinstance(convive, Participant):
        page = guest_link(convive) if guest else settings.SITE_URL + convive.reunion.get_absolute_url()
    context: dict[str, Any] = {
        "quoi": what,
        "annulation": method == CANCEL,
        "retire": method == CANCEL and not getattr(what, "annulee", False),
        "changements": changements,
        "points": [point for point in points if point.retenu] if method == REQUEST else [],
        "quand": say_when_to(what, fuseau),
        "rythme": rythme,
        "duree": say_duration(what.duree_minutes),
        "motif": getattr(what, "motif_annulation", ""),
        "page": page,
        "exterieur": guest,
        "par_agenda": bool(settings.REPONSE_COURRIEL),
        "reglages_url": "" if guest else settings.SITE_URL + reverse("reunions:agenda"),
    }
    mail = build_mail(
        "reunion",
        context,
        de=what.organisateur,
        a=convive.adresse,
        sujet=_subject(what, method, changed=bool(changements)),
        message_id=_message_id(what, convive, method),
    )
    # Django writes the type as it is given, then the charset.
    mail.attach_alternative(calendar.decode(), f"text/calendar; method={method}")
    return mail


def build_mail(
    gabarit: str, context: dict[str, Any], *, de: Agent, a: str, sujet: str, message_id: str
) -> EmailMultiAlternatives:
    """A mail about a meeting in the name of who organises it: `courriels/<gabarit>`, as text and as HTML. No machine
    answers it."""
    context = {**context, "site_nom": settings.SITE_NOM, "site_url": settings.SITE_URL}
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    sender = one_line(f"{de.nom_complet} ({settings.SITE_NOM})")
    mail = EmailMultiAlternatives(
        subject=one_line(sujet),
        body=render_to_string(f"courriels/{gabarit}.txt", context),
        from_email=formataddr((sender or name, address)),
        to=[a],
        headers={
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
            "Message-ID": message_id,
        },
    )
    mail.attach_alternative(render_to_string(f"courriels/{gabarit}.html", context), "text/html")
    return mail


def say_when_to(what: Reunion | Serie, fuseau: str) -> str:
    """« jeudi 12 mars 2026, de 9 h à 10 h 30 à Cayenne (14 h à Paris) »: by the reader's clock, then the meeting's.

    Of a meeting overseas, read by its own clock, the hour in Paris is said: a guest may be anywhere.
    """
    start = local(what.debut, fuseau)
    end = local(what.debut + timedelta(minutes=what.duree_minutes), fuseau)
    said = f"{say_day(start, year=True)}, de {say_hour(start)} à {say_hour(end)}"
    other = METROPOLE if same_clock(what.debut, fuseau, what.fuseau) else what.fuseau
    if same_clock(what.debut, fuseau, other):
        return said
    there = local(what.debut, other)
    day = "" if there.date() == start.date() else f" le {say_day(there, weekday=False)}"
    return f"{said} {LIEUX[fuseau]} ({say_hour(there)} {LIEUX[other]}{day})"


def _subject(what: Reunion | Serie, method: str, *, changed: bool) -> str:
    if method == CANCEL:
        return (
            f"Annulée : {what.titre}"
            if getattr(what, "annulee", True)
            else f"Vous n’êtes plus invité(e) : {what.titre}"
        )
    return f"{'Modifiée' if changed else 'Invitation'} : {what.titre}"


def _message_id(what: Reunion | Serie, convive: Convive, method: str) -> str:
    """The same one if the same e-mail is built again: a mail server may see a repetition."""
    kind = "reunion" if isinstance(what, Reunion) else "serie"
    return f"<{kind}.{what.pk}.{what.sequence}.{method.lower()}.{convive.pk}@{host()}>"


def one_line(text: str) -> str:
    """`text` as a header holds it: on one line, without a control character."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())[:200]
