"""What the page of a poll shows to one reader, in at most four queries."""

from dataclasses import dataclass, field

from annuaire.models import Agent
from forum.access import can_close_poll
from forum.models import OptionSondage, Participation, Sondage

# Names shown under an option of a named poll; the rest is a number.
NAMES = 40


@dataclass(slots=True)
class Choix:
    """One option as shown: `part` in whole percents of the voters."""

    option: OptionSondage
    part: int
    mien: bool
    votants: list[Agent] = field(default_factory=list)

    @property
    def autres(self) -> int:
        return max(self.option.nb_voix - len(self.votants), 0)


@dataclass(slots=True)
class VueSondage:
    """A poll for one reader. Results show once they have voted or the poll is closed, to nobody before."""

    sondage: Sondage
    choix: list[Choix]
    vote: bool
    peut_voter: bool
    peut_clore: bool
    resultats: bool


def poll_view(agent: Agent, sondage: Sondage, *, write: bool) -> VueSondage:
    """The poll for `agent`; `write`: whether they may write in the community."""
    mine = Participation.objects.filter(sondage=sondage, agent=agent).first()
    own = set(mine.choix.values_list("pk", flat=True)) if mine is not None else set()
    results = mine is not None or sondage.clos
    rows = [
        Choix(
            option,
            part=round(100 * option.nb_voix / sondage.nb_votants) if sondage.nb_votants else 0,
            mien=option.pk in own,
        )
        for option in sondage.options.all()
    ]
    if results and not sondage.secret:
        _name_voters(sondage, rows)
    return VueSondage(
        sondage,
        rows,
        vote=mine is not None,
        peut_voter=write
        and not sondage.clos
        and sondage.sujet.ouvert
        and (mine is None or sondage.changement_permis),
        peut_clore=not sondage.clos and can_close_poll(agent, sondage.sujet),
        resultats=results,
    )


def _name_voters(sondage: Sondage, rows: list[Choix]) -> None:
    links = (
        Participation.choix.through.objects.filter(participation__sondage=sondage)
        .select_related("participation__agent")
        .order_by("participation_id")[: NAMES * len(rows)]
    )
    by_option = {row.option.pk: row.votants for row in rows}
    for link in links:
        if len(by_option[link.optionsondage_id]) < NAMES:
            by_option[link.optionsondage_id].append(link.participation.agent)
