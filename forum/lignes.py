"""What the template of a message is given: the message as one reader sees it, and what they may do."""

from dataclasses import dataclass, field

from django.utils import timezone

from annuaire.models import Agent
from forum.access import UNDO
from forum.models import Message, PieceJointe
from forum.suites import Marque, read_marks


@dataclass(slots=True)
class Droits:
    """What the reader may do on this sujet: the same for all its messages."""

    lecteur: Agent
    ecrire: bool
    animer: bool
    accepter: bool
    resoudre: bool = False
    # Note a decision, or propose one.
    noter: bool = False
    classer: bool = False
    reagir: bool = False
    # Whether the reader said they have the same need; None when it is not theirs to say.
    meme_besoin: bool | None = None


@dataclass(slots=True)
class Ligne:
    """One message with what the reader's own state makes of it. No query is made from a template."""

    message: Message
    accepte: bool = False
    mien: bool = False
    # The kinds of the reader's own reactions.
    reactions: frozenset[str] = frozenset()
    # Whether the reader keeps it among their bookmarks.
    favori: bool = False
    # Files under it, those shown in the text left out.
    pieces: list[PieceJointe] = field(default_factory=list)

    @property
    def annulable(self) -> bool:
        """Whether the reader deleted it and may still change their mind."""
        message = self.message
        return (
            self.mien
            and message.supprime_le is not None
            and message.supprime_par_id == message.auteur_id
            and timezone.now() - message.supprime_le < UNDO
        )

    @property
    def marques(self) -> list[Marque]:
        """The decisions and tasks noted from it."""
        return read_marks(self.message.suites)

    @property
    def nb_reactions(self) -> int:
        return self.message.nb_merci + self.message.nb_utile + self.message.nb_accord


def is_listed(piece: PieceJointe, texte: str) -> bool:
    """A file that the text cites, unless it is a picture that the text shows."""
    return f"/pieces/{piece.pk}/image/" not in texte and f"/pieces/{piece.pk}/" in texte
