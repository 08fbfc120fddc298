"""Of the text of an e-mail, what the person wrote: without what they answer, their signature, the footers.

Line by line, each looked at a bounded number of times. When in doubt a line is kept: a name too many is
better than a sentence lost.
"""

import re
from dataclasses import dataclass

from forum.courriels_entrants.html import COUPE
from forum.reponses_courriel import SEPARATEUR

MAX_LINES = 20_000
MAX_LOOKED_AT = 400  # characters of a line that patterns see
MAX_QUOTED = 12  # lines kept of a passage answered point by point
MAX_SIGNATURE = 16  # lines

_SPACE = r"[ \u00a0\u202f]"
# « Le lun. 3 févr. 2025 à 10:12, Nadia Ferhat <…> a écrit : », on one line or several.
_WROTE_START = re.compile(rf"(?:Le|On){_SPACE}", re.IGNORECASE)
_WROTE_END = re.compile(
    rf"(?:a{_SPACE}écrit|a{_SPACE}ecrit|wrote)(?:{_SPACE}*<[^<>]*+>)?{_SPACE}*:?{_SPACE}*$", re.IGNORECASE
)
_WROTE_SURE = re.compile(r"@|\d{1,2}[ \u00a0]?[:h][ \u00a0]?\d{2}")
_WROTE_DATE = re.compile(r"\d{1,2}[ \u00a0/.:h-]|\d{4}")
# « De : … Envoyé : … À : … Objet : … », bold or not, in French or in English.
_FIELD = re.compile(
    rf"[*_]{{0,2}}(De|Expéditeur|From|Envoyé|Envoyé le|Date|Sent|À|A|To|Cc|Objet|Subject)[*_]{{0,2}}{_SPACE}*:",
    re.IGNORECASE,
)
_TITLE = {"objet", "subject"}
_SENDER = {"de", "from", "expéditeur"}
_SEPARATOR = re.compile(
    rf"[-_ >]*{_SPACE}*(?:Message{_SPACE}d[’']origine|Mail{_SPACE}original|Message{_SPACE}original|Original{_SPACE}Message"
    rf"|Message{_SPACE}transféré|Forwarded{_SPACE}message|Début{_SPACE}du{_SPACE}message{_SPACE}(?:réexpédié|transféré)"
    rf"|Courriel{_SPACE}original|Courriel{_SPACE}d[’']origine|Reply{_SPACE}message)"
    rf"{_SPACE}*:?{_SPACE}*[-_]*$",
    re.IGNORECASE,
)
_MARKED_SEPARATOR = re.compile(r"-{2,}|_{2,}|Début|>")
_UNDERSCORES = re.compile(r"_{20,}$")
_QUOTED = re.compile(r" ?>")

