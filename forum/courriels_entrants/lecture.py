"""An e-mail read: who wrote it, what they wrote, what they attached."""

import hashlib
import re
from dataclasses import dataclass, field

from forum.courriels_entrants.citations import keep_reply, strip_marks
from forum.courriels_entrants.html import MAX_HTML, html_to_text
from forum.courriels_entrants.mime import Entetes, Partie, decode_words, read_parts
from plateforme.socle.fichiers.detection import clean_name

MAX_TEXT = 400_000  # characters of text looked at: six times what a message may hold
MAX_FILES = 10
# Smaller images are pixels that tell the sender of a mailing that it was opened, or spacers.
MIN_IMAGE = 800

# What comes along with an e-mail and is nobody's attachment.
_NOT_FILES = {
    "application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature",
    "application/pgp-keys", "message/delivery-status", "message/disposition-notification", "text/rfc822-headers",
    "text/calendar", "text/x-amp-html", "application/applefile",
}  # fmt: skip
_MAILBOX = r"[^\s<>()\"@,:;\\]++@[A-Za-z0-9.-]++"
_SENDER = re.compile(
    rf'(?:(?P<nu>{_MAILBOX})|(?:"(?:[^"\\]|\\.)*+"|[^<>"@,:;\\]*+)[ \t]*+<[ \t]*+(?P<chevrons>{_MAILBOX})[ \t]*+>)'
)
_ENCRYPTED = {"application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted"}
_CID = re.compile(r"\[cid:([^\]\n]{1,200})\]", re.IGNORECASE)
_CID_HTML = re.compile(r"""src=["']?cid:([^"'> ]{1,200})""", re.IGNORECASE)


@dataclass(slots=True)
class FichierRecu:
    nom: str
    contenu: bytes


@dataclass(slots=True)
class CourrielLu:
    """What an e-mail says. `texte`: what the person wrote; `texte_entier`: with what they answer."""

    entetes: Entetes
    objet: str = ""
    texte: str = ""
    texte_entier: str = ""
    fichiers: list[FichierRecu] = field(default_factory=list)
    # Names of attachments left out: too many, or e-mails within the e-mail.
    laisses: list[str] = field(default_factory=list)
    chiffre: bool = False

    @property
    def expediteur(self) -> str:
        """Who wrote it, in lower case; empty unless one address is written once, in a form read by all alike.

        Where a header can be read in two ways, the mail server may have checked one and we believe the other.
        """
        headers = self.entetes.get_all("from")
        match = _SENDER.fullmatch(headers[0].strip()) if len(headers) == 1 else None
        return (match["nu"] or match["chevrons"]).lower() if match else ""

    @property
    def message_id(self) -> str:
        return self.entetes.get("message-id").strip()[:250]

    def identifiant(self, agent_id: int, message_id: int) -> str:
        """What makes it one e-mail, by whatever way and however often it comes; within an answer's bounds,
        so that nobody can take somebody else's place by using their Message-ID."""
        name = self.message_id or "\n".join(
            [self.entetes.get("date"), self.entetes.get("from"), self.objet, self.texte_entier]
        )
        digest = hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()
        return f"{agent_id}.{message_id}.{digest}"


def read_email(raw: bytes) -> CourrielLu:
    """Read an e-mail that anybody may have sent. Never raises; linear in its size."""
    entetes, parts = read_parts(raw)
    read = CourrielLu(entetes, objet=" ".join(decode_words(entetes.get("subject")).split())[:300])
    plain: list[str] = []
    html: list[str] = []
    files: list[Partie] = []
    for part in parts:
        if part.genre in _ENCRYPTED:
            read.chiffre = True
        elif part.genre in _NOT_FILES and not (part.genre == "text/calendar" and not part.choix and part.nom):
            continue
        elif part.genre in {"text/plain", "text/html"} and part.disposition != "attachment" and not part.nom:
            if part.genre == "text/plain":
                plain.append(_plain(part))
            elif part.choix or not any(plain):
                html.append(part.text()[:MAX_HTML])
        else:
            files.append(part)
    from_html = html_to_text("\n".join(html)) if html else ""
    from_plain = "\n".join(plain)
    read.texte_entier = (from_plain if from_plain.strip() else from_html)[:MAX_TEXT]
    marked = keep_reply(read.texte_entier)
    read.texte = strip_marks(marked)
    _take_files(read, files, shown=_shown_images(marked, from_html, "\n".join(html)))
    return read


def _plain(part: Partie) -> str:
    text = part.text()[:MAX_TEXT]
    if part.parametres.get("format", "").lower() == "flowed":
        return _unflow(text, delete_space=part.parametres.get("delsp", "").lower() == "yes")
    return text


def _unflow(text: str, *, delete_space: bool) -> str:
    """Put the paragraphs of a `format=flowed` text (RFC 3676) together again."""
    lines: list[str] = []
    current: list[str] = []
    depth = 0
    for raw in text.split("\n"):
        raw = raw.removesuffix("\r")
        content = raw.lstrip(">")
        quotes = len(raw) - len(content)
        content = content[1:] if content.startswith(" ") else content
        if current and (quotes != depth or content == "-- "):
            lines.append(">" * depth + (" " if depth else "") + "".join(current))
            current = []
        depth = quotes
        if content.endswith(" ") and content != "-- ":
            current.append(content[:-1] if delete_space else content)
        else:
            lines.append(">" * depth + (" " if depth else "") + "".join([*current, content]))
            current = []
    if current:
        lines.append(">" * depth + (" " if depth else "") + "".join(current))
    return "\n".join(lines)


def _shown_images(marked: str, from_html: str, html: str) -> tuple[set[str], set[str]]:
    """The images named by the e-mail, and those of them that stand in what the person wrote.

    The others are in signatures (a logo in each e-mail) or in what is answered.
    """
    named = {found.lower() for found in _CID.findall(marked)} | {
        found.lower() for found in _CID_HTML.findall(html)
    }
    shown = {found.lower() for found in _CID.findall(marked)}
    if from_html:
        shown |= {found.lower() for found in _CID.findall(keep_reply(from_html))}
    return named, shown


def _take_files(read: CourrielLu, files: list[Partie], shown: tuple[set[str], set[str]]) -> None:
    named, kept = shown
    seen: set[bytes] = set()
    for part in files:
        cid = part.cid.lower()
        if part.genre.startswith("message/"):
            read.laisses.append(clean_name(part.nom) or "message transféré")
            continue
        if cid in named and cid not in kept:
            continue
        content = part.bytes()
        if not content or (part.genre.startswith("image/") and len(content) < MIN_IMAGE):
            continue
        digest = hashlib.sha256(content).digest()
        if digest in seen:
            continue
        seen.add(digest)
        nom = clean_name(part.nom) or _made_up_name(part.genre, len(seen))
        if len(read.fichiers) >= MAX_FILES:
            read.laisses.append(nom)
        else:
            read.fichiers.append(FichierRecu(nom, content))


def _made_up_name(kind: str, number: int) -> str:
    """A name for an attachment that has none, so that its kind can be told."""
    endings = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp",
               "application/pdf": "pdf", "text/plain": "txt", "text/html": "html"}  # fmt: skip
    return f"piece-{number}.{endings.get(kind, 'bin')}"
