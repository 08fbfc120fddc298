"""Photos of people: cut square, written again in three sizes, without anything a camera says of where and when."""

import io
import secrets
from typing import BinaryIO, NamedTuple

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageOps

from plateforme.socle.images import ImageRefusee, opened_picture

# In pixels: avatars, cards and search results, the profile page and its print.
TAILLES = (96, 192, 480)
MIN_SIDE = 96
MAX_BYTES = 15 * 1024 * 1024
QUALITY = 85
# Pixels a side wanted of the picture before it is cut: a third of it still fills the largest size.
_WANTED = 1600


class Cadre(NamedTuple):
    """The square kept of a picture turned upright: its left, its top and its side, as parts of width, height and
    shorter side."""

    x: float
    y: float
    cote: float


def write_photo(file: BinaryIO, cadre: Cadre | None) -> str:
    """Store the square `cadre` of a picture (the largest one at its centre, without one); returns its key.

    Raises `ImageRefusee`. The caller removes it if what follows fails.
    """
    with opened_picture(file, _WANTED) as image:
        pictures = _cut(image, cadre)
    key = secrets.token_hex(16)
    try:
        for size, content in pictures.items():
            default_storage.save(path_of(key, size), ContentFile(content))
    except BaseException:
        remove_photo_files(key)
        raise
    return key


def path_of(key: str, size: int) -> str:
    """Where the file of one size stands in the storage."""
    return f"photos/{key[:2]}/{key}-{size}.jpg"


def remove_photo_files(key: str) -> None:
    """Harmless for what is gone already."""
    for size in TAILLES:
        default_storage.delete(path_of(key, size))


def _cut(image: Image.Image, cadre: Cadre | None) -> dict[int, bytes]:
    image.load()
    clear = image.mode in ("RGBA", "LA", "PA", "P") or "transparency" in image.info
    upright = ImageOps.exif_transpose(image.convert("RGBA") if clear else image.convert("RGB"))
    if upright.mode == "RGBA":
        # JPEG has no transparency: what is clear becomes paper.
        ground = Image.new("RGB", upright.size, "white")
        ground.paste(upright, mask=upright.getchannel("A"))
        upright = ground
    square = upright.crop(_box(upright.width, upright.height, cadre))
    if square.width < MIN_SIDE:
        raise ImageRefusee(
            f"Cette image est trop petite une fois recadrée : il faut au moins {MIN_SIDE} pixels de côté."
        )
    return {size: _encoded(square.resize((size, size), Image.Resampling.LANCZOS)) for size in TAILLES}


def _box(width: int, height: int, cadre: Cadre | None) -> tuple[int, int, int, int]:
    short = min(width, height)
    if cadre is None:
        left, top = (width - short) // 2, (height - short) // 2
        return left, top, left + short, top + short
    side = max(1, min(short, round(cadre.cote * short)))
    left = max(0, min(width - side, round(cadre.x * width)))
    top = max(0, min(height - side, round(cadre.y * height)))
    return left, top, left + side, top + side


def _encoded(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return out.getvalue()
