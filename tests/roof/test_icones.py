"""Each icon that a page names is drawn: one without its line in the style sheet is a square of colour."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ("plateforme", "annuaire", "communautes", "forum", "realtime")
DRAWN = ROOT / "plateforme" / "static" / "plateforme" / "icones.css"
NAME = re.compile(r"fr-icon-[a-z0-9-]+(?<!-)(?:-line|-fill)\b")


def test_each_icon_is_drawn():
    sources = [*ROOT.glob("templates/**/*.html")]
    for app in APPS:
        sources += [*ROOT.glob(f"{app}/**/*.js"), *ROOT.glob(f"{app}/**/*.py")]
    drawn = set(NAME.findall(DRAWN.read_text()))
    named = {name: path for path in sources for name in NAME.findall(path.read_text())}
    assert {name: str(path) for name, path in named.items() if name not in drawn} == {}
