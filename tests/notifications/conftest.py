"""A kind of thing to be told of that belongs to no app, and that anybody may see."""

from collections.abc import Iterator

import pytest

from annuaire.notifications import sources


@pytest.fixture(autouse=True)
def kinds_of_tests() -> Iterator[None]:
    kinds = ("rappel", "essai")
    for kind in kinds:
        sources.register_source(kind, sources.Source())
    yield
    for kind in kinds:
        del sources._registre.sources[kind]
