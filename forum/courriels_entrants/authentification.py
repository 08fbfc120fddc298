"""What our own mail server says it checked of the sender (RFC 8601, `Authentication-Results`)."""

import re

from django.conf import settings

from forum.courriels_entrants.mime import Entetes

_RESULT = re.compile(r"([a-z0-9-]{1,20})[ \t]*+(?:/[ \t]*+\d{1,3}[ \t]*+)?=[ \t]*+([a-z]{1,20})(?![a-z0-9-])")
_PROPERTY = re.compile(r"([a-z0-9-]{1,20}\.[a-z0-9-]{1,20})[ \t]*+=[ \t]*+([^ \t]{1,320})")


def is_authenticated(entetes: Entetes, expediteur: str) -> bool:
    """Whether the domain of `expediteur` was proved to our mail server; always true when none is named.

    Only the topmost header counts, and only when it bears the name in `COURRIEL_AUTHSERV_ID`: whatever is
    below may have been written by the sender. SPF and DKIM count for the very domain of the sender; what is
    looser (a parent domain) is for DMARC to say.
    """
    trusted = settings.COURRIEL_AUTHSERV_ID.lower()
    if not trusted:
        return True
    name, *results = _bare(entetes.get("authentication-results").lower()).split(";")
    if name.split()[:1] != [trusted]:
        return False
    domain = expediteur.rpartition("@")[2].lower()
    for result in results:
        match = _RESULT.match(result.strip())
        if match is None or match[2] != "pass":
            continue
        found = dict(_PROPERTY.findall(result))
        match match[1]:
            case "dmarc":
                proved = found.get("header.from", domain)
            case "spf":
                proved = found.get("smtp.mailfrom", "").rpartition("@")[2]
            case "dkim":
                proved = found.get("header.d", "") or found.get("header.i", "").rpartition("@")[2]
            case _:
                continue
        if domain and proved.rpartition("@")[2] == domain:
            return True
    return False


def _bare(value: str) -> str:
    """The value without comments nor quoted strings: a sender can put what they like in those."""
    kept: list[str] = []
    depth = 0
    quoted = escaped = False
    for char in value:
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = True
        elif quoted:
            quoted = char != '"'
        elif char == '"' and not depth:
            quoted = True
        elif char == "(":
            depth += 1
        elif char == ")" and depth:
            depth -= 1
        elif not depth:
            kept.append(char)
    return "".join(kept)
