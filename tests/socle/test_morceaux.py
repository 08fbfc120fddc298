"""Pieces of pages: kept by what they depend on, never carrying one reader's marks to another."""

import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import engines
from django.test import RequestFactory

from plateforme.socle.morceaux import MAGASIN, Magasin, Morceau, piece
from plateforme.socle.morceaux import page as assembled

TEMPLATE = "{% morceau essai nom %}<p>{{ nom }} {{ n }}</p>{% csrf_token %}<i nonce='{{ request.csp_nonce }}'></i>{% endmorceau %}"


def page(nom: str, n: int, nonce: str) -> str:
    request = RequestFactory().get("/")
    request.csp_nonce = nonce
    return engines["django"].from_string(TEMPLATE).render({"nom": nom, "n": n}, request)


def test_the_same_key_gives_the_same_piece_with_the_reader_s_own_marks() -> None:
    MAGASIN.clear()
    first, second, other = page("a", 1, "nonce-un"), page("a", 2, "nonce-deux"), page("b", 3, "nonce-trois")
    assert "<p>a 1</p>" in first and "<p>a 1</p>" in second and "<p>b 3</p>" in other
    assert "nonce-un" in first and "nonce-deux" in second and "nonce-un" not in second

    def token(html: str) -> str:
        return html.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]

    assert len({token(first), token(second), token(other)}) == 3
    assert not any(ord(char) > 0xF0000 for char in first + second)


def test_a_piece_that_fails_is_not_kept() -> None:
    MAGASIN.clear()
    request = RequestFactory().get("/")

    def fail() -> str:
        raise ValueError

    for _ in range(2):
        try:
            piece(request, "k", fail)
        except ValueError:
            continue
        raise AssertionError
    assert piece(request, "k", lambda: "<b>bien</b>") == "<b>bien</b>"


def test_what_is_not_asked_for_any_more_is_forgotten() -> None:
    store = Magasin(100)
    ten = Morceau(("x" * 4, "x" * 6))
    for number in range(20):
        store.put(number, ten)
        assert store.get(0) == ten
    assert [number for number in range(20) if store.get(number)] == [0, *range(11, 20)]
    long = Morceau(("y" * 1000,))
    store.put("long", long)
    assert store.get("long") == long and store.get(19) is None


def test_a_text_cannot_call_for_a_reader_s_marks() -> None:
    MAGASIN.clear()
    for _ in range(2):
        html = page("\U000f7c01\U000f7c02a", 1, "nonce-secret")
        assert "<p>a 1</p>" in html and html.count("nonce-secret") == 1
        assert html.count('value="') == 1


GAPS = (
    "{% morceau dehors cle %}<b>{{ titre }}</b>{% for x in 'ab' %}{% morceau dedans x %}[{{ x }}"
    "{% a_part %}{{ lecteur }}{% enda_part %}]{% endmorceau %}{% endfor %}"
    "{% a_part %}{% morceau menu lecteur %}<i>{{ lecteur }}</i>{% csrf_token %}{% endmorceau %}{% enda_part %}{% endmorceau %}"
)


def gaps(cle: str | None, titre: str, lecteur: str) -> str:
    context = {"cle": cle, "titre": titre, "lecteur": lecteur}
    html = engines["django"].from_string(GAPS).render(context, RequestFactory().get("/"))
    return html.split("<input")[0]


def test_what_stands_apart_is_each_reader_s_own() -> None:
    MAGASIN.clear()
    assert gaps("k", "titre", "Lou") == "<b>titre</b>[aLou][bLou]<i>Lou</i>"
    assert gaps("k", "autre", "Max") == "<b>titre</b>[aMax][bMax]<i>Max</i>"
    assert gaps("l", "autre", "Zoé") == "<b>autre</b>[aZoé][bZoé]<i>Zoé</i>"
    # Without a key nothing is kept but the inner pieces, whose gaps stay gaps.
    assert gaps(None, "vif", "Ana") == "<b>vif</b>[aAna][bAna]<i>Ana</i>"


def test_a_text_cannot_open_a_gap() -> None:
    MAGASIN.clear()
    gaps("k", "titre", "Lou")
    assert "\U000f7c03" in gaps("m", "\U000f7c03" * 2, "Lou")


def test_a_piece_that_fails_leaves_no_gap_open() -> None:
    MAGASIN.clear()
    request = RequestFactory().get("/")
    template = engines["django"].from_string(
        "{% morceau x 1 %}{% a_part %}a{% enda_part %}{{ faux }}{% endmorceau %}"
    )

    class Faux:
        def __str__(self) -> str:
            raise ValueError

    with pytest.raises(ValueError):
        template.render({"faux": Faux()}, request)
    assert template.render({"faux": "!"}, request) == "a!"


@pytest.mark.django_db
def test_a_page_kept_is_the_page_rendered() -> None:
    MAGASIN.clear()
    pages = []
    for _ in range(2):
        request = RequestFactory().get("/")
        request.user, request.csp_nonce, request.session = AnonymousUser(), "", {}
        answer = assembled(request, "base.html", {"cle_page": ("essai",), "notifications_non_lues": 3}, 203)
        assert answer.status_code == 203
        pages.append(re.sub(r'value="[A-Za-z0-9]{64}"', "", answer.content.decode()).strip())
    assert pages[0] == pages[1]
