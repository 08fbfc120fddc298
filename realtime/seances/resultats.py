"""What votes give: how many voted, how many voices each answer has. One computation, for bars, table and minutes."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from django.db.models import Count

from annuaire.models import Agent
from realtime.seances.models import Choix, Electeur, PoidsService, Scrutin


@dataclass(frozen=True)
class Ligne:
    """One answer. `voix`: as it is read (« 3 », « 1,5 »); `part`: percents of the voices expressed."""

    libelle: str
    voix: str
    part: int
    rang: int
    tete: bool


@dataclass(frozen=True)
class Resultat:
    """The state of a vote. `lignes` is None while a secret vote is open: totals that grow as people are seen to vote
    would tell who chose what."""

    scrutin: Scrutin
    choix: list[Choix]
    appeles: int
    votants: int
    lignes: list[Ligne] | None
    abstentions: str
    # What the quorum is counted in: people, or the voices of their services. `requis` of `voix_appelees` are needed.
    requis: int
    voix_appelees: int
    voix_votantes: int
    # Services that have several voices, by name.
    poids: dict[str, int]

    @property
    def quorum_atteint(self) -> bool:
        return self.voix_votantes >= self.requis

    @property
    def regle(self) -> str:
        """How voices are counted, in words; empty where each person has one."""
        if not self.scrutin.par_service:
            return ""
        said = "Chaque service compte pour une voix"
        if self.poids:
            listed = ", ".join(f"{name} : {weight} voix" for name, weight in sorted(self.poids.items()))
            said += f", sauf ceux qui en ont davantage ({listed})"
        shared = "Les voix d’un service se partagent" if self.poids else "La voix d’un service se partage"
        return (
            f"{said}. {shared} également entre ceux de ses agents qui votent ; une personne sans service compte pour une "
            "voix."
        )

    @property
    def quorum_dit(self) -> str:
        """« quorum de 3 », « quorum de 4 voix sur 6, 5 représentées »; empty without one."""
        if not self.scrutin.quorum:
            return ""
        if not self.scrutin.par_service:
            return f"quorum de {self.requis}"
        represented = f"{self.voix_votantes} représentée{'s' if self.voix_votantes > 1 else ''}"
        return f"quorum de {self.requis} voix sur {self.voix_appelees}, {represented}"

    @property
    def participation(self) -> int:
        return round(100 * self.votants / self.appeles) if self.appeles else 0


@dataclass
class _Urne:
    """Of one open vote: `bulletins` are (ranks, service, how many). Of a secret one: only how many voted."""

    appeles: int = 0
    votants: int = 0
    bulletins: list[tuple[list[int], int | None, int]] = field(default_factory=list)
    # Of those called, by service: how many, and whether one of them voted.
    appeles_par_service: dict[int | None, int] = field(default_factory=lambda: defaultdict(int))
    votants_par_service: dict[int | None, int] = field(default_factory=lambda: defaultdict(int))
    poids: dict[int, PoidsService] = field(default_factory=dict)

    def weight(self, service: int | None) -> int:
        return self.poids[service].poids if service in self.poids else 1

    def voices(self, numbers: dict[int | None, int]) -> int:
        """The voices of the services of those people; somebody without service has one."""
        return sum(number if service is None else self.weight(service) for service, number in numbers.items())


def results_of(scrutins: Sequence[Scrutin]) -> list[Resultat]:
    """The results so far, in the same order. Two queries, three with votes by service, whatever the number of votes and of voters."""
    urns: dict[int, _Urne] = defaultdict(_Urne)
    rows = (
        Electeur.objects.filter(scrutin__in=scrutins)
        .values_list("scrutin", "a_vote", "choix", "service")
        .annotate(combien=Count("pk"))
        .order_by()
    )
    for scrutin, voted, chosen, service, number in rows:
        urn = urns[scrutin]
        urn.appeles += number
        urn.appeles_par_service[service] += number
        if voted:
            urn.votants += number
            urn.votants_par_service[service] += number
            urn.bulletins.append((chosen or [], service, number))
    by_service = [scrutin for scrutin in scrutins if scrutin.par_service]
    if by_service:
        for row in PoidsService.objects.filter(scrutin__in=by_service).select_related("service"):
            urns[row.scrutin_id].poids[row.service_id] = row
    answers: dict[int, list[Choix]] = defaultdict(list)
    for choix in Choix.objects.filter(scrutin__in=scrutins).order_by("rang"):
        answers[choix.scrutin_id].append(choix)
    return [_result(scrutin, answers[scrutin.pk], urns[scrutin.pk]) for scrutin in scrutins]


def voters_by_answer(scrutin: Scrutin) -> list[tuple[str, list[Agent]]]:
    """Who chose what, of an open vote; who voted, of a secret one. Then who did not vote."""
    electors = list(
        scrutin.electeurs.select_related("agent__service", "agent__territoire").order_by(
            "agent__nom", "agent__prenom"
        )
    )
    voted = [elector for elector in electors if elector.a_vote]
    groups: list[tuple[str, list[Agent]]]
    if scrutin.secret:
        groups = [("Ont voté", [elector.agent for elector in voted])]
    else:
        groups = [
            (choix.libelle, [elector.agent for elector in voted if choix.rang in (elector.choix or [])])
            for choix in scrutin.choix.all()
        ]
        groups.append(("Abstention", [elector.agent for elector in voted if not elector.choix]))
    groups.append(("N’ont pas voté", [elector.agent for elector in electors if not elector.a_vote]))
    return [(label, people) for label, people in groups if people]


def _result(scrutin: Scrutin, answers: list[Choix], urn: _Urne) -> Resultat:
    if scrutin.secret:
        voices = {choix.rang: Fraction(choix.voix) for choix in answers}
        abstained = Fraction(scrutin.abstentions)
    else:
        voices, abstained = _count(scrutin, answers, urn)
    expressed = sum(voices.values(), Fraction(0))
    best = max(voices.values(), default=Fraction(0))
    called, present = urn.appeles, urn.votants
    if scrutin.par_service:
        called, present = urn.voices(urn.appeles_par_service), urn.voices(urn.votants_par_service)
    shown = not (scrutin.secret and scrutin.ouvert)
    lines = [
        Ligne(
            choix.libelle,
            _said(voices[choix.rang]),
            round(100 * voices[choix.rang] / expressed) if expressed else 0,
            choix.rang,
            bool(best) and voices[choix.rang] == best,
        )
        for choix in answers
    ]
    return Resultat(
        scrutin,
        answers,
        urn.appeles,
        urn.votants,
        lines if shown else None,
        _said(abstained) if shown else "",
        -(-scrutin.quorum * called // 100),
        called,
        present,
        {row.service.nom: row.poids for row in urn.poids.values()},
    )


def _count(scrutin: Scrutin, answers: list[Choix], urn: _Urne) -> tuple[dict[int, Fraction], Fraction]:
    """Voices of each answer by rank, and abstentions. By service, its voices are shared between those of its agents
    who voted; somebody without a service counts as one."""
    voices = {choix.rang: Fraction(0) for choix in answers}
    abstained = Fraction(0)
    sizes: dict[int | None, int] = defaultdict(int)
    for _, service, number in urn.bulletins:
        sizes[service] += number
    for chosen, service, number in urn.bulletins:
        weight = Fraction(number)
        if scrutin.par_service and service is not None:
            weight *= Fraction(urn.weight(service), sizes[service])
        if not chosen:
            abstained += weight
        for rang in chosen:
            voices[rang] += weight
    return voices, abstained


def _said(voices: Fraction) -> str:
    """« 3 », « 1,33 »."""
    if voices.denominator == 1:
        return str(voices.numerator)
    return f"{float(voices):.2f}".rstrip("0").rstrip(".").replace(".", ",")
