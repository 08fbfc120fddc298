"""What a file is, by its bytes and its name."""

from pathlib import PurePosixPath
from typing import BinaryIO

import puremagic

# Name endings that agents share, and what their bytes may be. A name that promises something else is refused:
# the commonest trap is a program with the name of a document.
TYPES: dict[str, tuple[str, ...]] = {
    "pdf": ("application/pdf",),
    "odt": ("application/vnd.oasis.opendocument.text",),
    "ods": ("application/vnd.oasis.opendocument.spreadsheet",),
    "odp": ("application/vnd.oasis.opendocument.presentation",),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document",),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",),
    "pptx": ("application/vnd.openxmlformats-officedocument.presentationml.presentation",),
    "doc": ("application/msword",),
    "xls": ("application/vnd.ms-excel",),
    "ppt": ("application/vnd.ms-powerpoint",),
    "png": ("image/png",),
    "jpg": ("image/jpeg",),
    "jpeg": ("image/jpeg",),
    "gif": ("image/gif",),
    "webp": ("image/webp",),
    "zip": ("application/zip",),
    "txt": ("text/plain",),
    "csv": ("text/csv",),
    "md": ("text/markdown",),
    "ics": ("text/calendar",),
    "json": ("application/json",),
    "geojson": ("application/geo+json",),
    "gpkg": ("application/geopackage+sqlite3",),
}
_ZIP_BASED = {"odt", "ods", "odp", "docx", "xlsx", "pptx", "zip"}
_OLE_BASED = {"doc", "xls", "ppt"}
_TEXT = {"txt", "csv", "md", "ics", "json", "geojson"}
_HEADS: dict[str, tuple[bytes, ...]] = {
    "pdf": (b"%PDF-",),
    "png": (b"\x89PNG\r\n\x1a\n",),
    "jpg": (b"\xff\xd8\xff",),
    "jpeg": (b"\xff\xd8\xff",),
    "gif": (b"GIF87a", b"GIF89a"),
    "webp": (b"RIFF",),
    "gpkg": (b"SQLite format 3\x00",),
}
SNIFFED = 8192  # bytes looked at


class TypeRefuse(Exception):
    """A file whose kind is not accepted. `str()` is a French sentence for the person."""


def clean_name(raw: str) -> str:
    """A file name that is safe to show and to save: last part of a path, no control or direction characters."""
    name = PurePosixPath(raw.replace("\\", "/")).name
    name = "".join(char for char in name if char.isprintable() and char not in '<>:"|?*').strip(" .")
    stem, dot, ending = name.rpartition(".")
    if len(name) > 150:
        name = f"{stem[: 149 - len(ending)]}{dot}{ending}" if dot and len(ending) < 12 else name[:150]
    return name


def detect_type(name: str, file: BinaryIO) -> str:
    """The MIME type of a file, or `TypeRefuse`. Reads the head of `file` and puts it back at its start."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if ending not in TYPES:
        listed = ", ".join(sorted(TYPES))
        raise TypeRefuse(f"Ce type de fichier n’est pas accepté. Types acceptés : {listed}.")
    file.seek(0)
    head = file.read(SNIFFED)
    file.seek(0)
    if not head:
        raise TypeRefuse("Ce fichier est vide.")
    if not _matches(ending, head):
        raise TypeRefuse(
            f"Le contenu de ce fichier n’est pas celui d’un fichier « .{ending} ». "
            "Ouvrez-le et enregistrez-le de nouveau dans le format voulu."
        )
    return TYPES[ending][0]


def _matches(ending: str, head: bytes) -> bool:
    if ending in _TEXT:
        return b"\x00" not in head and not _looks_like_program(head)
    if ending in _ZIP_BASED:
        if not head.startswith(b"PK\x03\x04"):
            return False
        # The open-document formats name themselves in their first entry.
        if ending in {"odt", "ods", "odp"}:
            return TYPES[ending][0].encode() in head[:200]
        return True
    if ending in _OLE_BASED:
        return head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    if ending == "webp":
        return head.startswith(b"RIFF") and head[8:12] == b"WEBP"
    return head.startswith(_HEADS[ending])


def _looks_like_program(head: bytes) -> bool:
    try:
        found = puremagic.from_string(head, mime=True)
    except (puremagic.PureError, ValueError):
        return False
    return found in {"application/x-executable", "application/x-dosexec", "application/x-msdownload"}
