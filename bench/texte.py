"""Is rendering linear in the length of the text? Prints, for each family of hostile texts, time(4n) / time(n).

    .venv/bin/python -m bench.texte

About 4 is linear, 16 is quadratic. Below 20 ms the ratio would measure the clock, and is not printed.
"""

import os
import time

os.environ.setdefault("PLATEFORME_MODE", "test")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plateforme.settings")

import django

django.setup()

from plateforme.socle.texte import render_markdown  # noqa: E402
from tests.socle.test_texte_hostile import FAMILIES, KNOWN, LARGE, MENTIONS, SMALL  # noqa: E402


def seconds(source: str) -> float:
    """The best of three, in processor time."""
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        render_markdown(source, mentions=MENTIONS, **KNOWN)
        best = min(best, time.process_time() - start)
    return best


def main() -> None:
    rows = []
    for name, make in FAMILIES.items():
        large = seconds(make(LARGE))
        ratio = large / seconds(make(SMALL)) if large > 0.02 else 0.0
        rows.append((large, ratio, name))
    for large, ratio, name in sorted(rows, reverse=True)[:20]:
        print(f"{large * 1000:7.0f} ms  {f'x {ratio:.1f}' if ratio else '':8} {name}")
    print(
        f"worst ratio {max(ratio for _, ratio, _ in rows):.1f}, worst time {max(rows)[0] * 1000:.0f} ms for {LARGE} characters"
    )


if __name__ == "__main__":
    main()
