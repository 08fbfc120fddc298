"""« Quand se voit-on ? »: who is asked, what they say, the date that is chosen once."""

import re
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connections, transaction
from django.urls import reverse
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.models import Notification
from annuaire.notifications.sources import visible
from communautes.actions import exclude_member
from communautes.models import Adhesion, Communaute
from plateforme.socle.erreurs import ActionRefusee
from realtime.reunions import actions
from realtime.reunions.actions import Exterieur, Invites
from realtime.reunions.models import Creneau, Disponibilite, Reunion, SondageDates, Sonde
from realtime.reunions.tasks import follow_closings
from tests.factories import add_member, browser, make_agent, make_territoire
from tests.reunions.conftest import participant, soon

OUI, SI, NON = Disponibilite.Choix.values


@pytest.fixture
def ask(communaute: Communaute, camille: Agent) -> Callable[..., SondageDates]:
    """Look for a date with the community, at 10 h in seven, eight and nine days, as Camille does."""

    def make(debuts: list[datetime] | None = None, **fields: Any) -> SondageDates:
        fields.setdefault("titre", "Bilan de l’étiage")
        where = fields.pop("communaute", communaute)
        slots = debuts or [soon(days, 10) for days in (7, 8, 9)]
        return actions.propose_dates(fields.pop("auteur", camille), where, slots, **fields)

    return make


def slots(sondage: SondageDates) -> list[Creneau]:
    return list(sondage.creneaux.all())


def told(agent: Agent) -> list[str]:
    titles = Notification.objects.filter(destinataire=agent).values_list("titre", flat=True)
    return [title.replace("\u00a0", " ") for title in titles]


def test_a_date_is_found(
    ask: Callable[..., SondageDates],
    camille: Agent,
    noe: Agent,
    lea: Agent,
    zoe: Agent,
    run_jobs: Callable[[], int],
) -> None:
    sondage = ask(invites=Invites(agents=(zoe,), secretaires=(lea,), toute_la_communaute=True))
    run_jobs()
    run_jobs()
    assert any("Quand se voit-on" in title for title in told(noe))
    assert told(camille) == []
    one, two, three = slots(sondage)
    actions.say_when_free(noe, sondage, {one.pk: NON, two.pk: OUI, three.pk: SI})
    actions.say_when_free(lea, sondage, {one.pk: OUI, two.pk: OUI}, "Pas le soir")
    # Said again, it replaces what was.
    actions.say_when_free(lea, sondage, {two.pk: SI, three.pk: NON}, "")
    said = Disponibilite.objects.filter(sonde__agent=lea).values_list("creneau", "choix")
    assert dict(said) == {two.pk: SI, three.pk: NON}
    reunion = actions.choose_slot(camille, sondage, two.pk)
    sondage.refresh_from_db()
    assert (sondage.etat, sondage.reunion) == ("retenu", reunion)
    assert (reunion.debut, reunion.duree_minutes, reunion.titre) == (two.debut, 60, sondage.titre)
    assert not reunion.points.exists()
    assert {row.agent for row in reunion.participants.present()} == {camille, noe, lea, zoe}
    assert participant(reunion, lea).role == "secretaire"
    mail.outbox.clear()
    run_jobs()
    assert {sent.to[0] for sent in mail.outbox if sent.subject.startswith("Invitation")} == {
        agent.email for agent in (camille, noe, lea, zoe)
    }
    for again in (one.pk, two.pk):
        with pytest.raises(ActionRefusee, match="Une date est déjà retenue"):
            actions.choose_slot(camille, sondage, again)
    with pytest.raises(ActionRefusee, match="On ne répond plus"):
        actions.say_when_free(noe, sondage, {one.pk: OUI})
    for late in (
        lambda: actions.add_slots(camille, sondage, [soon(20)]),
        lambda: actions.cancel_dates(camille, sondage),
    ):
        with pytest.raises(ActionRefusee, match="déjà retenue"):
            late()
    assert Reunion.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_choices_at_once_make_one_meeting(ask: Callable[..., SondageDates], camille: Agent) -> None:
    sondage = ask()
    animatrice = make_agent("Ana")
    Adhesion.objects.create(communaute=sondage.communaute, agent=animatrice, role="animateur")
    outcomes: list[str] = []
    start = threading.Barrier(6)

    def choose(agent: Agent, slot: Creneau) -> None:
        try:
            start.wait()
            actions.choose_slot(agent, sondage, slot.pk)
            outcomes.append("fait")
        except ActionRefusee as refused:
            outcomes.append(refused.message)
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=choose, args=[agent, slot])
        for slot in slots(sondage)
        for agent in (camille, animatrice)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("fait") == 1
    assert sum("déjà retenue" in outcome for outcome in outcomes) == 5
    assert Reunion.objects.count() == 1
    assert Creneau.objects.filter(retenu=True).count() == 1


