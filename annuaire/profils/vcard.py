"""A person as a vCard 4.0 (RFC 6350): what an address book takes in."""

import base64

from annuaire.models import Agent
from annuaire.profils.models import Profil
from plateforme.socle.texte import plain_text

# Octets of a line; what is longer goes on on the next, after a space.
_LINE = 75
_ESCAPED = str.maketrans({"\\": "\\\\", ",": "\\,", ";": "\\;", "\n": "\\n", "\r": None})
# Other control characters are no text.
_CONTROL = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 127])


def vcard_of(agent: Agent, profil: Profil, url: str, photo: bytes | None = None) -> bytes:
    """The vCard of `agent`; `url`: the whole address of their page; `photo`: JPEG.

    It holds what the page shows to agents of the State: the caller has checked that the reader is one, or is `agent`.
    """
    place = agent.organisme if agent.partenaire else (agent.service.nom if agent.service else "")
    lines = [
        "BEGIN:VCARD",
        "VERSION:4.0",
        "KIND:individual",
        f"FN:{_text(agent.nom_complet)}",
        f"N:{_text(agent.nom)};{_text(agent.prenom)};;;",
        f"EMAIL;TYPE=work:{_text(agent.email)}",
        f"URL:{_address(url)}",
    ]
    if place:
        lines.append(f"ORG:{_text(place)}")
    if agent.fonction:
        lines.append(f"TITLE:{_text(agent.fonction)}")
    if agent.telephone:
        lines.append(f"TEL;VALUE=text;TYPE=work:{_text(agent.telephone)}")
    if agent.territoire is not None:
        lines.append(f"ADR;TYPE=work:;;;;{_text(agent.territoire.nom)};;")
    lines += [f"LANG;TYPE=work:{code}" for code in profil.langues]
    known = [row.expertise.libelle for row in agent.declarations.all()]
    if known:
        lines.append(f"CATEGORIES:{','.join(map(_text, known))}")
    if agent.biographie:
        lines.append(f"NOTE:{_text(plain_text(agent.biographie, 1000))}")
    if photo is not None:
        lines.append(f"PHOTO:data:image/jpeg;base64,{base64.b64encode(photo).decode()}")
    lines.append("END:VCARD")
    return b"".join(_folded(line) for line in lines)


def _text(value: str) -> str:
    return value.translate(_CONTROL).translate(_ESCAPED)


def _address(url: str) -> str:
    return "".join(url.split())


def _folded(line: str) -> bytes:
    """A line cut so that no piece is longer than `_LINE` octets, nor cuts a character in two."""
    pieces, piece, room = [], b"", _LINE
    for char in line:
        octets = char.encode()
        if len(piece) + len(octets) > room:
            pieces.append(piece)
            # The space that begins it counts.
            piece, room = b"", _LINE - 1
        piece += octets
    return b"\r\n ".join([*pieces, piece]) + b"\r\n"
