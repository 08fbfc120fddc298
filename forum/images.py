"""Pictures put in messages: written again by us, so that nothing of the file received reaches a reader."""

import io
import threading
import warnings
from typing import BinaryIO, NamedTuple

from PIL import Image, ImageOps, UnidentifiedImageError

MAX_SIDE = 2000
"""Longest side of a picture shown in a page, in pixels."""

QUALITY = 80

# A picture of a few kilobytes may claim gigabytes once opened. JPEG can be opened at an eighth of its size.
MAX_PIXELS = 30_000_000
MAX_PIXELS_JPEG = 110_000_000

# A picture being opened takes up to 120 MB; two at a time in a process, the others wait their turn.
_turns = threading.BoundedSemaphore(2)
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")


class ImageRefusee(Exception):
    """A picture that cannot be shown. `str()` is a French sentence for the person."""


class Photo(NamedTuple):
    """A picture written again: WebP bytes, without what a camera says of where and when."""

    octets: bytes
    largeur: int
    hauteur: int


def reencode(file: BinaryIO) -> Photo | None:
    """Write a picture again as WebP, turned the right way, of at most `MAX_SIDE` pixels; `None` if it moves.

    Raises `ImageRefusee` when it is broken or unreasonably large. Memory is bounded whatever the file.
    """
    with _turns, warnings.catch_warnings():
        # Our own bound comes first, and says why.
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            file.seek(0)
            with Image.open(file, formats=_FORMATS) as image:
                if getattr(image, "is_animated", False):
                    return None
                _check_size(image)
                image.draft("RGB", (MAX_SIDE, MAX_SIDE))
                return _write(image)
        except ImageRefusee:
            raise
        except Image.DecompressionBombError:
            raise ImageRefusee(_TOO_LARGE) from None
        except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, MemoryError):
            raise ImageRefusee(
                "Cette image est abîmée ou incomplète : ouvrez-la, enregistrez-la de nouveau, puis réessayez."
            ) from None


_TOO_LARGE = "Cette image a trop de pixels : réduisez-la avant de la joindre."


def _check_size(image: Image.Image) -> None:
    limit = MAX_PIXELS_JPEG if image.format == "JPEG" else MAX_PIXELS
    if image.width * image.height > limit:
        raise ImageRefusee(_TOO_LARGE)


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