def test_the_database_holds_it(ask: Callable[..., SondageDates], noe: Agent) -> None:
    sondage = ask()
    one, two, _ = slots(sondage)
    row = Sonde.objects.get(sondage=sondage, agent=noe)
    Creneau.objects.filter(pk=one.pk).update(retenu=True)
    Disponibilite.objects.create(sonde=row, creneau=one, choix=OUI)
    for wrong in (
        lambda: Creneau.objects.filter(pk=two.pk).update(retenu=True),
        lambda: Creneau.objects.create(sondage=sondage, debut=one.debut),
        lambda: Disponibilite.objects.create(sonde=row, creneau=one, choix=NON),
        lambda: Disponibilite.objects.create(sonde=row, creneau=two, choix="peut-être"),
        lambda: SondageDates.objects.filter(pk=sondage.pk).update(etat="annule"),
        lambda: Sonde.objects.create(sondage=sondage, agent=noe),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            wrong()


def test_who_may(
    ask: Callable[..., SondageDates],
    communaute: Communaute,
    camille: Agent,
    noe: Agent,
    lea: Agent,
    zoe: Agent,
) -> None:
    with pytest.raises(PermissionDenied):
        ask(auteur=noe)
    with pytest.raises(PermissionDenied):
        ask(auteur=make_agent("Part", "Enaire", partenaire=True), communaute=None)
    sondage = ask(invites=Invites(agents=(noe,)))
    (one, *_) = slots(sondage)
    page = sondage.get_absolute_url()
    assert [browser(agent).get(page).status_code for agent in (camille, noe, lea, zoe)] == [
        200,
        200,
        404,
        404,
    ]
    with pytest.raises(PermissionDenied):
        actions.say_when_free(lea, sondage, {one.pk: OUI})
    for closed in (
        lambda: actions.choose_slot(noe, sondage, one.pk),
        lambda: actions.add_slots(noe, sondage, [soon(20)]),
        lambda: actions.cancel_dates(noe, sondage),
        lambda: actions.remind_late(sondage, noe),
    ):
        with pytest.raises(PermissionDenied):
            closed()
    # A slot of another search is none of this one.
    other = slots(ask())[0]
    with pytest.raises(ActionRefusee):
        actions.say_when_free(noe, sondage, {other.pk: OUI})
    with pytest.raises(ActionRefusee, match="n’est plus proposé"):
        actions.choose_slot(camille, sondage, other.pk)
    # Who has left answers no more, before the worker has come and after.
    exclude_member(camille, communaute, noe)
    with pytest.raises(PermissionDenied):
        actions.say_when_free(noe, sondage, {one.pk: OUI})
    assert browser(noe).get(page).status_code == 404


def test_members_who_come_and_go(
    ask: Callable[..., SondageDates],
    communaute: Communaute,
    camille: Agent,
    noe: Agent,
    zoe: Agent,
    run_jobs: Callable[[], int],
) -> None:
    sondage = ask()
    add_member(communaute, zoe)
    exclude_member(camille, communaute, noe)
    run_jobs()
    asked = {row.agent for row in Sonde.objects.present().filter(sondage=sondage)}
    assert zoe in asked
    assert noe not in asked
    assert any("Quand se voit-on" in title for title in told(zoe))
    found = list(Notification.objects.filter(destinataire=noe, fil=f"dates.{sondage.pk}"))
    assert visible(noe, found) == []


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"debuts": [soon(-1)]}, "passé"),
        ({"debuts": [soon(4000)]}, "lointain"),
        ({"debuts": [soon(2, minute=number) for number in range(31)]}, "30 créneaux au plus"),
        ({"titre": "  "}, "à quoi sert"),
        ({"cloture_le": soon(-1)}, "passée"),
        ({"cloture_le": soon(60)}, "avant le dernier"),
        ({"invites": Invites()}, "à qui"),
        ({"invites": Invites(exterieurs=(Exterieur("a@b.fr"),))}, "laboratoires"),
    ],
)
def test_what_is_refused(ask: Callable[..., SondageDates], fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ActionRefusee, match=message):
        ask(**fields)
    assert not SondageDates.objects.exists()


