"""Whose pages may open a line."""

import pytest
from django.test import override_settings

from realtime.securite import is_same_origin


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://localhost:8000", "localhost:8000"),
        ("https://site.fr", "site.fr"),
        ("https://site.fr", "site.fr:443"),
        ("http://SITE.fr:80", "site.fr"),
        ("http://[::1]:8000", "[::1]:8000"),
    ],
)
def test_our_own_pages(origin: str, host: str):
    assert is_same_origin(origin, host)


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("", "site.fr"),
        ("null", "site.fr"),
        ("site.fr", "site.fr"),
        ("file://", "site.fr"),
        ("https://mechant.fr", "site.fr"),
        ("https://site.fr.mechant.fr", "site.fr"),
        ("https://site.fr@mechant.fr", "site.fr"),
        ("https://mechant.fr@site.fr", "site.fr"),
        ("http://site.fr:8001", "site.fr:8000"),
        ("https://site.fr:99999", "site.fr"),
        ("https://site.fr", ""),
        ("https://site.fr", "site.fr, mechant.fr"),
        ("http://[::1", "[::1"),
    ],
)
def test_others(origin: str, host: str):
    assert not is_same_origin(origin, host)


@override_settings(PRODUCTION=True, SITE_URL="https://site.fr", ALLOWED_HOSTS=["site.fr", "autre.site.fr"])
def test_production():
    assert is_same_origin("https://site.fr", "interne:8000")  # a proxy that rewrites Host
    assert is_same_origin("https://autre.site.fr", "autre.site.fr")
    assert not is_same_origin("http://site.fr", "site.fr")
    assert not is_same_origin("https://mechant.fr", "mechant.fr")  # a name pointed at our address
    assert not is_same_origin("https://autre.site.fr", "site.fr")
