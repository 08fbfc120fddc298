"""The document of the protocol says what the code does: each type of frame, each field, each limit and code."""

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from plateforme.socle.canaux import genres
from realtime import fermetures
from realtime.fermetures import Fermeture
from realtime.protocole import received_fields
from realtime.trames import Abonne, Bonjour, Pong, emises

DOCUMENT = (Path(__file__).parents[2] / "docs" / "protocole-temps-reel.md").read_text()


def section(title: str) -> str:
    return DOCUMENT.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def rows(text: str) -> dict[str, str]:
    """The rows of the tables of `text`, by the name in their first cell."""
    found = re.findall(r"^\| `([^`]+)`[^|]*\|(.*)$", text, re.MULTILINE)
    return dict(found)


def test_every_frame_of_a_browser_is_documented():
    documented = rows(section("Du navigateur au serveur"))
    schemas = received_fields()
    assert documented.keys() == schemas.keys()
    for genre, columns in schemas.items():
        named = re.findall(r"`([a-z_]+)`( \(facultatif\))?", documented[genre].split("|")[0])
        assert {name: bool(optional) for name, optional in named} == columns, genre


def test_every_frame_of_the_server_is_documented():
    documented = rows(section("Du serveur au navigateur").split("\n### ")[0])
    assert documented.keys() == emises.keys()
    for genre, schema in emises.items():
        named = set(re.findall(r"`([a-z_]+)`", documented[genre].split("|")[0]))
        assert {part.name for part in fields(schema)} <= named, genre


def test_every_kind_of_channel_is_documented():
    assert {name.removesuffix(".N") for name in rows(section("Canaux"))} == set(genres())


def test_every_limit_and_close_code_is_documented():
    guide = (Path(__file__).parents[2] / "docs" / "guide-exploitant.md").read_text()
    for name in settings.DIRECT:
        assert f"`DIRECT_{name.upper()}`" in guide, name
        assert f"`{name}`" in DOCUMENT, name
    codes = section("Codes de fermeture")
    for value in vars(fermetures).values():
        if isinstance(value, Fermeture):
            assert f"| {value.code} |" in codes, value
            assert value.raison in codes, value


@pytest.mark.parametrize(
    ("frame", "content"),
    [
        (Pong(), {"type": "pong"}),
        (Abonne("sujet.4", None), {"type": "abonne", "canal": "sujet.4", "dernier_numero": None}),
        (Abonne("salon.4", 0, [], 0), {"type": "abonne", "canal": "salon.4", "dernier_numero": 0, "presents": [],
                                       "nombre": 0}),
    ],
)  # fmt: skip
def test_what_has_no_value_is_left_out(frame: Any, content: dict[str, Any]):
    assert frame.contenu() == content
    assert frame.contenu("r") == {**content, "ref": "r"}


def test_schemas_have_their_names():
    assert Bonjour.genre == "bonjour"
