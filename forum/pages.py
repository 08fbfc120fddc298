"""Addresses of the pages of a sujet. A message's number never changes, nor does the page that shows it."""

from dataclasses import dataclass

from forum.models import Message, Sujet

PAGE = 20
# Page numbers shown on each side of the current one.
AROUND = 2


def page_of(numero: int) -> int:
    """The page that shows message `numero`: page N holds the numbers 20(N - 1) + 1 to 20N."""
    return (max(numero, 1) - 1) // PAGE + 1


def bounds(page: int) -> tuple[int, int]:
    """First and last numbers of a page, both included."""
    return (page - 1) * PAGE + 1, page * PAGE


def last_page(sujet: Sujet) -> int:
    return page_of(sujet.dernier_numero)


def number_address(sujet: Sujet, numero: int) -> str:
    """Address of the page of `sujet` that shows message `numero`, at the message."""
    return f"{sujet.get_absolute_url()}?page={page_of(numero)}#message-{numero}"


def message_address(message: Message) -> str:
    """Address of the page of the sujet that shows `message`, at the message."""
    return number_address(message.sujet, message.numero)


@dataclass(frozen=True, slots=True)
class Pages:
    """Where one is among the pages of a sujet. `numeros`: those to link to, None where some are left out."""

    page: int
    derniere: int
    numeros: list[int | None]

    @property
    def precedente(self) -> int | None:
        return self.page - 1 if self.page > 1 else None

    @property
    def suivante(self) -> int | None:
        return self.page + 1 if self.page < self.derniere else None


def pages_around(sujet: Sujet, page: int) -> Pages:
    """The first, the last and those near the current page: a bounded list whatever the length of the sujet."""
    last = last_page(sujet)
    shown = sorted({1, last, *range(max(page - AROUND, 1), min(page + AROUND, last) + 1)})
    numeros: list[int | None] = []
    for numero in shown:
        before = numeros[-1] if numeros else None
        if before is not None and numero - before == 2:
            numeros.append(numero - 1)  # a gap of one page is that page
        elif before is not None and numero - before > 2:
            numeros.append(None)
        numeros.append(numero)
    return Pages(page, last, numeros)
