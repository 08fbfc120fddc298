"""Pictures put in messages: written again by us, so that nothing of the file received reaches a reader."""

import io
from typing import BinaryIO, NamedTuple

from PIL import Image, ImageOps

from plateforme.socle.images import ImageRefusee, opened_picture

__all__ = ["MAX_SIDE", "ImageRefusee", "Photo", "reencode"]

MAX_SIDE = 2000
"""Longest side of a picture shown in a page, in pixels."""

QUALITY = 80


class Photo(NamedTuple):
    """A picture written again: WebP bytes, without what a camera says of where and when."""

    octets: bytes
    largeur: int
    hauteur: int


def reencode(file: BinaryIO) -> Photo | None:
    """Write a picture again as WebP, turned the right way, of at most `MAX_SIDE` pixels; `None` if it moves.

    Raises `ImageRefusee` when it is broken or unreasonably large. Memory is bounded whatever the file.
    """
    with opened_picture(file, MAX_SIDE) as image:
        return None if getattr(image, "is_animated", False) else _write(image)


def _write(image: Image.Image) -> Photo:
    clear = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    image.load()
    small = image.convert("RGBA" if clear else "RGB")
    small.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    # The orientation is in what the camera wrote, which is not kept.
    small = ImageOps.exif_transpose(small)
    out = io.BytesIO()
    small.save(out, "WEBP", quality=QUALITY, method=3, exif=b"", icc_profile=None)
    return Photo(out.getvalue(), small.width, small.height)
