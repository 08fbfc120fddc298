"""Addresses: which ones a text may carry, and in what form they are written.

A sanitiser's list of protocols is not the last word: browsers forgive control characters, backslashes and
full-width signs in addresses. Here an address is kept only when the whole of it is of a known form.
"""

import re
import unicodedata

from plateforme.socle.texte.bornes import MAX_ADDRESS

EMAIL = (
    r"[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}+"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,6}[A-Za-z]{2,24}"
)

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_WEB = re.compile(r"https?://(?P<authority>[^/?#]+)(?P<rest>.*)", re.IGNORECASE | re.DOTALL)
_AUTHORITY = re.compile(r"(?P<host>[\w.-]{1,253})(?::(?P<port>[0-9]{1,5}))?")
_LABEL = re.compile(r"\w(?:[\w-]{0,61}\w)?")
_MAILTO = re.compile(
    rf"mailto:{EMAIL}(?:\?(?:subject|body)=[\w%.,!~*()'+-]*(?:&(?:subject|body)=[\w%.,!~*()'+-]*)?)?",
    re.IGNORECASE,
)
_TEL = re.compile(r"tel:\+?[0-9][0-9().-]{1,24}", re.IGNORECASE)
# Allowed by nothing in RFC 3986, yet typed by people; encoding them keeps the address and its meaning.
_TO_ENCODE = {ord(char): f"%{ord(char):02X}" for char in '"<>`{}|^'}


def safe_link(address: str) -> str | None:
    """Return the address as it may be written in a link, or `None` when it must not be one.

    Takes the decoded address (no HTML entity left). Kept: http and https with a plain host, mailto and tel
    of a strict form, and addresses of this site, which start with a single "/". `safe_link` of what it
    returns is the same value, so that it can be used again on the finished HTML.
    """
    address = address.strip(" \n")
    if address[:4].lower() == "www.":
        address = f"https://{address}"
    if not 0 < len(address) <= MAX_ADDRESS or not _is_printable(address):
        return None
    address = address.translate(_TO_ENCODE)
    if address.startswith("/"):
        return address if _is_local(address) else None
    scheme = _SCHEME.match(address)
    if scheme is None:
        return None
    match scheme[1].lower():
        case "http" | "https":
            return address if _is_web(address) else None
        case "mailto":
            return address if _MAILTO.fullmatch(address) else None
        case "tel":
            return address if _TEL.fullmatch(address) else None
    return None


def safe_image(address: str) -> str | None:
    """Like `safe_link`, for an image: addresses of this site only, so that reading calls nobody else."""
    safe = safe_link(address)
    return safe if safe is not None and safe.startswith("/") else None


def is_external(address: str) -> bool:
    """Tell whether an address accepted by `safe_link` leads to a web site, which may not be this one."""
    return address[:4].lower() == "http"


def _is_printable(address: str) -> bool:
    """Refuse white space, controls, invisible and unassigned characters, and the backslash."""
    if address.isascii():
        return "\\" not in address and address.isprintable() and " " not in address
    return not any(char == "\\" or unicodedata.category(char)[0] in "CZ" for char in address)


def _is_local(address: str) -> bool:
    # "//host" leaves the site; "/.//host" and "/a/..//host" may, once a server has tidied the path.
    path = re.split("[?#]", address, maxsplit=1)[0]
    return "//" not in path and not {".", ".."} & set(path.split("/"))


def _is_web(address: str) -> bool:
    web = _WEB.fullmatch(address)
    # Nothing but a host and a port: "https://banque.fr@ailleurs.test" says one site and means another.
    authority = _AUTHORITY.fullmatch(web["authority"]) if web else None
    if authority is None or int(authority["port"] or 0) > 65_535:
        return False
    host = authority["host"]
    # Browsers fold full-width letters, ligatures and the like into ASCII before they resolve a host.
    if unicodedata.normalize("NFKC", host) != host:
        return False
    return all(_LABEL.fullmatch(label) for label in host.removesuffix(".").split("."))
