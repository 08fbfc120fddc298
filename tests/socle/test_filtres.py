"""Filters of every template."""

from types import SimpleNamespace

import pytest
from django.template import Context, Template


@pytest.mark.parametrize(
    ("nombre", "dit"),
    [(0, "réponse"), (1, "réponse"), (2, "réponses"), ([], "réponse"), ([7, 8], "réponses")],
)
def test_nothing_is_singular_in_french(nombre: object, dit: str) -> None:
    assert Template("réponse{{ nombre|pluralize }}").render(Context({"nombre": nombre})) == dit


def test_the_name_of_somebody_is_text_and_says_where_their_page_is() -> None:
    person = SimpleNamespace(nom_complet="Anaïs <D’Arc>", get_absolute_url=lambda: "/annuaire/anais-darc/")
    shown = Template("{% nom personne %}").render(Context({"personne": person}))
    assert shown == '<span data-personne="/annuaire/anais-darc/">Anaïs &lt;D’Arc&gt;</span>'


@pytest.mark.parametrize(
    ("nom", "dit"),
    [
        ("Aminata Sarr", "d’Aminata Sarr"),
        ("Élodie Viel", "d’Élodie Viel"),
        ("Hélène Barthe", "d’Hélène Barthe"),
        ("Yvon Le Bihan", "d’Yvon Le Bihan"),
        ("Yannick Delattre", "de Yannick Delattre"),
        ("Nadia Ferhat", "de Nadia Ferhat"),
        ("", "de "),
    ],
)
def test_de_before_a_vowel(nom: str, dit: str) -> None:
    assert Template("{{ nom|de }}").render(Context({"nom": nom})) == dit


def test_de_before_a_name_that_shows_a_card() -> None:
    person = SimpleNamespace(nom_complet="Anaïs Roux", get_absolute_url=lambda: "/annuaire/anais-roux/")
    shown = Template('{% nom personne "de" %}').render(Context({"personne": person}))
    assert shown == '<span data-personne="/annuaire/anais-roux/">d’Anaïs Roux</span>'
