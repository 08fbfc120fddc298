"""What higher floors know of what is told, and tell this floor: registered when Django starts.

A notification's key begins with the kind of thing that happened (`message.12`), and its conversation with
the kind of conversation (`sujet.7`). Whoever owns such a kind registers a `Source` under its name; the kind
of the key is asked first, then that of the conversation.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from annuaire.models import Agent
from annuaire.notifications.models import Notification


@dataclass(frozen=True)
class Contenu:
    """What an e-mail shows of one notification. Everything is optional but the subject.

    `html`: as rendered by `plateforme.socle.texte`, with the site's relative addresses. `racine` and
    `parent`: keys of what opened the conversation and of what this answers, for mail clients' threads.
    `portee`: what one click of « se désabonner » stops (`sujet.7`, `communaute.3`), in the words of `arret`.
    """

    objet: str
    lieu: str = ""
    liste: str = ""
    texte: str = ""
    html: str = ""
    racine: str = ""
    parent: str = ""
    raison: str = ""
    portee: str = ""


@dataclass(frozen=True)
class Ligne:
    """One line of a digest. The lowest `rang` comes first; two lines with the same `cle` are one.

    `une_fois`: never told again in a later digest, as what floors propose; a notification's own row remembers.
    """

    rang: int
    cle: str
    rubrique: str
    titre: str
    url: str
    detail: str = ""
    une_fois: bool = True


class Source:
    """Answers for one kind. Each method is given several notifications of one person: one query for all."""

    def visible(self, agent: Agent, notifications: Sequence[Notification]) -> set[int]:
        """Primary keys of those whose object `agent` may see at this moment."""
        return {notification.pk for notification in notifications}

    def contents(self, agent: Agent, notifications: Sequence[Notification]) -> dict[int, Contenu]:
        """What to show of each, by primary key; those it does not name are shown by their title."""
        return {}


@dataclass
class _Registre:
    sources: dict[str, Source] = field(default_factory=dict)
    arrets: dict[str, "Arret"] = field(default_factory=dict)
    lignes: list[Callable[[Agent], Iterable[Ligne]]] = field(default_factory=list)
    niveaux: list[Callable[[Agent], Iterable["Niveaux"]]] = field(default_factory=list)
    reponse: Callable[[Agent, str], str] | None = None


@dataclass(frozen=True)
class Arret:
    """How one click stops a kind of conversation: `nommer` says it in words, `arreter` does it."""

    nommer: Callable[[int], str]
    arreter: Callable[[Agent, int], None]


@dataclass(frozen=True)
class Niveaux:
    """A group of the settings page: conversations whose level is not the usual one."""

    titre: str
    # Of each: its name, its address, its level in words, and the address that takes `niveau` by POST.
    rangs: Sequence[tuple[str, str, str, str]]


_registre = _Registre()


def register_source(kind: str, source: Source) -> None:
    """Answer for the notifications whose key or conversation begins with `kind`."""
    _registre.sources[kind] = source


def register_stop(kind: str, arret: Arret) -> None:
    """Say how to stop conversations named `<kind>.<number>` with one click from an e-mail."""
    _registre.arrets[kind] = arret


def register_digest(lignes: Callable[[Agent], Iterable[Ligne]]) -> None:
    """Propose lines to each digest: what `lignes(agent)` gives, which the agent may see and has not read."""
    _registre.lignes.append(lignes)


def register_levels(niveaux: Callable[[Agent], Iterable[Niveaux]]) -> None:
    """Show, on the settings page, what somebody follows or has put to sleep."""
    _registre.niveaux.append(niveaux)


def register_reply_address(address: Callable[[Agent, str], str]) -> None:
    """Give the address at which `agent` may answer, by e-mail, the thing with that key (`message.12`).

    Called as each e-mail is built; an empty string when one cannot answer.
    """
    _registre.reponse = address


def reply_address(agent: Agent, cle: str) -> str:
    """Where an answer by e-mail goes, or an empty string."""
    return _registre.reponse(agent, cle) if _registre.reponse is not None else ""


def is_known(cle: str, fil: str = "") -> bool:
    """Whether something answers for what is told under `cle`, in the conversation `fil`."""
    return bool(_kind(cle, fil))


def visible(agent: Agent, notifications: Sequence[Notification]) -> list[Notification]:
    """Those of `notifications` whose object `agent` may still see, in the same order."""
    kept: set[int] = set()
    for source, group in _by_source(notifications):
        # Nobody answers for the others any more: they leave by no way.
        if source is not None and agent.is_active:
            kept |= source.visible(agent, group)
    return [row for row in notifications if row.pk in kept]


def contents(agent: Agent, notifications: Sequence[Notification]) -> dict[int, Contenu]:
    """What to show of each of `notifications`, by primary key."""
    found: dict[int, Contenu] = {}
    for source, group in _by_source(notifications):
        if source is not None:
            found |= source.contents(agent, group)
    return found


def stop_for(portee: str) -> tuple[Arret, int] | None:
    """What stops `sujet.7`, or None when nothing of that name can be stopped."""
    kind, _, number = portee.partition(".")
    arret = _registre.arrets.get(kind)
    return (arret, int(number)) if arret is not None and number.isdigit() else None


def digest_lines(agent: Agent) -> list[Ligne]:
    """All that the floors propose, in no order."""
    return [ligne for lignes in _registre.lignes for ligne in lignes(agent)]


def levels(agent: Agent) -> list[Niveaux]:
    """What the person follows or has put to sleep, by kind."""
    return [group for niveaux in _registre.niveaux for group in niveaux(agent)]


def by_number(notifications: Sequence[Notification]) -> dict[int, list[Notification]]:
    """Notifications by the number in their key: that of `salon.5`, `demande.6` or `demande.6.reponse`."""
    found: dict[int, list[Notification]] = {}
    for row in notifications:
        number = row.cle.split(".")[1] if "." in row.cle else ""
        if number.isdigit():
            found.setdefault(int(number), []).append(row)
    return found


def _by_source(notifications: Sequence[Notification]) -> list[tuple[Source | None, list[Notification]]]:
    groups: dict[str, list[Notification]] = {}
    for row in notifications:
        groups.setdefault(_kind(row.cle, row.fil), []).append(row)
    return [(_registre.sources.get(kind), group) for kind, group in groups.items()]


def _kind(cle: str, fil: str) -> str:
    """The registered kind that answers, or an empty string."""
    kinds = [cle.partition(".")[0], fil.partition(".")[0]]
    return next((kind for kind in kinds if kind in _registre.sources), "")
