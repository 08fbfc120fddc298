"""The words of lines as a sujet quotes them: whose they are and when they were said."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format

from realtime.fichiers.presentation import extract_of
from realtime.models import MessageSalon

# Characters of what is said of a line without words.
NAMED = 300


def with_quotes(texte: str, lines: Sequence[MessageSalon]) -> str:
    """`texte`, then each line under the name of its author, who is told of it as one who is mentioned, and its time, which
    is that of Paris for all readers."""
    parts = [texte.strip().replace("\r\n", "\n"), *(_quote(line) for line in lines)]
    return "\n\n".join(part for part in parts if part)


def _quote(line: MessageSalon) -> str:
    when = timezone.localtime(line.cree_le, ZoneInfo(settings.TIME_ZONE))
    hour = f"{when.hour}\u00a0h\u00a0{when:%M}"
    head = f"@{line.auteur.identifiant}, le {date_format(when, 'j F Y')} à {hour} (heure de Paris) :"
    # The files of a line stay in its salon: where it has no words, one reads that there are some.
    lines = (line.texte.strip() or extract_of(line, NAMED)).replace("\r\n", "\n").split("\n")
    return "\n".join([head, "", *(f"> {row}".rstrip() for row in lines)])
