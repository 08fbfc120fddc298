"""E-mails that must never be published nor answered: written by machines, or by ourselves."""

import re

from django.conf import settings

from forum.courriels_entrants.mime import Entetes

_ABSENCE = re.compile(
    r"(?:réponse automatique|automatic reply|auto(?:matique)? ?:|autoreply|auto-reply|message automatique"
    r"|message d[’']absence|réponse d[’']absence|out of (?:the )?office|absence (?:du bureau|de bureau)"
    r"|absence *(?:$|:|-|du \d|jusqu)|(?:je suis )?absente? (?:du bureau|jusqu|du \d)|absente?$"
    r"|\[auto\]|undeliver|non remis|échec de (?:la )?remise|delivery status|returned mail|accusé de)",
    re.IGNORECASE,
)
_MACHINES = {"mailer-daemon", "postmaster", "listserv", "majordomo"}
LOOP = "x-loop"


def why_ignored(entetes: Entetes, objet: str, *, enveloppe: str | None = None) -> str:
    """The code of the reason to drop an e-mail without a word, or nothing.

    `enveloppe`: the envelope's sender, where it is known (`<>` or empty for what asks for no answer).
    """
    if _is_ours(entetes):
        return "boucle"
    kind, parameters = entetes.parameters("content-type")
    if kind == "multipart/report" or (kind == "message/delivery-status" and not parameters.get("name")):
        return "avis_de_remise"
    auto = entetes.get("auto-submitted").partition(";")[0].strip().lower()
    if auto and auto != "no":
        return "auto_reponse"
    if entetes.get("x-autoreply") or entetes.get("x-autorespond") or entetes.get("x-auto-reply-from"):
        return "auto_reponse"
    if entetes.get("precedence").strip().lower() in {"bulk", "junk", "list", "auto_reply"}:
        return "envoi_en_nombre"
    back = entetes.get("return-path").strip() if enveloppe is None else enveloppe.strip()
    if back == "<>" or (enveloppe is not None and not back):
        return "sans_retour"
    if any(address.partition("@")[0] in _MACHINES for address in entetes.addresses("from", "sender")):
        return "machine"
    if _ABSENCE.match(objet):
        return "absence"
    return ""


def _is_ours(entetes: Entetes) -> bool:
    """Whether this site sent it: it carries our mark, our name as a list, or our address as its sender."""
    host = settings.SITE_URL.split("://", 1)[1].split("/", 1)[0].rsplit(":", 1)[0].lower()
    if any(settings.REPONSE_COURRIEL in value.lower() for value in entetes.get_all(LOOP)):
        return True
    if any(host in value.lower() for value in entetes.get_all("list-id")):
        return True
    if entetes.get("message-id").strip().lower().endswith(f"@{host}>"):
        return True
    # Auto-answers keep it as a hint of what they answer; alone it says nothing (Outlook sets it on real mail).
    sender = Entetes([("from", settings.DEFAULT_FROM_EMAIL)]).addresses("from")
    local, _, domain = settings.REPONSE_COURRIEL.partition("@")
    return any(
        address in sender
        or (address.rpartition("@")[2] == domain and address.partition("@")[0].partition("+")[0] == local)
        for address in entetes.addresses("from")
    )