_DELIMITER = re.compile(r"(?:--|—|__)$")
_MOBILE = re.compile(
    rf"(?:Envoyé{_SPACE}(?:de(?:puis)?|à{_SPACE}partir{_SPACE}de|avec|via|par){_SPACE}"
    rf"(?:mon|ma|l[’']|Outlook|Courrier|Mail|la{_SPACE}messagerie|Proton|Yahoo|Gmail|iCloud|un{_SPACE}(?:appareil|mobile)|"
    rf"BlueMail|K-9|Thunderbird|Orange|SFR|Free|Windows)"
    rf"|Provenance{_SPACE}:{_SPACE}Courrier|(?:Télécharger|Obtenir|Obtenez|Téléchargez|Get){_SPACE}Outlook"
    rf"|Sent{_SPACE}from{_SPACE}(?:my|Outlook|Mail|Yahoo|Proton)|Mon{_SPACE}téléphone{_SPACE}.{{0,40}}excuse)",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    rf"(?:(?:très|bien|sincèrement|sincères|meilleures|mes){_SPACE}+|avec{_SPACE}mes{_SPACE}+|merci[,{_SPACE}]+(?:et{_SPACE}+)?|"
    rf"en{_SPACE}vous{_SPACE}(?:en{_SPACE})?(?:remerciant|souhaitant)[^.]{{0,60}}[,.]?{_SPACE}*)?"
    rf"(?:cordialement|cdlt|cdt|bàv|bav|bien{_SPACE}à{_SPACE}(?:vous|toi|tous|toutes)|à{_SPACE}vous|respectueusement|"
    rf"amicalement|salutations(?:{_SPACE}distinguées)?|sincères{_SPACE}salutations|bonne{_SPACE}(?:journée|soirée|fin{_SPACE}de"
    rf"{_SPACE}(?:journée|semaine)|réception|continuation)|bon{_SPACE}(?:week-end|weekend|après-midi)|"
    rf"(?:best|kind){_SPACE}regards|regards)"
    rf"(?:{_SPACE}+(?:à{_SPACE}(?:vous|tous|toutes|toi)|vôtre))?{_SPACE}*[,.!;]*{_SPACE}*$",
    re.IGNORECASE,
)
_POSTSCRIPT = re.compile(r"(?:P\.?[ ]?S\.?|NB|N\.B\.|Post-scriptum)[ \u00a0]*[:.–-]", re.IGNORECASE)
# Footers that servers and offices add at the end of every message.
_FOOTER = re.compile(
    r"(?:avertissement|disclaimer|confidentialité|attention)[ \u00a0]*:"
    r"|(?:ce|cet|le présent)[ ](?:message|courriel|e-mail|mail|email|courrier électronique)\b.{0,120}"
    r"(?:confidentiel|destinataire|strictement|exclusif|virus|analysé)"
    r"|les informations contenues dans ce (?:message|courriel|mail)"
    r"|si vous (?:avez reçu|n[’']êtes pas|recevez) .{0,40}(?:message|courriel|destinataire|mail|erreur)"
    r"|.{0,60}n[’']imprim(?:ez|er|ant|ons)|.{0,80}avant d[’']imprimer"
    r"|(?:sans virus|virus-free)|l[’']absence de virus|www\.avast\.com|garanti sans virus"
    r"|this (?:e-?mail|message).{0,60}(?:confidential|intended)"
    r"|(?:suivez-nous|retrouvez-nous) sur|liberté[ •·-]+égalité[ •·-]+fraternité$",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_CID = re.compile(r"\[(?:cid|image)[ ]?:[^\]\n]{1,200}\]", re.IGNORECASE)
_BULLET = re.compile(r"^([ ]{0,3})[•·▪◦o§–](?:[ \u00a0\t]{1,8})(?=\S)")


@dataclass(slots=True)
class _Passage:
    """Lines of one kind: written by the person, or quoted, with whether an « a écrit : » announced them."""

    quoted: bool
    lines: list[str]
    announced: bool = False


def keep_reply(text: str) -> str:
    """What the person wrote. Marks of images (`[cid:…]`) stay: they say where images were."""
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n", MAX_LINES)]
    lines = lines[:MAX_LINES]
    lines = lines[: _cut(lines)]
    passages = _passages(lines)
    while passages and (passages[-1].quoted or not _own(passages[-1].lines)):
        passages.pop()
    quotes = sum(passage.quoted for passage in passages)
    kept: list[str] = []
    for index, passage in enumerate(passages):
        if not passage.quoted:
            kept += ["", *_own(passage.lines), ""]
        elif quotes > 1 or _answered_here(passage, index):
            kept += ["", *_shorten(passage.lines), ""]
    return _tidy(kept)


def strip_marks(text: str) -> str:
    """A text without the marks of images."""
    return _CID.sub("", text).strip()


def _cut(lines: list[str]) -> int:
    """Where what is answered starts, when nothing of the person's can follow."""
    for index, line in enumerate(lines):
        if line == COUPE or SEPARATEUR in line[:MAX_LOOKED_AT]:
            return _announcement_before(lines, index)
        bare = line[:MAX_LOOKED_AT].strip()
        if not bare:
            continue
        if _SEPARATOR.match(bare) and _MARKED_SEPARATOR.match(bare):
            return index
        if _UNDERSCORES.match(bare) and _is_header(lines, _next_filled(lines, index)):
            return index
        if not _QUOTED.match(line) and _is_header(lines, index):
            return index
        if not _QUOTED.match(line):
            length = _announcement(lines, index)
            # Announced as mail programs do, and not marked line by line: what follows is the message answered.
            # (« Le 12 mars, la DREAL a écrit : » may be a sentence.)
            announced = " ".join(line[:MAX_LOOKED_AT] for line in lines[index : index + length])
            if length and not _quote_follows(lines, index + length) and _WROTE_SURE.search(announced):
                return index
    return len(lines)


def _announcement_before(lines: list[str], index: int) -> int:
    """The start of the « a écrit : » just above line `index`, else `index`."""
    for start in range(max(index - 6, 0), index):
        length = _announcement(lines, start)
        if length and _next_filled(lines, start + length) >= index:
            return start
    return index


def _announcement(lines: list[str], index: int) -> int:
    """How many lines from `index` make a « Le … a écrit : »; 0 when they do not."""
    if not _WROTE_START.match(lines[index].lstrip("> ")[:4]):
        return 0
    whole = ""
    for count, line in enumerate(lines[index : index + 5], 1):
        if not line.strip() and count > 1:
            return 0
        whole = f"{whole} {line.strip()[:MAX_LOOKED_AT]}"
        if _WROTE_END.search(whole[-120:]) and _WROTE_DATE.search(whole):
            return count
    return 0


def _is_header(lines: list[str], index: int) -> bool:
    """Whether an Outlook header (« De : », « Envoyé : », « Objet : ») starts at line `index`."""
    if index >= len(lines):
        return False
    first = _FIELD.match(lines[index].strip()[:40])
    if first is None or first[1].lower() not in _SENDER:
        return False
    found = {first[1].lower()}
    for line in lines[index + 1 : index + 9]:
        match = _FIELD.match(line.strip()[:40])
        if match:
            found.add(match[1].lower())
    return bool(found & {"envoyé", "envoyé le", "sent"}) or (len(found) >= 3 and bool(found & _TITLE))


def _quote_follows(lines: list[str], index: int) -> bool:
    following = _next_filled(lines, index)
    return following < len(lines) and bool(_QUOTED.match(lines[following]))


def _next_filled(lines: list[str], index: int) -> int:
    """The next line that is not empty, looked for nearby."""
    for following in range(index, min(index + 6, len(lines))):
        if lines[following].strip() and not _UNDERSCORES.match(lines[following].strip()):
            return following
    return len(lines)


def _passages(lines: list[str]) -> list[_Passage]:
    passages: list[_Passage] = []
    announced = False
    index = 0
    while index < len(lines):
        line = lines[index]
        length = _announcement(lines, index) if not _QUOTED.match(line) else 0
        if length and _quote_follows(lines, index + length):
            announced = True
            index += length
            continue
        quoted = bool(_QUOTED.match(line))
        if passages and (passages[-1].quoted == quoted or not line.strip()):
            passages[-1].lines.append(line)
        else:
            passages.append(_Passage(quoted, [line], announced and quoted))
        if quoted:
            announced = False
        index += 1
    return passages


def _answered_here(passage: _Passage, index: int) -> bool:
    """Whether the only quote is needed to understand what follows: answered where it stands, not from below."""
    return index > 0 and not passage.announced and len(passage.lines) <= MAX_QUOTED


def _shorten(lines: list[str]) -> list[str]:
    """The passage just answered: the first level of the quote, its last lines."""
    kept = []
    for line in lines:
        bare = _QUOTED.sub("", line, count=1).strip()
        if bare.startswith(">") or (not bare and not kept):
            continue
        kept.append(bare)
    while kept and not kept[-1]:
        kept.pop()
    return [f"> {line}".rstrip() for line in kept[-MAX_QUOTED:]]


def _own(lines: list[str]) -> list[str]:
    """A passage without its signature and footers."""
    lines = list(lines)
    for index, line in enumerate(lines):
        bare = line.strip()
        if line in {"--", "-- "} or (_DELIMITER.match(bare) and len(lines) - index <= MAX_SIGNATURE):
            lines = lines[:index]
            break
    lines = _without_footers(lines)
    for index in range(max(len(lines) - MAX_SIGNATURE - 4, 0), len(lines)):
        bare = lines[index].strip()[:MAX_LOOKED_AT]
        if _MOBILE.match(bare):
            lines = lines[:index]
            break
        if _CLOSING.match(bare) and _only_signature(lines[index + 1 :]):
            lines = lines[:index]
            break
    while lines and not lines[-1].strip():
        lines.pop()
    return _without_last_closing(lines)


def _without_footers(lines: list[str]) -> list[str]:
    """Without the paragraphs that servers add, from the end upwards."""
    end = len(lines)
    while end:
        while end and not lines[end - 1].strip():
            end -= 1
        start = end
        while start and lines[start - 1].strip() and end - start < 30:
            start -= 1
        paragraph = lines[start:end]
        at = next(
            (
                index
                for index, line in enumerate(paragraph)
                if _FOOTER.match(line.strip(" *_\u00a0")[:MAX_LOOKED_AT])
            ),
            None,
        )
        if at is None or (at > 0 and not _only_signature(paragraph[:at])):
            return lines[:end]
        end = start + at
    return []


def _only_signature(lines: list[str]) -> bool:
    """Whether lines after a closing formula are a name, a service, numbers: nothing that reads as a sentence."""
    filled = [line.strip() for line in lines if line.strip()]
    if len(filled) > MAX_SIGNATURE:
        return False
    for line in filled:
        if _POSTSCRIPT.match(line):
            return False
        words = len(_WORD.findall(line[:MAX_LOOKED_AT]))
        if words > 14 or len(line) > 140 or line.endswith("?"):
            return False
    return True


def _without_last_closing(lines: list[str]) -> list[str]:
    """« Merci d’avance, cordialement » alone at the end, without a name below."""
    if len(lines) > 1 and _CLOSING.match(lines[-1].strip()[:MAX_LOOKED_AT]):
        lines = lines[:-1]
    return lines


def _tidy(lines: list[str]) -> str:
    """Ready for Markdown: no run of empty lines, nothing indented into code, bullets that make lists."""
    tidy: list[str] = []
    for line in lines:
        line = line.replace("\t", "    ").rstrip()
        bare = line.lstrip(" ")
        if len(line) - len(bare) > 3:
            line = "   " + bare
        line = _BULLET.sub(r"\1- ", line)
        if line or (tidy and tidy[-1]):
            tidy.append(line)
    return "\n".join(tidy).strip("\n").strip()
