"""What the page of a service shows: who works there, what they know, where it stands in the chart."""

from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Count, IntegerField, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from annuaire.models import Agent, DeclarationExpertise, Expertise, Service
from annuaire.organisation.access import people_of
from annuaire.organisation.models import Entite

# Boxes of the chart on one page, and how deep.
BOITES, PROFONDEUR = 300, 8
EXPERTISES = 60
NIVEAUX = DeclarationExpertise.Niveau


@dataclass
class Boite:
    """One box of the chart, with those under it."""

    entite: Entite
    enfants: "list[Boite]" = field(default_factory=list)


@dataclass(frozen=True)
class Savoir:
    """An expertise that people of a service declare: how many at each level, the highest first."""

    libelle: str
    domaine: str
    personnes: int
    niveaux: list[tuple[str, int]]


def chart_of(entite: Entite) -> tuple[Boite, bool]:
    """The chart under `entite`, each box in the order of the file, and whether some of it had to be left out. Two
    queries."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE arbre AS ("
            " SELECT id, 0 AS profondeur, ARRAY[ordre::bigint, id] AS chemin FROM organisation_entite WHERE id = %s"
            " UNION ALL SELECT e.id, arbre.profondeur + 1, arbre.chemin || ARRAY[e.ordre::bigint, e.id]"
            " FROM organisation_entite e JOIN arbre ON e.parent_id = arbre.id WHERE arbre.profondeur < %s)"
            # The nearest first: what is left out is what is furthest.
            " SELECT id FROM arbre ORDER BY profondeur, chemin LIMIT %s",
            [entite.pk, PROFONDEUR, BOITES + 1],
        )
        numbers = [row[0] for row in cursor.fetchall()]
    rows = Entite.objects.select_related("service").in_bulk(numbers[:BOITES])
    boxes = {pk: Boite(rows[pk]) for pk in numbers[:BOITES] if pk in rows}
    for pk, box in boxes.items():
        above = boxes.get(box.entite.parent_id or 0)
        if pk != entite.pk and above is not None:
            above.enfants.append(box)
    return boxes.get(entite.pk, Boite(entite)), len(numbers) > BOITES


def above(entite: Entite) -> list[Entite]:
    """What `entite` is under, the highest first. Two queries."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE dessus AS ("
            " SELECT id, parent_id, 0 AS rang FROM organisation_entite WHERE id = %s"
            " UNION ALL SELECT e.id, e.parent_id, dessus.rang + 1 FROM organisation_entite e"
            " JOIN dessus ON e.id = dessus.parent_id WHERE dessus.rang < 20)"
            " SELECT id FROM dessus WHERE rang > 0 ORDER BY rang DESC",
            [entite.pk],
        )
        numbers = [row[0] for row in cursor.fetchall()]
    rows = Entite.objects.select_related("service").in_bulk(numbers)
    return [rows[pk] for pk in numbers if pk in rows]


def known_in(service: Service) -> list[Savoir]:
    """The expertises that people there declare, by how many, then by how well. One query."""
    there = Q(declarations__agent__in=people_of(service).values("pk"))
    counts = {
        f"niveau_{level.value}": Count("declarations", filter=there & Q(declarations__niveau=level.value))
        for level in NIVEAUX
    }
    rows = (
        Expertise.objects.filter(there)
        .annotate(
            personnes=Count("declarations", filter=there),
            haut=Max("declarations__niveau", filter=there),
            **counts,
        )
        .order_by("-personnes", "-haut", "libelle")[:EXPERTISES]
    )
    return [
        Savoir(
            row.libelle,
            row.domaine,
            row.personnes,
            [
                (level.label, count)
                for level in reversed(NIVEAUX)
                if (count := getattr(row, f"niveau_{level.value}"))
            ],
        )
        for row in rows
    ]


def with_people(services: "QuerySet[Service]") -> "QuerySet[Service]":
    """Adds `personnes`: how many open accounts each has."""
    there = (
        Agent.objects.active()
        .filter(service=OuterRef("pk"), partenaire=False)
        .order_by()
        .values("service")
        .annotate(nombre=Count("pk"))
        .values("nombre")
    )
    return services.annotate(personnes=Coalesce(Subquery(there, output_field=IntegerField()), 0))


def service_context(service: Service) -> dict[str, Any]:
    """What the page shows beside its people. Half a dozen queries, however large the service."""
    entite: Entite | None = getattr(service, "entite", None)
    context: dict[str, Any] = {"service": service, "entite": entite, "savoirs": known_in(service)}
    if entite is not None:
        chart, cut = chart_of(entite)
        context |= {"organigramme": chart if chart.enfants else None, "coupe": cut, "dessus": above(entite)}
    others = Service.objects.filter(territoire=service.territoire_id).exclude(pk=service.pk)
    context["voisins"] = list(others.order_by("nom")[:12])
    return context