def test_more_slots_are_told_to_those_who_answered(
    ask: Callable[..., SondageDates], camille: Agent, noe: Agent, run_jobs: Callable[[], int]
) -> None:
    sondage = ask(cloture_le=soon(1))
    one, *_ = slots(sondage)
    actions.say_when_free(noe, sondage, {one.pk: NON})
    SondageDates.objects.update(cloture_le=timezone.now() - timedelta(hours=1))
    with pytest.raises(ActionRefusee, match="jusqu’à quand"):
        actions.add_slots(camille, sondage, [soon(12)])
    with pytest.raises(ActionRefusee, match="déjà proposés"):
        actions.add_slots(camille, sondage, [one.debut], cloture_le=soon(2))
    assert actions.add_slots(camille, sondage, [one.debut, soon(12)], cloture_le=soon(2)) == 1
    run_jobs()
    assert any("nouveaux créneaux" in title for title in told(noe))
    # What they said stays.
    assert Disponibilite.objects.get(sonde__agent=noe).choix == NON
    # A date that is past is not chosen.
    Creneau.objects.filter(pk=one.pk).update(debut=timezone.now() - timedelta(hours=1))
    with pytest.raises(ActionRefusee, match="passé"):
        actions.choose_slot(camille, sondage, one.pk)


def test_the_late_are_reminded_once_and_who_asks_hears_of_the_end(
    ask: Callable[..., SondageDates], camille: Agent, noe: Agent, lea: Agent, run_jobs: Callable[[], int]
) -> None:
    sondage = ask(cloture_le=soon(3))
    actions.say_when_free(noe, sondage, {slots(sondage)[0].pk: OUI})
    SondageDates.objects.update(
        cloture_le=timezone.now() + timedelta(hours=20), cree_le=timezone.now() - timedelta(days=2)
    )
    for _ in range(2):
        follow_closings(0)
        run_jobs()
    assert sum("Votre réponse est attendue" in title for title in told(lea)) == 1
    assert not any("attendue" in title for title in told(noe) + told(camille))
    with pytest.raises(ActionRefusee, match="moins d’un jour"):
        actions.remind_late(sondage, camille)
    SondageDates.objects.update(cloture_le=timezone.now() - timedelta(minutes=5))
    for _ in range(2):
        follow_closings(0)
    assert sum("choisissez une date" in title for title in told(camille)) == 1
    with pytest.raises(ActionRefusee, match="On ne répond plus"):
        actions.say_when_free(lea, sondage, {slots(sondage)[0].pk: OUI})
    # It is closed, and may be chosen still.
    assert actions.choose_slot(camille, sondage, slots(sondage)[0].pk)


def test_giving_up_is_told_once(
    ask: Callable[..., SondageDates], camille: Agent, noe: Agent, run_jobs: Callable[[], int]
) -> None:
    sondage = ask()
    actions.cancel_dates(camille, sondage)
    actions.cancel_dates(camille, sondage)
    run_jobs()
    assert sum("On ne cherche plus de date" in title for title in told(noe)) == 1
    with pytest.raises(ActionRefusee, match="annulé"):
        actions.choose_slot(camille, sondage, slots(sondage)[0].pk)


def test_guests_of_a_lab_answer_by_their_link(
    ask: Callable[..., SondageDates],
    labo: Communaute,
    camille: Agent,
    noe: Agent,
    client: Any,
    run_jobs: Callable[[], int],
) -> None:
    people = (Exterieur("ines@exemple.org", "Inès"), Exterieur("paul@exemple.org"))
    sondage = ask(communaute=labo, invites=Invites(agents=(noe,), exterieurs=people))
    run_jobs()
    run_jobs()
    to_ines = [sent for sent in mail.outbox if sent.to == ["ines@exemple.org"]]
    assert len(to_ines) == 1
    link = re.search(r"/quand-se-voit-on/\S+", to_ines[0].body)
    assert link
    one, two, _ = slots(sondage)
    actions.say_when_free(noe, sondage, {two.pk: OUI}, "Secret de Noé")
    page = client.get(link[0])
    assert page.status_code == 200
    assert page["Referrer-Policy"] == "same-origin"
    shown = page.content.decode()
    # How many, never who.
    assert "Noé" not in shown
    assert client.post(link[0], {}).status_code == 422
    answer = client.post(
        link[0], {f"creneau-{one.pk}": NON, f"creneau-{two.pk}": OUI, "commentaire": "Le matin"}
    )
    assert answer.status_code == 302
    row = Sonde.objects.get(courriel="ines@exemple.org")
    assert (row.commentaire, row.disponibilites.count()) == ("Le matin", 2)
    # Reminded by hand: who answered is written nothing.
    mail.outbox.clear()
    actions.remind_late(sondage, camille)
    run_jobs()
    assert {sent.to[0] for sent in mail.outbox} >= {"paul@exemple.org"}
    assert "ines@exemple.org" not in {sent.to[0] for sent in mail.outbox}
    # One of them has got an account since: they are invited by it, and choosing is not refused for that.
    paul = make_agent("Paul", "Neuf")
    Agent.objects.filter(pk=paul.pk).update(email="paul@exemple.org")
    reunion = actions.choose_slot(camille, sondage, two.pk)
    assert participant(reunion, paul).origine == "exterieur"
    assert reunion.participants.filter(courriel="ines@exemple.org").exists()
    assert "Date retenue" in client.get(link[0]).content.decode()
    SondageDates.objects.update(fini_le=timezone.now() - timedelta(days=8))
    assert client.get(link[0]).status_code == 404
    assert client.get(link[0][:-4] + "aaa/").status_code == 404


