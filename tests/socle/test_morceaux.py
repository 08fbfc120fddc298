"""Pieces of pages: kept by what they depend on, never carrying one reader's marks to another."""

from django.template import engines
from django.test import RequestFactory

from plateforme.socle.morceaux import MAGASIN, Magasin, piece

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
    for number in range(20):
        store.put(number, "x" * 10)
        assert store.get(0) == "x" * 10
    assert [number for number in range(20) if store.get(number)] == [0, *range(11, 20)]
    store.put("long", "y" * 1000)
    assert store.get("long") == "y" * 1000 and store.get(19) is None


def test_a_text_cannot_call_for_a_reader_s_marks() -> None:
    MAGASIN.clear()
    for _ in range(2):
        html = page("\U000f7c01\U000f7c02a", 1, "nonce-secret")
        assert "<p>a 1</p>" in html and html.count("nonce-secret") == 1
        assert html.count('value="') == 1
