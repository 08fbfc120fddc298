"""Which départements touch, and how far towns are: true to the map, and never a figure made up."""

import pytest

from annuaire.chargement import load_references, read_references
from annuaire.models import Territoire
from annuaire.trouver.geographie import Carte, places, said


def test_neighbours_are_each_other_s() -> None:
    for code, lieu in places().items():
        assert code not in lieu.voisins
        for other in lieu.voisins:
            assert code in places()[other].voisins, (code, other)


@pytest.mark.parametrize(
    ("code", "voisins"),
    [
        ("48", {"07", "12", "15", "30", "43"}),
        ("75", {"92", "93", "94"}),
        ("29", {"22", "56"}),
        ("2A", {"2B"}),
        ("974", set()),
        ("38", {"01", "05", "07", "26", "42", "69", "73"}),
    ],
)
def test_known_neighbours(code: str, voisins: set[str]) -> None:
    assert places()[code].voisins == voisins


@pytest.fixture
def carte(db: None) -> Carte:
    load_references(read_references())
    return Carte(Territoire.objects.all())


def test_every_departement_is_somewhere(carte: Carte) -> None:
    nowhere = {
        row.code
        for row in carte.territoires.values()
        if row.genre == Territoire.Genre.DEPARTEMENT and carte.distance(row.code, "75") is None
    }
    assert nowhere == {"984", "989"}


@pytest.mark.parametrize(
    ("one", "other", "km"),
    # As the crow flies, by the maps of the IGN, to the nearest ten.
    [("75", "69", 390), ("48", "30", 100), ("13", "59", 830), ("48", "48", 0), ("971", "972", 170), ("75", "974", 9350)],
)  # fmt: skip
def test_known_distances(carte: Carte, one: str, other: str, km: int) -> None:
    found = carte.distance(one, other)
    assert found is not None
    assert abs(found - km) <= max(12, km // 100)
    assert found == carte.distance(other, one)


def test_a_region_is_where_its_chef_lieu_is_and_the_country_nowhere(carte: Carte) -> None:
    assert carte.distance("R76", "31") == 0
    assert carte.distance("FR", "31") is None
    assert carte.distance(None, "31") is None
    assert carte.distance("inconnu", "31") is None


def test_around_a_territory(carte: Carte) -> None:
    assert carte.regions_around("48") == {"R76", "R75", "R84", "R93"}
    assert carte.regions_around("971") == {"R01", "R02", "R03", "R977", "R978"}
    assert carte.neighbours("48") == {"48", "07", "12", "15", "30", "43"}
    assert carte.departements("FR") == frozenset()


def test_distances_are_said_to_the_ten() -> None:
    assert [said(km) for km in (3, 84, 86, 996, 9_371)] == [
        "10\u00a0km", "80\u00a0km", "90\u00a0km", "1\u202f000\u00a0km", "9\u202f400\u00a0km",
    ]  # fmt: skip
