"""Planning a meeting, changing it, cancelling it, and who may."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connections, transaction
from django.http import Http404
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.models import Notification
from communautes.actions import exclude_member, set_role
from communautes.models import Adhesion, Communaute, Suspension
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.models import EntreeJournal
from realtime.models import Salon
from realtime.reunions import actions
from realtime.reunions.access import (
    get_reunion,
    next_reunions,
    past_reunions,
    upcoming_reunions,
    visible_reunions,
)
from realtime.reunions.actions import Exterieur, Invites
from realtime.reunions.models import Convive, Participant, Reunion
from tests.factories import add_member, make_agent, make_communaute, make_territoire
from tests.reunions.conftest import participant, soon


def told(agent: Agent) -> list[str]:
    return list(
        Notification.objects.filter(destinataire=agent).order_by("pk").values_list("titre", flat=True)
    )


def test_the_whole_community_is_invited_and_told_once(
    plan: Callable[..., Reunion], camille: Agent, noe: Agent, lea: Agent, run_jobs: Callable[[], int]
) -> None:
    reunion = plan("Retour sur la crue")
    assert {row.agent for row in reunion.participants.all()} == {camille, noe, lea}
    mine = participant(reunion, camille)
    assert (mine.role, mine.reponse) == (Convive.Role.ANIMATEUR, Convive.Reponse.ACCEPTE)
    run_jobs()
    actions.tell_of_reunion(reunion)
    assert len(told(noe)) == 1
    assert "Retour sur la crue" in told(noe)[0]
    assert "à 14 h" in told(noe)[0]
    assert told(camille) == []
    assert EntreeJournal.objects.filter(action="reunion.plan", objet_id=reunion.pk).exists()


def test_a_draft_is_seen_and_told_of_when_it_is_published(
    plan: Callable[..., Reunion],
    communaute: Communaute,
    camille: Agent,
    noe: Agent,
    run_jobs: Callable[[], int],
) -> None:
    reunion = plan(brouillon=True)
    run_jobs()
    assert told(noe) == []
    with pytest.raises(Http404):
        get_reunion(noe, reunion.pk)
    assert reunion not in upcoming_reunions(noe, communaute)
    assert reunion in upcoming_reunions(camille, communaute)
    actions.publish_reunion(camille, reunion)
    actions.publish_reunion(camille, reunion)
    run_jobs()
    assert len(told(noe)) == 1
    assert get_reunion(noe, reunion.pk) == reunion


def test_what_changed_is_told_in_words(
    plan: Callable[..., Reunion], camille: Agent, noe: Agent, lea: Agent, run_jobs: Callable[[], int]
) -> None:
    debut = soon(10, 14)
    reunion = plan("Point", debut=debut, lieu="Salle A")
    actions.answer(noe, reunion, "accepte")
    actions.answer(lea, reunion, "refuse", "En congé")
    run_jobs()
    later = debut + timedelta(days=1) - timedelta(hours=4, minutes=30)
    said = actions.edit_reunion(camille, reunion, debut=later, lieu="Salle B", sur=0)
    old, new = timezone.localtime(debut), timezone.localtime(later)
    assert said[0].startswith(f"déplacée du {old.day if old.day > 1 else '1er'} ")
    assert f"à 14\u00a0h au {new.day if new.day > 1 else '1er'} " in said[0]
    assert said[0].endswith("à 9\u00a0h\u00a030")
    assert said[1] == "lieu : Salle B au lieu de « Salle A »"
    reunion.refresh_from_db()
    assert (reunion.sequence, reunion.sequence_horaire) == (1, 1)
    # At another time everybody is asked again, who organises it excepted.
    assert participant(reunion, noe).reponse == "sans"
    assert participant(reunion, lea).reponse == "sans"
    assert participant(reunion, camille).reponse == "accepte"
    run_jobs()
    assert "déplacée du" in told(noe)[-1]
    assert "déplacée du" in told(lea)[-1]
    # Nothing changes: nothing is told.
    assert actions.edit_reunion(camille, reunion, lieu="Salle B") == []
    assert actions.edit_reunion(camille, reunion, titre="Point d’étape") == [
        "nouvel objet, au lieu de « Point »"
    ]
    reunion.refresh_from_db()
    assert (reunion.sequence, reunion.sequence_horaire) == (2, 1)


def test_two_who_change_it_at_once(plan: Callable[..., Reunion], camille: Agent, noe: Agent) -> None:
    reunion = plan()
    actions.set_role(camille, participant(reunion, noe), "animateur")
    actions.edit_reunion(camille, reunion, lieu="Salle A", sur=0)
    with pytest.raises(ActionRefusee, match="modifiée pendant que vous écriviez"):
        actions.edit_reunion(noe, reunion, lieu="Salle B", sur=0)
    reunion.refresh_from_db()
    assert reunion.lieu == "Salle A"


@pytest.mark.django_db(transaction=True)
def test_simultaneous_organisers_take_turns() -> None:
    """Ten who change, cancel and answer at the same time: whole states only, one cancellation, no number lost."""
    auteur, other = make_agent("Ana"), make_agent("Bob")
    communaute = make_communaute(auteur)
    add_member(communaute, other)
    set_role(auteur, communaute, other, "animateur")
    reunion = actions.plan_reunion(auteur, communaute, titre="Point", debut=soon())
    outcomes: list[str] = []

    def run(work: Callable[[], Any]) -> None:
        try:
            work()
            outcomes.append("fait")
        except ActionRefusee:
            outcomes.append("refus")
        finally:
            connections.close_all()

    works: list[Callable[[], Any]] = []
    for number in range(8):
        who = auteur if number % 2 else other
        works.append(
            lambda who=who, number=number: actions.edit_reunion(who, reunion, lieu=f"Salle {number}")
        )
    works.append(lambda: actions.cancel_reunion(auteur, reunion, motif="Un"))
    works.append(lambda: actions.cancel_reunion(other, reunion, motif="Deux"))
    works.append(lambda: actions.answer(other, reunion, "accepte"))
    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    reunion.refresh_from_db()
    assert len(outcomes) == len(works)
    assert reunion.etat == Reunion.Etat.ANNULEE
    assert EntreeJournal.objects.filter(action="reunion.cancel").count() == 1
    edits = EntreeJournal.objects.filter(action="reunion.edit").count()
    assert reunion.sequence == edits + 1
    assert reunion.motif_annulation in {"Un", "Deux"}


def test_a_cancelled_meeting_stays_so(
    plan: Callable[..., Reunion],
    camille: Agent,
    noe: Agent,
    communaute: Communaute,
    run_jobs: Callable[[], int],
) -> None:
    reunion = plan()
    run_jobs()
    actions.cancel_reunion(camille, reunion, motif="Préfet  retenu\n ailleurs")
    actions.cancel_reunion(camille, reunion, motif="Encore")
    run_jobs()
    reunion.refresh_from_db()
    assert reunion.motif_annulation == "Préfet retenu ailleurs"
    assert told(noe)[-1].startswith("Réunion annulée")
    assert len(told(noe)) == 2
    assert reunion in upcoming_reunions(noe, communaute)
    assert not next_reunions(noe).exists()
    for refused in (
        lambda: actions.edit_reunion(camille, reunion, lieu="X"),
        lambda: actions.answer(noe, reunion, "accepte"),
        lambda: actions.publish_reunion(camille, reunion),
        lambda: actions.invite(camille, reunion, Invites()),
    ):
        with pytest.raises(ActionRefusee, match="annulée"):
            refused()


def test_who_may_prepare_a_meeting(
    plan: Callable[..., Reunion], communaute: Communaute, camille: Agent, noe: Agent, lea: Agent, zoe: Agent
) -> None:
    with pytest.raises(PermissionDenied):
        plan(auteur=noe)
    reunion = plan()
    for work in (
        lambda who: actions.edit_reunion(who, reunion, lieu="X"),
        lambda who: actions.cancel_reunion(who, reunion),
        lambda who: actions.invite(who, reunion, Invites(agents=(zoe,))),
        lambda who: actions.withdraw(who, participant(reunion, lea)),
        lambda who: actions.set_role(who, participant(reunion, lea), "animateur"),
        lambda who: actions.duplicate_reunion(who, reunion, debut=soon(20)),
    ):
        for who in (noe, zoe):
            with pytest.raises(PermissionDenied):
                work(who)
    actions.set_role(camille, participant(reunion, noe), "animateur")
    assert actions.edit_reunion(noe, reunion, lieu="Salle B")
    # Suspended: told until when and why.
    Suspension.objects.create(
        communaute=communaute,
        agent=noe,
        motif="Propos",
        jusqu_au=timezone.now() + timedelta(days=3),
        par=camille,
    )
    with pytest.raises(ActionRefusee, match="suspendue"):
        actions.edit_reunion(noe, reunion, lieu="Salle C")


def test_a_member_plans_from_their_salon_with_people_by_name(
    communaute: Communaute, noe: Agent, lea: Agent, zoe: Agent
) -> None:
    salon = Salon.objects.get(communaute=communaute)
    with pytest.raises(PermissionDenied):
        actions.plan_reunion(noe, communaute, titre="À deux", debut=soon(), salon=salon)
    reunion = actions.plan_reunion(
        noe, communaute, titre="À deux", debut=soon(), salon=salon, invites=Invites(agents=(lea,))
    )
    assert {row.agent for row in reunion.participants.all()} == {noe, lea}
    with pytest.raises(Http404):
        actions.plan_reunion(
            zoe, communaute, titre="Dehors", debut=soon(), salon=salon, invites=Invites(agents=(lea,))
        )


def test_a_meeting_of_a_few_agents_is_theirs_alone(camille: Agent, noe: Agent, lea: Agent) -> None:
    partner = make_agent("Part", partenaire=True, organisme="Université")
    reunion = actions.plan_reunion(
        camille, None, titre="À deux", debut=soon(), invites=Invites(agents=(noe,))
    )
    assert get_reunion(noe, reunion.pk) == reunion
    with pytest.raises(Http404):
        get_reunion(lea, reunion.pk)
    with pytest.raises(ActionRefusee, match="laboratoires"):
        actions.invite(camille, reunion, Invites(agents=(partner,)))
    with pytest.raises(PermissionDenied):
        actions.plan_reunion(partner, None, titre="Non", debut=soon())
    actions.withdraw(camille, participant(reunion, noe))
    with pytest.raises(Http404):
        get_reunion(noe, reunion.pk)
    with pytest.raises(PermissionDenied):
        actions.answer(noe, reunion, "accepte")


def test_somebody_from_another_community_sees_the_meeting_they_are_invited_to_and_no_more(
    plan: Callable[..., Reunion],
    communaute: Communaute,
    camille: Agent,
    zoe: Agent,
    run_jobs: Callable[[], int],
) -> None:
    reunion, other = plan(), plan("Autre")
    actions.invite(camille, reunion, Invites(agents=(zoe,)))
    assert participant(reunion, zoe).origine == Convive.Origine.EXTERIEUR
    assert list(visible_reunions(zoe)) == [reunion]
    actions.answer(zoe, reunion, "accepte")
    # They join, then are excluded: the old invitation is no way back in.
    add_member(communaute, zoe)
    run_jobs()
    assert other in visible_reunions(zoe)
    exclude_member(camille, communaute, zoe)
    run_jobs()
    assert not visible_reunions(zoe).exists()
    assert participant(reunion, zoe).retire_le is not None


def test_meetings_follow_the_members(
    plan: Callable[..., Reunion],
    communaute: Communaute,
    camille: Agent,
    noe: Agent,
    zoe: Agent,
    run_jobs: Callable[[], int],
) -> None:
    everyone = plan()
    animation = plan("Animation", invites=Invites(toute_l_animation=True))
    past = plan("Passée")
    Reunion.objects.filter(pk=past.pk).update(debut=timezone.now() - timedelta(days=3))
    assert {row.agent for row in animation.participants.all()} == {camille}
    add_member(communaute, zoe)
    run_jobs()
    assert participant(everyone, zoe).origine == Convive.Origine.COMMUNAUTE
    assert not past.participants.filter(agent=zoe).exists()
    assert len(told(zoe)) == 1
    set_role(camille, communaute, noe, "animateur")
    run_jobs()
    assert participant(animation, noe).origine == Convive.Origine.ANIMATION
    set_role(camille, communaute, noe, "membre")
    run_jobs()
    assert participant(animation, noe).retire_le is not None
    assert participant(everyone, noe).retire_le is None
    exclude_member(camille, communaute, noe)
    run_jobs()
    assert participant(everyone, noe).retire_le is not None
    assert participant(past, noe).retire_le is None
    with pytest.raises(Http404):
        get_reunion(noe, past.pk)
    Adhesion.objects.create(communaute=communaute, agent=noe)
    run_jobs()
    assert participant(everyone, noe).retire_le is None


def test_outside_guests_only_in_labs(
    plan: Callable[..., Reunion], communaute: Communaute, labo: Communaute, camille: Agent, noe: Agent
) -> None:
    guest = Invites(exterieurs=(Exterieur("Prof@Univ.fr", "Pr  Dupré"),))
    with pytest.raises(ActionRefusee, match="laboratoires"):
        actions.invite(camille, plan(), guest)
    reunion = plan(communaute=labo)
    actions.invite(camille, reunion, guest)
    actions.invite(camille, reunion, guest)
    row = reunion.participants.get(agent__isnull=True)
    assert (row.courriel, row.nom, row.adresse) == ("prof@univ.fr", "Pr Dupré", "prof@univ.fr")
    with pytest.raises(ActionRefusee, match="a un compte"):
        actions.invite(camille, reunion, Invites(exterieurs=(Exterieur(noe.email.upper()),)))
    with pytest.raises(ActionRefusee, match="pas une adresse"):
        actions.invite(camille, reunion, Invites(exterieurs=(Exterieur("prof"),)))
    with pytest.raises(ActionRefusee, match="compte"):
        actions.set_role(camille, row, "animateur")


def test_duplicating_keeps_people_and_agenda_and_tells_nobody(
    plan: Callable[..., Reunion], camille: Agent, noe: Agent, lea: Agent, run_jobs: Callable[[], int]
) -> None:
    reunion = plan(
        invites=Invites(secretaires=(noe,), agents=(lea,)),
        points=[actions.ProjetPoint("Un", lea, 10, "**Fort**"), actions.ProjetPoint("Deux")],
        visio="webconf",
    )
    run_jobs()
    before = Notification.objects.count()
    copy = actions.duplicate_reunion(camille, reunion, debut=soon(30))
    run_jobs()
    assert copy.en_preparation
    assert copy.uid != reunion.uid
    assert copy.lien_visio.startswith("https://webconf")
    assert copy.lien_visio != reunion.lien_visio
    assert [(p.titre, p.responsable, p.minutes) for p in copy.points.all()] == [
        ("Un", lea, 10),
        ("Deux", None, None),
    ]
    assert participant(copy, noe).role == "secretaire"
    assert participant(copy, noe).reponse == "sans"
    assert Notification.objects.count() == before


def test_answers(
    plan: Callable[..., Reunion], communaute: Communaute, camille: Agent, noe: Agent, zoe: Agent
) -> None:
    reunion = plan(invites=Invites())
    # A member may ask to be counted in; others may not.
    actions.answer(noe, reunion, "peut_etre", "Selon  les trains")
    row = participant(reunion, noe)
    assert (row.reponse, row.commentaire) == ("peut_etre", "Selon les trains")
    with pytest.raises(PermissionDenied):
        actions.answer(zoe, reunion, "accepte")
    actions.edit_reunion(camille, reunion, debut=soon(9))
    with pytest.raises(ActionRefusee, match="changé d’heure"):
        actions.answer(noe, reunion, "accepte", sur=0)
    actions.answer(noe, reunion, "accepte", sur=1)
    exclude_member(camille, communaute, noe)
    with pytest.raises(PermissionDenied):
        actions.answer(noe, reunion, "refuse")


@pytest.mark.parametrize(
    ("fields", "champ"),
    [
        ({"titre": "  "}, "titre"),
        ({"debut": timezone.now() - timedelta(minutes=1)}, "debut"),
        ({"debut": timezone.now() + timedelta(days=9999)}, "debut"),
        ({"fuseau": "Mars/Olympus"}, "fuseau"),
        ({"duree_minutes": 4}, "duree_minutes"),
        ({"duree_minutes": 721}, "duree_minutes"),
        ({"visio": "autre", "lien_visio": "http://visio.gouv.fr"}, "lien_visio"),
        ({"visio": "autre", "lien_visio": "javascript:alert(1)"}, "lien_visio"),
        ({"visio": "autre", "lien_visio": "https://a b.fr"}, "lien_visio"),
        ({"lien_visio": "https://x.fr/\r\nX:1"}, "lien_visio"),
    ],
)
def test_bad_meetings_are_refused(plan: Callable[..., Reunion], fields: dict[str, Any], champ: str) -> None:
    with pytest.raises(ActionRefusee) as refused:
        plan(**fields)
    assert refused.value.champ == champ
    assert not Reunion.objects.exists()


def test_a_service_of_video_is_offered_only_where_the_deployment_has_it(
    plan: Callable[..., Reunion], settings: Any
) -> None:
    settings.VISIO_MODELES = {"webconf": "", "visio": "https://visio.test/{lettres}"}
    with pytest.raises(ActionRefusee, match="pas proposé"):
        plan(visio="webconf")
    reunion = plan(visio="visio")
    assert reunion.lien_visio.startswith("https://visio.test/")
    assert len(reunion.lien_visio.rsplit("/", 1)[1]) == 12
    actions.edit_reunion(reunion.organisateur, reunion, lieu="Salle")
    assert Reunion.objects.get().lien_visio == reunion.lien_visio


def test_one_s_own_clock_is_the_default(
    communaute: Communaute, camille: Agent, plan: Callable[..., Reunion]
) -> None:
    ines = make_agent("Inès", territoire=make_territoire("973", "Guyane", "R03"))
    add_member(communaute, ines)
    set_role(camille, communaute, ines, "animateur")
    reunion = plan(auteur=ines, debut=soon(5, 14))
    assert reunion.fuseau == "America/Cayenne"
    assert reunion.debut_sur_place.hour in (9, 10)


@pytest.mark.parametrize(
    "broken",
    [
        {"fuseau": "Europe/Rome"},
        {"duree_minutes": 0},
        {"visio": "autre", "lien_visio": ""},
        {"visio": "aucune", "lien_visio": "https://x.fr"},
        {"etat": "annulee"},
        {"sequence_horaire": 3},
        {"communaute": None},
        {"occurrence": timezone.now()},
    ],
)
def test_what_the_database_holds(plan: Callable[..., Reunion], broken: dict[str, Any]) -> None:
    reunion = plan()
    with pytest.raises(IntegrityError), transaction.atomic():
        Reunion.objects.filter(pk=reunion.pk).update(**broken)


def test_the_database_holds_one_invitation_each(plan: Callable[..., Reunion], noe: Agent) -> None:
    reunion = plan()
    for fields in (
        {"agent": noe},
        {"agent": None, "courriel": ""},
        {"agent": make_agent(), "courriel": "a@b.fr"},
        {"agent": make_agent(), "reponse": "accepte"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Participant.objects.create(reunion=reunion, **fields)


def test_past_and_coming(plan: Callable[..., Reunion], communaute: Communaute, noe: Agent) -> None:
    def at(titre: str, minutes: int, **fields: Any) -> Reunion:
        reunion = plan(titre, debut=soon())
        Reunion.objects.filter(pk=reunion.pk).update(
            debut=timezone.now() + timedelta(minutes=minutes), **fields
        )
        return reunion

    now, over = at("En ce moment", -30), at("Passée", -120)
    late = at("Déborde", -120, etat="en_cours")
    ended = at("Finie tôt", -30, etat="terminee")
    coming = at("Bientôt", 90)
    assert upcoming_reunions(noe, communaute) == [late, now, coming]
    assert set(past_reunions(noe, communaute)) == {over, ended}


def test_who_was_taken_off_by_name_is_not_put_back_with_their_group(
    plan: Callable[..., Reunion],
    communaute: Communaute,
    camille: Agent,
    noe: Agent,
    zoe: Agent,
    run_jobs: Callable[[], int],
) -> None:
    reunion = plan()
    actions.withdraw(camille, participant(reunion, noe))
    add_member(communaute, zoe)
    run_jobs()
    assert participant(reunion, zoe).retire_le is None
    assert participant(reunion, noe).retire_le is not None
    actions.invite(camille, reunion, Invites(agents=(noe,)))
    assert participant(reunion, noe).retire_le is None
