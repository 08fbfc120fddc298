"""The agenda: kept, proposed, put in order; the documents beside it."""

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.http import Http404

from annuaire.models import Agent
from annuaire.notifications.models import Notification
from communautes.fichiers.actions import share_document
from communautes.models import Communaute
from plateforme.socle.erreurs import ActionRefusee
from realtime.reunions import actions
from realtime.reunions.access import get_point
from realtime.reunions.actions import Invites, ProjetPoint
from realtime.reunions.models import Reunion
from tests.factories import make_communaute


def titles(reunion: Reunion) -> list[str]:
    return [point.titre for point in reunion.points.order_by("rang")]


def test_points_are_put_in_order(plan: Callable[..., Reunion], camille: Agent, noe: Agent) -> None:
    reunion = plan(
        points=[ProjetPoint("Un"), ProjetPoint("Deux", noe, 15, "Voir *la note*"), ProjetPoint("Trois")]
    )
    one, two, three = reunion.points.all()
    assert "<em>la note</em>" in two.description_html
    actions.order_points(camille, reunion, [three.pk, one.pk, 999_999, three.pk])
    assert titles(reunion) == ["Trois", "Un", "Deux"]
    actions.remove_point(camille, one)
    actions.remove_point(camille, one)
    actions.add_point(camille, reunion, ProjetPoint("Quatre ?"))
    assert titles(reunion) == ["Trois", "Deux", "Quatre\u00a0?"]
    with pytest.raises(PermissionDenied):
        actions.order_points(noe, reunion, [])


def test_a_participant_proposes_and_those_who_prepare_decide(
    plan: Callable[..., Reunion],
    camille: Agent,
    noe: Agent,
    lea: Agent,
    zoe: Agent,
    run_jobs: Callable[[], int],
) -> None:
    reunion = plan()
    run_jobs()
    point = actions.propose_point(noe, reunion, ProjetPoint("Le budget"))
    run_jobs()
    assert not point.retenu
    (notification,) = Notification.objects.filter(destinataire=camille)
    assert "Noé Garcin propose un point" in notification.titre
    with pytest.raises(PermissionDenied):
        actions.propose_point(zoe, reunion, ProjetPoint("Non"))
    with pytest.raises(PermissionDenied):
        actions.keep_point(lea, point)
    with pytest.raises(PermissionDenied):
        actions.edit_point(lea, point, ProjetPoint("Pas à moi"))
    actions.edit_point(noe, point, ProjetPoint("Le budget 2027", lea, 10))
    point.refresh_from_db()
    assert (point.titre, point.responsable) == ("Le budget 2027", None)
    actions.keep_point(camille, point)
    actions.keep_point(camille, point)
    point.refresh_from_db()
    assert point.retenu
    # Kept, it is no more theirs to change or take back.
    for refused in (
        lambda: actions.edit_point(noe, point, ProjetPoint("X")),
        lambda: actions.remove_point(noe, point),
    ):
        with pytest.raises(PermissionDenied):
            refused()


def test_a_point_s_owner_changes_its_words(
    plan: Callable[..., Reunion], camille: Agent, noe: Agent, zoe: Agent
) -> None:
    reunion = plan(points=[ProjetPoint("Bilan", noe)])
    point = reunion.points.get()
    actions.edit_point(noe, point, ProjetPoint("Bilan", zoe, 20, "Trois chiffres"))
    point.refresh_from_db()
    assert (point.responsable, point.minutes, point.description) == (noe, 20, "Trois chiffres")
    actions.withdraw(camille, reunion.participants.get(agent=noe))
    with pytest.raises(PermissionDenied):
        actions.edit_point(noe, point, ProjetPoint("Bilan"))
    with pytest.raises(Http404):
        get_point(zoe, point.pk)


@pytest.mark.parametrize(
    "projet",
    [
        ProjetPoint(" "),
        ProjetPoint("a" * 201),
        ProjetPoint("Bon", minutes=0),
        ProjetPoint("Bon", minutes=481),
        ProjetPoint("Bon", description="a" * 4001),
    ],
)
def test_bad_points_are_refused(plan: Callable[..., Reunion], camille: Agent, projet: ProjetPoint) -> None:
    with pytest.raises(ActionRefusee):
        actions.add_point(camille, plan(), projet)


def test_forty_points_at_most(plan: Callable[..., Reunion], camille: Agent) -> None:
    reunion = plan(points=[ProjetPoint(f"Point {number}") for number in range(40)])
    with pytest.raises(ActionRefusee, match="40 points"):
        actions.add_point(camille, reunion, ProjetPoint("De trop"))


def test_documents_of_the_community_only(
    plan: Callable[..., Reunion], communaute: Communaute, camille: Agent, noe: Agent, lea: Agent
) -> None:
    document = share_document(noe, communaute, ContentFile(b"bonjour"), nom="note.txt")
    elsewhere = share_document(camille, make_communaute(camille), ContentFile(b"bonjour"), nom="autre.txt")
    reunion = plan(points=[ProjetPoint("Bilan", noe)], invites=Invites(agents=(noe, lea)))
    point = reunion.points.get()
    link = actions.add_document(camille, reunion, document)
    assert actions.add_document(camille, reunion, document) == link
    mine = actions.add_document(noe, reunion, document, point=point)
    with pytest.raises(PermissionDenied):
        actions.add_document(noe, reunion, document)
    with pytest.raises(PermissionDenied):
        actions.add_document(lea, reunion, document, point=point)
    with pytest.raises(ActionRefusee, match="de la communauté"):
        actions.add_document(camille, reunion, elsewhere)
    with pytest.raises(PermissionDenied):
        actions.remove_document(noe, link)
    actions.remove_document(noe, mine)
    actions.remove_document(camille, link)
    actions.remove_document(camille, link)
    assert not reunion.documents.exists()
