"""The vCard, read back as an address book would; and the card beside a name."""

import re

import pytest

from annuaire.models import Agent
from annuaire.profils.models import Profil
from annuaire.profils.vcard import vcard_of
from tests.factories import add_member, browser, declare, make_agent, make_communaute

pytestmark = pytest.mark.django_db


def read(content: bytes) -> dict[str, list[str]]:
    """Properties by name, unfolded; no line is over 75 octets."""
    assert content.endswith(b"\r\n")
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    found: dict[str, list[str]] = {}
    for line in content.decode().replace("\r\n ", "").strip("\r\n").split("\r\n"):
        name, _, value = line.partition(":")
        found.setdefault(name.partition(";")[0], []).append(value)
    return found


def unescaped(value: str) -> str:
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)


def test_what_it_holds() -> None:
    agent = make_agent("Gaëlle", "Estaque; fille, dite \\ Zoé", telephone="05 61 00 00 00")
    agent.biographie = "Première ligne, avec virgule ; point-virgule.\n\nSeconde **ligne** " + "é" * 300
    declare(agent, "Loi sur l’eau, DLE")
    card = read(vcard_of(agent, Profil(agent=agent, langues=["fr", "oc"]), "https://site/annuaire/x/"))
    assert card["BEGIN"] == ["VCARD"]
    assert card["VERSION"] == ["4.0"]
    assert unescaped(card["FN"][0]) == agent.nom_complet
    family, given, *rest = re.split(r"(?<!\\);", card["N"][0].replace("\\\\", "\0"))
    assert (unescaped(family.replace("\0", "\\\\")), given, rest) == (agent.nom, "Gaëlle", ["", "", ""])
    assert card["LANG"] == ["fr", "oc"]
    assert unescaped(card["CATEGORIES"][0]) == "Loi sur l’eau, DLE"
    assert unescaped(card["NOTE"][0]).startswith("Première ligne, avec virgule ; point-virgule.")
    assert card["EMAIL"] == [agent.email]
    assert card["END"] == ["VCARD"]


def test_nothing_typed_becomes_a_property() -> None:
    agent = make_agent("Al", "Ba")
    agent.fonction = "Chef\r\nEMAIL:autre@exemple.fr\nX:\x00\x07"
    card = read(vcard_of(agent, Profil(agent=agent), "https://site/\r\nX-Y:1"))
    assert card["EMAIL"] == [agent.email]
    assert "X" not in card
    assert "X-Y" not in card
    assert unescaped(card["TITLE"][0]) == "Chef\nEMAIL:autre@exemple.fr\nX:"


def test_downloaded_by_agents_only() -> None:
    agent, partner = make_agent("Gaëlle"), make_agent("Paul", partenaire=True, organisme="Université")
    where = f"/annuaire/{agent.identifiant}/contact.vcf"
    answer = browser(make_agent()).get(where)
    assert answer["Content-Type"] == "text/vcard; charset=utf-8"
    assert f'filename="{agent.identifiant}.vcf"' in answer["Content-Disposition"]
    assert read(answer.content)["URL"] == [f"http://testserver{agent.get_absolute_url()}"]
    assert browser(partner).get(where).status_code == 404
    lab = make_communaute(agent, genre="laboratoire")
    add_member(lab, partner)
    assert browser(partner).get(where).status_code == 403
    assert browser(partner).get(f"/annuaire/{partner.identifiant}/contact.vcf").status_code == 200


def test_the_card_beside_a_name() -> None:
    agent = make_agent("Gaëlle")
    for number, level in enumerate((1, 4, 3, 2)):
        declare(agent, f"Savoir {number}", niveau=level)
    answer = browser(make_agent()).get(f"/annuaire/{agent.identifiant}/carte/")
    text = answer.content.decode()
    assert text.index("Savoir 1") < text.index("Savoir 2") < text.index("Savoir 3")
    assert "Savoir 0" not in text
    assert "private" in answer["Cache-Control"]
    partner: Agent = make_agent("Paul", partenaire=True, organisme="Université")
    assert browser(partner).get(f"/annuaire/{agent.identifiant}/carte/").status_code == 404
