"""Opening a picture that somebody sends: whatever the file, memory is bounded and the refusal is a sentence."""

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from PIL import Image, UnidentifiedImageError

# A picture of a few kilobytes may claim gigabytes once opened. JPEG can be opened at an eighth of its size.
MAX_PIXELS = 30_000_000
MAX_PIXELS_JPEG = 110_000_000
TOO_LARGE = "Cette image a trop de pixels : réduisez-la avant de la joindre."

# A picture being opened takes up to 120 MB; two at a time in a process, the others wait their turn.
_turns = threading.BoundedSemaphore(2)
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")


class ImageRefusee(Exception):
    """A picture that cannot be shown. `str()` is a French sentence for the person."""


@contextmanager
def opened_picture(file: BinaryIO, side: int) -> Iterator[Image.Image]:
    """A picture to read within the block, of which at least `side` pixels a side are wanted if it has them.

    Raises `ImageRefusee` when it is broken or unreasonably large, also for what is read of it within the block.
    """
    with _turns, warnings.catch_warnings():
        # Our own bound comes first, and says why.
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            file.seek(0)
            with Image.open(file, formats=_FORMATS) as image:
                limit = MAX_PIXELS_JPEG if image.format == "JPEG" else MAX_PIXELS
                if image.width * image.height > limit:
                    raise ImageRefusee(TOO_LARGE)
                image.draft("RGB", (side, side))
                yield image
        except ImageRefusee:
            raise
        except Image.DecompressionBombError:
            raise ImageRefusee(TOO_LARGE) from None
        except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, MemoryError):
            raise ImageRefusee(
                "Cette image est abîmée ou incomplète : ouvrez-la, enregistrez-la de nouveau, puis réessayez."
            ) from None
