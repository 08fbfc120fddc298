"""Reading frames: whatever comes in, a frame or a refusal that says why."""

import json
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plateforme.socle.canaux import Canal, parse_canal
from realtime.protocole import TrameRefusee, parse_frame
from realtime.trames import Abonner, Dire, Ecrit, Lu, Ping

ID = "0b7f6c1e-8f57-4e6b-9d3a-0f6f3f1f2a11"


def refusal(text: str | None) -> str:
    with pytest.raises(TrameRefusee) as caught:
        parse_frame(text)
    assert caught.value.message.endswith(".")
    return caught.value.code


def frame(**content: object) -> str:
    return json.dumps(content)


def test_good_frames():
    assert parse_frame(frame(type="abonner", canal="salon.4", apres=12, ref="a")) == Abonner(
        Canal("salon", 4), 12, ref="a"
    )
    assert parse_frame(frame(type="abonner", canal="agent.7")) == Abonner(Canal("agent", 7), None)
    assert parse_frame(frame(type="dire", salon=4, texte="Bonjour 👋", client_id=ID)) == Dire(
        4, "Bonjour 👋", UUID(ID)
    )
    assert parse_frame(frame(type="lu", salon=4, numero=0)) == Lu(4, 0)
    assert parse_frame(frame(type="ecrit", canal="salon.4", actif=True)) == Ecrit(Canal("salon", 4), True)
    assert parse_frame(frame(type="ecrit", canal="sujet.9", actif=False, ref="e")) == Ecrit(
        Canal("sujet", 9), False, ref="e"
    )
    assert parse_frame(frame(type="ping", inconnu=1)) == Ping()


@pytest.mark.parametrize(
    "text", [None, "", "bonjour", "[]", "3", "null", '"ping"', "{", "[" * 15_000, '{"type": NaN}', "9" * 9000]
)
def test_unreadable(text: str | None):
    assert refusal(text) == "trame_illisible"


def test_too_long():
    assert refusal(frame(type="dire", texte="a" * 16_384)) == "trame_trop_longue"


@pytest.mark.parametrize("genre", [None, 3, [], {}, "", "inconnu", "Abonner", "__class__"])
def test_unknown_type(genre: object):
    assert refusal(frame(type=genre)) == "trame_inconnue"


@pytest.mark.parametrize(
    "content",
    [
        {"type": "abonner"},
        {"type": "abonner", "canal": 4},
        {"type": "abonner", "canal": "salon.4", "apres": -1},
        {"type": "abonner", "canal": "salon.4", "apres": 2**31},
        {"type": "abonner", "canal": "salon.4", "apres": True},
        {"type": "abonner", "canal": "salon.4", "apres": "3"},
        {"type": "abonner", "canal": "salon.4", "apres": 1.5},
        {"type": "dire", "salon": 4, "texte": "a"},
        {"type": "dire", "salon": 4, "texte": "a", "client_id": "a" * 36},
        {"type": "dire", "salon": 4, "texte": "a", "client_id": 12},
        {"type": "dire", "salon": 4, "texte": None, "client_id": ID},
        {"type": "dire", "salon": 4, "texte": "a\0b", "client_id": ID},
        {"type": "dire", "salon": 4, "texte": "\ud800", "client_id": ID},
        {"type": "dire", "salon": 10**30, "texte": "a", "client_id": ID},
        {"type": "lu", "salon": 4},
        {"type": "ecrit", "actif": True},
        {"type": "ecrit", "canal": "salon.4"},
        {"type": "ecrit", "canal": "salon.4", "actif": 1},
        {"type": "ecrit", "canal": "salon.4", "actif": "oui"},
        {"type": "ecrit", "canal": "salon.04", "actif": True},
        {"type": "ecrit", "canal": "communaute.4", "actif": True},
        {"type": "ecrit", "canal": "agent.4", "actif": True},
    ],
)
def test_bad_fields(content: dict[str, object]):
    assert refusal(json.dumps(content)) == "champ_invalide"


@pytest.mark.parametrize(
    "name",
    ["", "salon", "salon.", "salon.0", "salon.04", "salon.-1", "salon.4 ", "salon.4\n", "salon.٤", "Salon.4",
     "salon.4.5", "admin.1", f"salon.{10**18}", None, 4, ["salon.4"]],
)  # fmt: skip
def test_names_that_are_no_channel(name: object):
    assert parse_canal(name) is None


def test_reference_comes_back_when_it_can():
    for ref, expected in (("r1", "r1"), ("x" * 65, None), ("\ud800", None), (4, None)):
        with pytest.raises(TrameRefusee) as caught:
            parse_frame(frame(type="inconnu", ref=ref))
        assert caught.value.ref == expected


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
fields = st.sampled_from(
    ["type", "canal", "apres", "salon", "texte", "client_id", "numero", "n", "actif", "ref"]
)
types = st.sampled_from(["abonner", "desabonner", "dire", "lu", "ecrit", "ping"])


@settings(max_examples=150, deadline=None)
@given(
    st.text(max_size=60)
    | st.builds(lambda c, t: json.dumps({**c, "type": t}), st.dictionaries(fields, values), types)
)
def test_anything_is_read_or_refused(text: str):
    try:
        parse_frame(text)
    except TrameRefusee as refused:
        json.dumps({"ref": refused.ref}, ensure_ascii=False).encode()
