"""A page at which nothing happens lets the machine rest."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext

pytestmark = pytest.mark.navigateur

# When the design system's loop ran: see page.js.
COUNTED = """
  const draw = requestAnimationFrame.bind(window);
  window.pictures = [];
  window.requestAnimationFrame = (step) => draw((now) => {
    if (step.name === "bound render") pictures.push(performance.now());
    step(now);
  });
"""
LATELY = "pictures.filter((when) => when > performance.now() - 900).length"


def test_a_page_at_rest_asks_for_few_pictures(open_context: Callable[..., BrowserContext]) -> None:
    context = open_context()
    context.add_init_script(COUNTED)
    page = context.new_page()
    page.goto("/compte/login/")
    page.wait_for_function("() => pictures.length > 0", polling=100)
    page.wait_for_function(f"() => {LATELY} <= 1", polling=100)
    # It still has some, and as many as it wants as soon as something happens.
    seen = page.evaluate("pictures.length")
    page.wait_for_function("(seen) => pictures.length > seen", arg=seen, polling=100)
    page.evaluate("document.documentElement.dataset.frScheme = 'dark'")
    page.wait_for_function(f"() => {LATELY} > 4", polling=100)
    page.wait_for_function("() => document.documentElement.dataset.frTheme === 'dark'", polling=100)
    page.wait_for_function(f"() => {LATELY} <= 1", polling=100)