def test_from_the_pages(
    communaute: Communaute,
    camille: Agent,
    noe: Agent,
    plan: Callable[..., Reunion],
    run_jobs: Callable[[], int],
) -> None:
    page_of = browser(camille)
    address = reverse("reunions:proposer-dates", args=[communaute.slug])
    day = (timezone.localdate() + timedelta(days=10)).isoformat()
    posted = {
        "titre": "Bilan",
        "duree_minutes": "90",
        "fuseau": "Europe/Paris",
        "visio": "aucune",
        "qui": "communaute",
        "creneaux-TOTAL_FORMS": "4",
        "creneaux-INITIAL_FORMS": "0",
        "creneaux-0-date": day,
        "creneaux-0-heure": "10:00",
        "creneaux-1-date": day,
        "creneaux-1-heure": "14:30",
    }
    # More rows, nothing lost, nothing complained of.
    more = page_of.post(address, {**posted, "titre": "", "ajouter": "1"})
    rows = len(re.findall(r'name="creneaux-\d-heure"', more.content.decode()))
    assert (more.status_code, rows) == (200, 8)
    assert "à quoi sert" not in more.content.decode()
    wrong = page_of.post(address, {**posted, "creneaux-2-date": day})
    assert wrong.status_code == 422
    assert "Donnez la date et l’heure" in wrong.content.decode()
    assert 'value="14:30"' in wrong.content.decode()
    skipped = page_of.post(
        address,
        {**posted, "creneaux-0-date": "2027-03-28", "creneaux-0-heure": "02:30", "duree_minutes": "60"},
    )
    assert "Cette heure n’existe pas" in skipped.content.decode()
    assert page_of.post(address, posted).status_code == 302
    sondage = SondageDates.objects.get()
    one, two = slots(sondage)
    assert [timezone.localtime(slot.debut).strftime("%H:%M") for slot in (one, two)] == ["10:00", "14:30"]
    run_jobs()
    theirs = browser(noe)
    # Their own conflict is theirs to see.
    plan("Autre", debut=one.debut + timedelta(minutes=30))
    shown = theirs.get(sondage.get_absolute_url()).content.decode()
    assert shown.count("Vous avez déjà une réunion à ce moment") == 1
    assert "Retenir" not in shown
    assert sondage.titre in theirs.get(reverse("reunions:miennes")).content.decode()
    assert theirs.post(sondage.get_absolute_url(), {"commentaire": "Ni l’un ni l’autre"}).status_code == 422
    answer = {f"creneau-{one.pk}": NON, f"creneau-{two.pk}": OUI}
    assert theirs.post(sondage.get_absolute_url(), answer).status_code == 302
    shown = page_of.get(sondage.get_absolute_url()).content.decode()
    assert shown.count("Convient le mieux") == 1
    assert noe.nom_complet in shown
    added = page_of.post(
        reverse("reunions:ajouter-creneaux", args=[sondage.pk]),
        {
            "creneaux-TOTAL_FORMS": "1",
            "creneaux-INITIAL_FORMS": "0",
            "creneaux-0-date": day,
            "creneaux-0-heure": "16:00",
        },
    )
    assert added.status_code == 302
    assert sondage.creneaux.count() == 3
    page_of.post(reverse("reunions:relancer-sondage", args=[sondage.pk]))
    chosen = page_of.post(reverse("reunions:retenir", args=[sondage.pk]), {"creneau": str(two.pk)})
    assert chosen.url == Reunion.objects.get(titre="Bilan").get_absolute_url()
    again = page_of.post(
        reverse("reunions:retenir", args=[sondage.pk]), {"creneau": str(one.pk)}, follow=True
    )
    assert "Une date est déjà retenue" in again.content.decode()
    assert "Voir la réunion" in theirs.get(sondage.get_absolute_url()).content.decode()


