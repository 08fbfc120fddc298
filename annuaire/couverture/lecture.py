"""What the pages and the exports read of the coverage: the same rows for a map, for its table and for a spreadsheet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    FilteredRelation,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from annuaire.couverture.models import NIVEAU_REFERENT, PERSONNES_MIN, Changement, Couverture
from annuaire.models import Agent, DeclarationExpertise, Expertise, Territoire
from annuaire.profils.models import Profil
from annuaire.sollicitations.charge import open_asks

# Nobody lives there: without a référent like the rest of the sea.
INHABITES = ("984", "989")
# Limited ones end by themselves: as good as any other between people.
MOST_AVAILABLE = Case(When(agent__disponibilite="non", then=1), default=0)
COUNTS = (
    "personnes", "referents", "nb_notions", "nb_pratique", "nb_expertise", "nb_reference",
    "disponibles", "limites", "indisponibles", "referents_disponibles",
)  # fmt: skip


@dataclass(frozen=True)
class Etendue:
    """What is looked at: the whole country (`territoire` None), a région or a département."""

    territoire: Territoire | None

    @property
    def region(self) -> Territoire | None:
        """The région looked at, or that of the département."""
        if self.territoire is None or self.territoire.genre == Territoire.Genre.REGION:
            return self.territoire
        return self.territoire.parent

    @property
    def departement(self) -> Territoire | None:
        where = self.territoire
        return where if where is not None and where.genre == Territoire.Genre.DEPARTEMENT else None

    @property
    def code(self) -> str:
        """Of the territory whose counts are shown."""
        return self.territoire.code if self.territoire is not None else "FR"

    @cached_property
    def codes(self) -> list[str]:
        """The territory looked at and those within it; none for the whole country. One query, once."""
        where = self.territoire
        return (
            list(Territoire.objects.filter(Q(pk=where.pk) | Q(parent=where)).values_list("pk", flat=True))
            if where
            else []
        )

    @property
    def nom(self) -> str:
        return self.territoire.nom if self.territoire is not None else "France entière"


def figures_as_of() -> datetime:
    """Until when every change is counted: now, or the oldest change that waits for the worker."""
    waiting = Changement.objects.order_by("pk").values_list("quand", flat=True).first()
    return min(waiting, timezone.now()) if waiting else timezone.now()


def departements(etendue: Etendue) -> QuerySet[Territoire]:
    """Those of the région looked at, or all, with their région; collectivités d’outre-mer included."""
    rows = Territoire.objects.filter(genre=Territoire.Genre.DEPARTEMENT).exclude(code__in=INHABITES)
    if etendue.region is not None:
        rows = rows.filter(parent=etendue.region)
    return rows.select_related("parent").order_by("nom")


def by_departement(expertise: Expertise, etendue: Etendue) -> "list[Territoire]":
    """The départements with the counts of an expertise as attributes (`COUNTS`), 0 where nobody declares it; and
    `delai`, None where it is not to be told. One query."""
    return list(
        departements(etendue)
        .annotate(
            compte=FilteredRelation("couvertures", condition=Q(couvertures__expertise=expertise)),
            mesure=FilteredRelation("delais", condition=Q(delais__expertise=expertise)),
        )
        .annotate(**{name: Coalesce(F(f"compte__{name}"), 0) for name in COUNTS}, delai=F("mesure__median"))
    )


def all_by_departement(etendue: Etendue, domaine: str = "") -> "list[Territoire]":
    """The départements with how many expertises have a référent there (`tenues`), rest on one (`fragiles`), and are
    declared by somebody (`declarees`); of a domaine only if it is given. One query."""
    within = Q(couvertures__expertise__domaine=domaine) if domaine else Q()
    held = Q(couvertures__referents__gt=0) & within
    return list(
        departements(etendue).annotate(
            tenues=Count("couvertures", filter=held),
            fragiles=Count("couvertures", filter=Q(couvertures__referents=1) & within),
            declarees=Count("couvertures", filter=within or None),
        )
    )


def by_expertise(
    etendue: Etendue, domaine: str = "", ids: Sequence[int] | None = None
) -> QuerySet[Expertise]:
    """The expertises with their counts in the territory looked at (`COUNTS`, 0 for nobody), `delai`, and in how many
    départements there is a référent (`tenus`); `autres`: those who declare it and are no référents. `ids`: only those."""
    held = (
        Couverture.objects.held()
        .filter(expertise=OuterRef("pk"), territoire__in=departements(etendue).order_by().values("pk"))
        .order_by()
        .values("expertise")
        .annotate(n=Count("pk"))
        .values("n")
    )
    rows = Expertise.objects.annotate(
        compte=FilteredRelation("couvertures", condition=Q(couvertures__territoire=etendue.code)),
        mesure=FilteredRelation("delais", condition=Q(delais__territoire=etendue.code)),
    ).annotate(
        **{name: Coalesce(F(f"compte__{name}"), 0) for name in COUNTS},
        autres=Coalesce(F("compte__personnes") - F("compte__referents"), 0),
        delai=F("mesure__median"),
        tenus=Coalesce(Subquery(held, output_field=IntegerField()), Value(0)),
    )
    if domaine:
        rows = rows.filter(domaine=domaine)
    return rows if ids is None else rows.filter(pk__in=ids)


def counts_of(expertise: Expertise, etendue: Etendue) -> Expertise:
    """One expertise with its counts in the territory looked at. One query."""
    return by_expertise(etendue, ids=[expertise.pk]).get()


def summary(etendue: Etendue, domaine: str = "") -> dict[str, int]:
    """How many expertises there are, rest on one référent, have none, have two or more. One query."""
    found: dict[str, int] = by_expertise(etendue, domaine).aggregate(
        total=Count("pk"),
        fragiles=Count("pk", filter=Q(referents=1)),
        sans=Count("pk", filter=Q(referents=0)),
        tenues=Count("pk", filter=Q(referents__gte=2)),
    )
    return found


def domaines() -> list[str]:
    return list(Expertise.objects.order_by("domaine").values_list("domaine", flat=True).distinct())


def working_in(etendue: Etendue) -> Q:
    """The condition on agents who count in the territory looked at, by the rule of `actions`.

    The two ways to count are joined as numbers, not by « or »: each has its index, and PostgreSQL knows how many to expect.
    """
    if etendue.territoire is None:
        return Q()
    there = Agent.objects.filter(territoire__in=etendue.codes).order_by().values("pk")
    serving = Profil.territoires.through.objects.filter(territoire__in=etendue.codes).values("profil")
    return Q(pk__in=there.union(serving))


def holders(
    agent: Agent, expertise: Expertise, etendue: Etendue, limit: int = 12
) -> list[DeclarationExpertise]:
    """The declarations of the référents of an expertise who count there, the highest level and the most available
    first, with their authors. One query."""
    people = Agent.objects.visible_to(agent).filter(working_in(etendue), partenaire=False)
    return list(
        DeclarationExpertise.objects.filter(
            expertise=expertise, niveau__gte=NIVEAU_REFERENT, agent__in=people.values("pk")
        )
        .select_related("agent__service", "agent__territoire")
        .order_by("-niveau", MOST_AVAILABLE, "depuis", "agent__nom", "agent__prenom", "pk")[:limit]
    )


def load_of(expertise: Expertise, etendue: Etendue) -> float | None:
    """How many asks weigh now on a référent of an expertise there, on average. None where they are fewer than
    `PERSONNES_MIN`: it would say what somebody has in hand. Two queries at most."""
    holders = Agent.objects.active().filter(
        working_in(etendue),
        Exists(
            DeclarationExpertise.objects.filter(
                agent=OuterRef("pk"), expertise=expertise, niveau__gte=NIVEAU_REFERENT
            )
        ),
        partenaire=False,
    )
    count = holders.count()
    return open_asks(holders) / count if count >= PERSONNES_MIN else None


def beyond_departements(expertise: Expertise, etendue: Etendue) -> int:
    """How many référents of an expertise who count there work for a région or for the country: the map of départements
    does not show them. One query."""
    return DeclarationExpertise.objects.filter(
        expertise=expertise,
        niveau__gte=NIVEAU_REFERENT,
        agent__in=Agent.objects.active()
        .filter(working_in(etendue), partenaire=False)
        .exclude(territoire__genre=Territoire.Genre.DEPARTEMENT)
        .values("pk"),
    ).count()


def only_holders(agent: Agent, expertises: Sequence[Any], etendue: Etendue) -> dict[int, Agent]:
    """id of each of these expertises that rests on one person there → that person. One query."""
    fragile = [row.pk for row in expertises if row.referents == 1]
    if not fragile:
        return {}
    people = Agent.objects.visible_to(agent).filter(working_in(etendue), partenaire=False)
    found: dict[int, list[Agent]] = {}
    for row in DeclarationExpertise.objects.filter(
        expertise__in=fragile, niveau__gte=NIVEAU_REFERENT, agent__in=people.values("pk")
    ).select_related("agent__service", "agent__territoire"):
        found.setdefault(row.expertise_id, []).append(row.agent)
    # The counts may be a minute old: somebody who is no longer alone is not named as such.
    return {pk: agents[0] for pk, agents in found.items() if len(agents) == 1}


@dataclass(frozen=True)
class Domaine:
    """A domaine in a territory: its expertises by state, the référents who can be asked, and some of them."""

    nom: str
    total: int
    partagees: int
    fragiles: int
    sans: int
    disponibles: int
    personnes: list[Agent]


def by_domaine(agent: Agent, rows: Sequence[Any], etendue: Etendue, some: int = 3) -> list[Domaine]:
    """The domaines of these expertises (`by_expertise`), in alphabetical order. Two queries."""
    people = Agent.objects.visible_to(agent).filter(working_in(etendue), can_be_asked(), partenaire=False)
    within, values = people.order_by().values("id", "nom", "prenom").query.sql_with_params()
    with connection.cursor() as cursor:
        # People are put in alphabetical order once, not in each domaine: comparing names is what takes long.
        cursor.execute(
            "WITH gens AS MATERIALIZED (SELECT id, row_number() OVER (ORDER BY nom, prenom, id) AS ordre"  # noqa: S608
            f"  FROM ({within}) AS la),"
            " porte AS MATERIALIZED (SELECT g.id, g.ordre, e.domaine, max(d.niveau) AS niveau"
            "  FROM gens g JOIN annuaire_declarationexpertise d ON d.agent_id = g.id"
            "  JOIN annuaire_expertise e ON e.id = d.expertise_id WHERE d.niveau >= %s GROUP BY 1, 2, 3)"
            " SELECT domaine, id, nombre FROM (SELECT domaine, id, count(*) OVER (PARTITION BY domaine) AS nombre,"
            "  row_number() OVER (PARTITION BY domaine ORDER BY niveau DESC, ordre) AS rang FROM porte) AS rangee"
            " WHERE rang <= %s ORDER BY domaine, rang",
            [*values, NIVEAU_REFERENT, some],
        )
        found = cursor.fetchall()
    agents = Agent.objects.in_bulk([pk for _, pk, _ in found])
    counts = {nom: count for nom, _, count in found}
    names: dict[str, list[Agent]] = {}
    for nom, pk, _ in found:
        if pk in agents:
            names.setdefault(nom, []).append(agents[pk])
    states: dict[str, list[int]] = {}
    for row in rows:
        states.setdefault(row.domaine, []).append(row.referents)
    return [
        Domaine(
            nom,
            len(referents),
            sum(1 for count in referents if count > 1),
            referents.count(1),
            referents.count(0),
            counts.get(nom, 0),
            names.get(nom, []),
        )
        for nom, referents in sorted(states.items())
    ]


def can_be_asked() -> Q:
    """The condition on agents whose availability is not « non »."""
    return ~Q(disponibilite=Agent.Disponibilite.NON)
