"""Reference data: loaded again without harm, refused with a line number."""

import json
import shutil
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from annuaire.chargement import REFERENTIELS
from annuaire.models import Expertise, Territoire

pytestmark = pytest.mark.django_db


def test_twice_is_once() -> None:
    call_command("charger_referentiels", verbosity=0)
    count = (Territoire.objects.count(), Expertise.objects.count())
    call_command("charger_referentiels", verbosity=0)
    assert (Territoire.objects.count(), Expertise.objects.count()) == count == (136, 140)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(REFERENTIELS, tmp_path / "ref")
    return tmp_path / "ref"


def test_unreadable_file_names_its_line(folder: Path) -> None:
    path = folder / "expertises.json"
    lines = path.read_text().splitlines()
    lines[20] = '  "libelle": oups'
    path.write_text("\n".join(lines))
    with pytest.raises(CommandError, match=r"expertises.json, ligne 2[12]"):
        call_command("charger_referentiels", dossier=folder)
    assert Territoire.objects.count() == 0


def test_incomplete_entry_names_its_line(folder: Path) -> None:
    path = folder / "expertises.json"
    data = json.loads(path.read_text())
    del data["expertises"][1]["domaine"]
    path.write_text(json.dumps(data, indent=1, ensure_ascii=False))
    with pytest.raises(CommandError, match=r"ligne 14 : il manque « domaine »"):
        call_command("charger_referentiels", dossier=folder)
    assert Territoire.objects.count() == 0