def test_hours_are_the_reader_s(ask: Callable[..., SondageDates], communaute: Communaute) -> None:
    far = make_agent("Loin", "Taine", territoire=make_territoire("974"))
    add_member(communaute, far)
    sondage = ask()
    summer = timezone.localtime(slots(sondage)[0].debut).dst()
    shown = browser(far).get(sondage.get_absolute_url()).content.decode().replace("\u00a0", " ")
    assert ("de 12 h à 13 h" if summer else "de 13 h à 14 h") in shown


def test_number_of_queries_does_not_grow(
    ask: Callable[..., SondageDates],
    communaute: Communaute,
    camille: Agent,
    django_assert_max_num_queries: Any,
) -> None:
    sondage = ask()
    page_of = browser(camille)

    def measure() -> int:
        with django_assert_max_num_queries(32) as queries:
            assert page_of.get(sondage.get_absolute_url()).status_code == 200
        return len(queries)

    found = slots(sondage)
    actions.say_when_free(camille, sondage, {found[0].pk: OUI})
    measure()
    before = measure()
    for number in range(4):
        member = make_agent(f"Agent{number}")
        add_member(communaute, member)
        Sonde.objects.get_or_create(sondage=sondage, agent=member)
        actions.say_when_free(member, sondage, {slot.pk: OUI for slot in found})
    actions.add_slots(camille, sondage, [soon(20 + number) for number in range(8)])
    # Two more at most: a test beside this one may empty the cache that holds the session.
    assert measure() <= before + 2


def test_from_a_salon_and_among_a_few_agents(
    ask: Callable[..., SondageDates],
    communaute: Communaute,
    camille: Agent,
    noe: Agent,
    lea: Agent,
    zoe: Agent,
) -> None:
    salon = communaute.salons.get()
    with pytest.raises(PermissionDenied):
        ask(auteur=noe, salon=salon)
    from_salon = ask(auteur=noe, salon=salon, invites=Invites(agents=(lea,)))
    # A slot that an animatrice chooses is a meeting that she organises, with who asked.
    reunion = actions.choose_slot(camille, from_salon, slots(from_salon)[0].pk)
    assert (reunion.organisateur, reunion.salon, reunion.communaute) == (camille, salon, communaute)
    assert {row.agent for row in reunion.participants.present()} == {camille, noe, lea}
    assert participant(reunion, noe).role == "animateur"
    # By who asked, a member among others.
    again = ask(auteur=noe, salon=salon, invites=Invites(agents=(lea,)))
    assert actions.choose_slot(noe, again, slots(again)[1].pk).organisateur == noe
    few = ask(auteur=noe, communaute=None, invites=Invites(agents=(zoe, lea)))
    page = few.get_absolute_url()
    assert [browser(agent).get(page).status_code for agent in (noe, zoe, camille)] == [200, 200, 404]
    # Who closed their account meanwhile is left out of the meeting.
    Agent.objects.filter(pk=zoe.pk).update(is_active=False)
    reunion = actions.choose_slot(noe, few, slots(few)[0].pk)
    assert {row.agent for row in reunion.participants.present()} == {noe, lea}
    # Among agents nobody else decides: who is asked may not.
    other = ask(auteur=noe, communaute=None, invites=Invites(agents=(lea,)))
    with pytest.raises(PermissionDenied):
        actions.choose_slot(lea, other, slots(other)[0].pk)


def test_a_cut_in_the_middle_leaves_nothing(
    ask: Callable[..., SondageDates], camille: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    sondage = ask()
    (one, *_) = slots(sondage)

    def cut(*args: Any, **kwargs: Any) -> None:
        raise ConnectionError

    with monkeypatch.context() as patched, pytest.raises(ConnectionError), transaction.atomic():
        # After the meeting is planned, before the search is closed.
        patched.setattr(Creneau, "save", cut)
        actions.choose_slot(camille, sondage, one.pk)
    sondage.refresh_from_db()
    assert (sondage.etat, Reunion.objects.count()) == ("ouvert", 0)
    assert actions.choose_slot(camille, sondage, one.pk)
