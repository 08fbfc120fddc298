"""The one place that decides who is told what, and how: event × person × level × presence × time.

Pure: no query, no clock. `docs/decisions/0016-notifications.md` says why the defaults are what they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from annuaire.notifications.genres import Frequence, Genre, Niveau, Voie
from annuaire.notifications.horaires import Calendrier, allowed, next_allowed

# What one gets without having chosen. By e-mail at once: what somebody said to me, or waits from me.
DEFAUTS: Mapping[Genre, Voie] = {
    Genre.MENTION: Voie.COURRIEL,
    Genre.REPONSE: Voie.COURRIEL,
    Genre.ACCEPTATION: Voie.COURRIEL,
    Genre.BESOIN: Voie.COURRIEL,
    Genre.RESOLU: Voie.SITE,
    Genre.SUJET: Voie.RESUME,
    Genre.ANNONCE: Voie.COURRIEL,
    Genre.REACTION: Voie.SITE,
    Genre.SONDAGE: Voie.RESUME,
    Genre.SALON: Voie.COURRIEL,
    Genre.PRIVE: Voie.COURRIEL,
    # Said quickly, in many pieces: an e-mail for each would be noise.
    Genre.FIL: Voie.RESUME,
    Genre.REUNION: Voie.RESUME,
    Genre.DOCUMENT: Voie.RESUME,
    Genre.INVITATION: Voie.COURRIEL,
    Genre.DEMANDE: Voie.COURRIEL,
    Genre.ADHESION: Voie.COURRIEL,
    Genre.MODERATION: Voie.COURRIEL,
    Genre.FAQ: Voie.SITE,
    Genre.DECISION: Voie.RESUME,
    Genre.TACHE: Voie.COURRIEL,
    Genre.RAPPEL: Voie.COURRIEL,
    Genre.PROFIL: Voie.COURRIEL,
    Genre.SOLLICITATION: Voie.COURRIEL,
    Genre.RECHERCHE: Voie.RESUME,
}
# Where following says by itself that one wants to know at once.
DEFAUTS_SUIVI: Mapping[Genre, Voie] = {Genre.DECISION: Voie.COURRIEL}
# What only those who follow hear of.
SUIVI = {Genre.REPONSE, Genre.RESOLU, Genre.SUJET}
# What reaches even who has put a sujet or a community to sleep: somebody named them, or they asked for it.
MALGRE_SOURDINE = {
    Genre.MENTION, Genre.SALON, Genre.MODERATION, Genre.RAPPEL, Genre.INVITATION, Genre.DEMANDE,
    Genre.ADHESION, Genre.TACHE, Genre.PROFIL, Genre.SOLLICITATION,
}  # fmt: skip
# What a browser may show over other windows: what is said to me. The rest waits in the list.
SAILLANT = {
    Genre.MENTION, Genre.REPONSE, Genre.ACCEPTATION, Genre.BESOIN, Genre.SALON, Genre.PRIVE, Genre.FIL,
    Genre.INVITATION, Genre.DEMANDE, Genre.MODERATION, Genre.RAPPEL, Genre.TACHE, Genre.SOLLICITATION,
}  # fmt: skip
# Named, or asked for at a time: not held back to be grouped with what follows.
PRESSE = {Genre.MENTION, Genre.SALON, Genre.RAPPEL}


@dataclass(frozen=True)
class Preferences:
    """What a person has chosen; without a choice, `DEFAUTS`."""

    voies: Mapping[str, str] = field(default_factory=dict)
    courriels: bool = True
    resume: Frequence = Frequence.HEBDO
    calendrier: Calendrier = field(default_factory=Calendrier)

    def voie(self, genre: Genre, niveau: Niveau | None = None) -> Voie:
        """How this person wants to hear of `genre`, in a conversation that they put at `niveau`."""
        usual = DEFAUTS[genre]
        if niveau is Niveau.SUIVRE:
            usual = DEFAUTS_SUIVI.get(genre, usual)
        chosen = Voie(self.voies.get(genre, usual))
        if chosen is Voie.COURRIEL and not self.courriels:
            return Voie.SITE
        if chosen is Voie.RESUME and self.resume is Frequence.JAMAIS:
            return Voie.SITE
        return chosen


@dataclass(frozen=True)
class Rythme:
    """How long an e-mail waits for its reader to come by, and how far apart those of one conversation are."""

    delai: timedelta = timedelta(minutes=2)
    espacement: timedelta = timedelta(minutes=15)


@dataclass(frozen=True)
class Decision:
    """`courriel_le`: not before, for `Voie.COURRIEL` only. `pousser`: a browser may show it now."""

    voie: Voie
    courriel_le: datetime | None = None
    pousser: bool = False


RIEN = Decision(Voie.RIEN)


def decide(
    genre: Genre,
    preferences: Preferences,
    niveau: Niveau | None,
    *,
    deja_lu: bool,
    maintenant: datetime,
    rythme: Rythme,
    dernier_courriel: datetime | None = None,
) -> Decision:
    """How one person is told of one event.

    `niveau`: of the sujet, else of the community; None when the event belongs to neither. `deja_lu`: they
    have read it on the site. `dernier_courriel`: when one last left for this conversation.
    """
    if deja_lu:
        return RIEN
    if niveau is Niveau.SOURDINE and genre not in MALGRE_SOURDINE:
        return RIEN
    if niveau is Niveau.NORMAL and genre in SUIVI:
        return RIEN
    voie = preferences.voie(genre, niveau)
    if voie is Voie.RIEN:
        return RIEN
    if niveau is Niveau.SOURDINE:
        # It may be found on the site, and comes looking for nobody.
        return Decision(Voie.SITE)
    push = genre in SAILLANT and voie is not Voie.RESUME and allowed(preferences.calendrier, maintenant)
    if voie is not Voie.COURRIEL:
        return Decision(voie, pousser=push)
    due = maintenant + rythme.delai
    if dernier_courriel is not None and genre not in PRESSE:
        due = max(due, dernier_courriel + rythme.espacement)
    return Decision(voie, next_allowed(preferences.calendrier, due), push)
