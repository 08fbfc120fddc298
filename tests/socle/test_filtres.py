"""Filters of every template."""

import pytest
from django.template import Context, Template


@pytest.mark.parametrize(
    ("nombre", "dit"),
    [(0, "réponse"), (1, "réponse"), (2, "réponses"), ([], "réponse"), ([7, 8], "réponses")],
)
def test_nothing_is_singular_in_french(nombre: object, dit: str) -> None:
    assert Template("réponse{{ nombre|pluralize }}").render(Context({"nombre": nombre})) == dit
