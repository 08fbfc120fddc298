"""Photos: written again by us, seen only by whoever may open the page, cut as asked."""

import io
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from annuaire.models import Agent
from annuaire.profils.actions import set_photo
from annuaire.profils.photos import Cadre, path_of
from plateforme.socle.models import EntreeJournal
from tests.factories import add_member, browser, make_agent, make_communaute

pytestmark = pytest.mark.django_db

WHERE = "/annuaire/moi/photo/"


def picture(kind: str = "JPEG", size: tuple[int, int] = (600, 300), **options: Any) -> bytes:
    """Left half red, right half blue."""
    image = Image.new("RGB", size, (200, 0, 0))
    image.paste((0, 0, 200), (size[0] // 2, 0, size[0], size[1]))
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def send(agent: Agent, content: bytes, **fields: Any) -> Any:
    file = SimpleUploadedFile("moi.jpg", content, content_type="image/jpeg")
    return browser(agent).post(WHERE, {"photo": file, **fields})


def address(agent: Agent, taille: int = 96) -> str:
    agent.refresh_from_db()
    return f"/annuaire/{agent.identifiant}/photo/{agent.photo}/{taille}.jpg"


def opened(answer: Any) -> Image.Image:
    return Image.open(io.BytesIO(b"".join(answer.streaming_content)))


def test_without_script_the_centre_is_kept(agent: Agent) -> None:
    assert send(agent, picture()).status_code == 302
    answer = browser(agent).get(address(agent))
    assert answer["Content-Type"] == "image/jpeg"
    assert "private" in answer["Cache-Control"]
    image = opened(answer)
    assert image.size == (96, 96)
    left, right = image.getpixel((10, 48)), image.getpixel((86, 48))
    assert left[0] > 150 > left[2]
    assert right[2] > 150 > right[0]
    assert f'src="{address(agent, 480)}"' in browser(agent).get(agent.get_absolute_url()).content.decode()


def test_the_square_chosen_is_kept(agent: Agent) -> None:
    send(agent, picture(), x="0.5", y="0.2", cote="0.8")
    image = opened(browser(agent).get(address(agent)))
    assert all(image.getpixel((x, 48))[2] > 150 for x in (5, 48, 90))


def test_nothing_of_the_camera_is_kept_and_it_stands_upright(agent: Agent) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter
    exif[0x010F] = "Marque secrete"
    send(agent, picture(exif=exif))
    agent.refresh_from_db()
    with default_storage.open(path_of(agent.photo, 480)) as file:
        content = file.read()
    assert b"Marque secrete" not in content
    image = Image.open(io.BytesIO(content))
    assert not image.getexif()
    # What was on the left is on top.
    assert image.getpixel((240, 20))[0] > 150
    assert image.getpixel((240, 460))[2] > 150


def test_a_clear_ground_becomes_paper(agent: Agent) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (200, 200), (0, 0, 0, 0)).save(out, "PNG")
    send(agent, out.getvalue())
    assert min(opened(browser(agent).get(address(agent))).getpixel((40, 40))) > 240


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"pas une image", "abîmée"),
        (picture()[:200], "abîmée"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "abîmée"),
        (picture("PNG", (60, 60)), "trop petite"),
    ],
)
def test_refused_in_words(agent: Agent, content: bytes, said: str) -> None:
    answer = send(agent, content)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    agent.refresh_from_db()
    assert agent.photo == ""


def test_a_square_out_of_the_picture_is_brought_back(agent: Agent) -> None:
    set_photo(agent, io.BytesIO(picture()), 1000, Cadre(0.99, 0.99, 1.0))
    assert opened(browser(agent).get(address(agent))).size == (96, 96)
    assert send(agent, picture(), x="nan", y="0", cote="1").status_code == 422


def test_the_photo_before_goes(agent: Agent, django_capture_on_commit_callbacks: Any) -> None:
    send(agent, picture())
    agent.refresh_from_db()
    old = agent.photo
    with django_capture_on_commit_callbacks(execute=True):
        send(agent, picture())
    assert not default_storage.exists(path_of(old, 96))
    assert browser(agent).get(f"/annuaire/{agent.identifiant}/photo/{old}/96.jpg").status_code == 404
    agent.refresh_from_db()
    new = agent.photo
    with django_capture_on_commit_callbacks(execute=True):
        browser(agent).post(f"{WHERE}retirer/")
    assert not default_storage.exists(path_of(new, 480))
    actions = set(EntreeJournal.objects.filter(acteur=agent).values_list("action", flat=True))
    assert {"agent.set_photo", "agent.remove_photo"} <= actions


def test_what_fails_leaves_no_file(agent: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("cut")

    monkeypatch.setattr("annuaire.profils.actions.photos.record", fail)
    with pytest.raises(RuntimeError):
        set_photo(agent, io.BytesIO(picture()), 1000)
    _, files = default_storage.listdir("photos") if default_storage.exists("photos") else ([], [])
    kept = [
        name
        for folder in default_storage.listdir("photos")[0]
        for name in default_storage.listdir(f"photos/{folder}")[1]
    ]
    assert (files, kept) == ([], [])


def test_seen_only_by_whoever_may_open_the_page(agent: Agent) -> None:
    send(agent, picture())
    where = address(agent)
    partner = make_agent("Paul", partenaire=True, organisme="Université")
    assert browser(make_agent()).get(where).status_code == 200
    assert browser(partner).get(where).status_code == 404
    lab = make_communaute(agent, genre="laboratoire")
    add_member(lab, partner)
    assert browser(partner).get(where).status_code == 200
    assert browser(agent).get(where.replace("/96.", "/97.")).status_code == 404
    agent.is_active = False
    agent.save()
    assert browser(make_agent()).get(where).status_code == 404


@pytest.fixture
def agent() -> Agent:
    return make_agent("Nadia")
