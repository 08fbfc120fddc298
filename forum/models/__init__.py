"""Tables of the forum, one file per feature."""

from forum.models.echanges import CleFlux, CourrielRecu
from forum.models.lectures import Abonnement, Favori, FavoriQuerySet, LectureSujet, MarquageLu, Mention
from forum.models.messages import Brouillon, Message, PieceJointe, VersionMessage, show_titles
from forum.models.moderation import Avertissement, ReponseType, Signalement
from forum.models.reactions import EntreeFaq, MemeBesoin, Reaction
from forum.models.renvois import Renvoi
from forum.models.sondages import OptionSondage, Participation, Sondage
from forum.models.suites import SuiteMessage
from forum.models.sujets import Etiquette, FrenchVector, Sujet, SujetQuerySet, VersionTitre

__all__ = [
    "Abonnement",
    "Avertissement",
    "Brouillon",
    "CleFlux",
    "CourrielRecu",
    "EntreeFaq",
    "Etiquette",
    "Favori",
    "FavoriQuerySet",
    "FrenchVector",
    "LectureSujet",
    "MarquageLu",
    "MemeBesoin",
    "Mention",
    "Message",
    "OptionSondage",
    "Participation",
    "PieceJointe",
    "Reaction",
    "Renvoi",
    "ReponseType",
    "Signalement",
    "Sondage",
    "SuiteMessage",
    "Sujet",
    "SujetQuerySet",
    "VersionMessage",
    "VersionTitre",
    "show_titles",
]
