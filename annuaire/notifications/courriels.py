"""The e-mails that tell: one function builds those of a conversation, one those of a digest.

Message-ID: `<message.12.agent.3@site>` for what was told to agent 3 under the key `message.12`: the same one
if it is built again, so that a mail server or a mail program may see a repetition. `In-Reply-To` and
`References` name in the same way what opened the conversation and what is answered, so that mail programs
draw one thread, and whoever reads an answer finds what it answers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import formataddr, parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.text import Truncator

from annuaire.models import Agent
from annuaire.notifications.mise_en_forme import mail_html
from annuaire.notifications.models import Notification
from annuaire.notifications.sources import Contenu, Ligne, reply_address, stop_for

# Gmail cuts what is beyond 102 kB; the page around the texts takes about 6.
HTML_LIMIT = 80_000
TEXT_LIMIT = 40_000
SALT = "notifications.desabonnement"
# Scopes of an unsubscription that belong to no conversation.
COURRIELS, RESUME = "courriels", "resume"


@dataclass(frozen=True)
class Partie:
    """One message of an e-mail, ready for the templates."""

    notification: Notification
    texte: str
    html: str
    coupe: bool
    url: str


def host() -> str:
    """What follows the @ of our Message-IDs."""
    return urlsplit(settings.SITE_URL).hostname or "localhost"


def message_id(cle: str, agent: Agent) -> str:
    """The Message-ID of what was told to `agent` under `cle`."""
    return f"<{cle}.agent.{agent.pk}@{host()}>"


def unsubscribe_url(agent: Agent, portee: str) -> str:
    """The address that stops `portee` with one click, without signing in (RFC 8058). It never expires: an
    e-mail is read years later, and all it can do is make less noise."""
    token = signing.dumps([agent.pk, portee], salt=SALT)
    return settings.SITE_URL + reverse("notifications:desabonnement", args=[token])


def read_unsubscribe(token: str) -> tuple[int, str] | None:
    """Whose token it is and what it stops, or None."""
    try:
        agent_id, portee = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return int(agent_id), str(portee)


def build_mail(
    agent: Agent, notifications: Sequence[Notification], contenus: dict[int, Contenu]
) -> EmailMultiAlternatives:
    """One e-mail for what one conversation (or one event outside of any) has to say to `agent`, oldest first.

    `contenus` by the notification's primary key; what has none is shown by its title and extract.
    """
    last = notifications[-1]
    empty = Contenu(objet=last.titre)
    shown = [contenus.get(row.pk, Contenu(objet=row.titre)) for row in notifications]
    contenu = next((found for found in reversed(shown) if found.portee), shown[-1] if shown else empty)
    parts = _parts(notifications, shown)
    reply_to = reply_address(agent, last.cle)
    portee = contenu.portee or COURRIELS
    stop = unsubscribe_url(agent, portee)
    found = stop_for(portee)
    context = {
        "agent": agent,
        "parties": parts,
        "contenu": contenu,
        "titre": contenu.objet.removeprefix("Re: "),
        "repondre": bool(reply_to),
        "lien": settings.SITE_URL + last.url,
        "arret_url": stop,
        "arret": found[0].nommer(found[1]) if found is not None else "Ne plus recevoir de courriel immédiat",
        "reglages_url": settings.SITE_URL + reverse("notifications:reglages"),
        "site_nom": settings.SITE_NOM,
        "site_url": settings.SITE_URL,
    }
    headers = _headers(agent, message_id(last.cle, agent), stop)
    references = [contenu.racine] if contenu.racine else []
    references += [row.cle for row in notifications[:-1] if row.cle != contenu.racine]
    parent = contenu.parent or contenu.racine
    if parent:
        references = [key for key in references if key != parent] + [parent]
    references = [key for key in references if key != last.cle]
    if references:
        headers["In-Reply-To"] = message_id(references[-1], agent)
        headers["References"] = " ".join(message_id(key, agent) for key in references)
    if contenu.liste:
        headers["List-Id"] = f"<{contenu.liste}.{host()}>"
    return _mail("notification", _subject(contenu.objet), agent, context, headers, last.acteur, reply_to)


def build_digest(agent: Agent, lignes: Sequence[Ligne], periode: str) -> EmailMultiAlternatives:
    """The digest of `lignes`, already chosen and in order. `periode`: « du jour », « de la semaine »."""
    stop = unsubscribe_url(agent, RESUME)
    rubriques: dict[str, list[Ligne]] = {}
    for ligne in lignes:
        rubriques.setdefault(ligne.rubrique, []).append(ligne)
    context = {
        "agent": agent,
        "rubriques": list(rubriques.items()),
        "periode": periode,
        "arret_url": stop,
        "reglages_url": settings.SITE_URL + reverse("notifications:reglages"),
        "site_nom": settings.SITE_NOM,
        "site_url": settings.SITE_URL,
    }
    first = Truncator(lignes[0].titre).chars(80)
    more = f" et {len(lignes) - 1} autre{'s' if len(lignes) > 2 else ''}" if len(lignes) > 1 else ""
    headers = _headers(agent, "", stop)
    headers["List-Id"] = f"<resume.{host()}>"
    return _mail("resume", _subject(f"Votre résumé : {first}{more}"), agent, context, headers, None, "")


def _parts(notifications: Sequence[Notification], shown: Sequence[Contenu]) -> list[Partie]:
    share = HTML_LIMIT // len(notifications)
    parts = []
    for row, contenu in zip(notifications, shown, strict=True):
        html, cut = mail_html(contenu.html, settings.SITE_URL, share)
        text = contenu.texte[: TEXT_LIMIT // len(notifications)]
        parts.append(
            Partie(
                notification=row,
                texte=text or row.extrait,
                html=html,
                coupe=cut or len(text) < len(contenu.texte),
                url=settings.SITE_URL + row.url,
            )
        )
    return parts


def _subject(text: str) -> str:
    """One line: a subject holds no control character, or the e-mail could be given other headers."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())[:200]


def _headers(agent: Agent, identifier: str, stop: str) -> dict[str, str]:
    headers = {
        # Not for people who are away to answer.
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "Precedence": "list",
        "List-Unsubscribe": f"<{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    if identifier:
        headers["Message-ID"] = identifier
    return headers


def _mail(
    template: str,
    subject: str,
    agent: Agent,
    context: dict[str, object],
    headers: dict[str, str],
    acteur: Agent | None,
    reply_to: str,
) -> EmailMultiAlternatives:
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    shown = f"{acteur.nom_complet} ({settings.SITE_NOM})" if acteur is not None else name
    mail = EmailMultiAlternatives(
        subject=subject,
        body=render_to_string(f"courriels/{template}.txt", context),
        from_email=formataddr((_subject(shown), address)),
        to=[agent.email],
        reply_to=[reply_to] if reply_to else None,
        headers=headers,
    )
    mail.attach_alternative(render_to_string(f"courriels/{template}.html", context), "text/html")
    return mail
