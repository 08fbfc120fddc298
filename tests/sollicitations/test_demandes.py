"""Asking: kept as it is written, read over, sent; to whom, how much, and who reads it."""

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from annuaire.models import Agent, Expertise
from annuaire.notifications.models import Notification
from annuaire.sollicitations import actions
from annuaire.sollicitations.appels import reached_by_call
from annuaire.sollicitations.charge import others_like, rooms_of
from annuaire.sollicitations.models import Destinataire, FichierSollicitation, Sollicitation
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.models import EntreeJournal
from tests.factories import browser, declare, make_agent, make_territoire
from tests.sollicitations.conftest import BESOIN, ask, call, projet, thread

pytestmark = pytest.mark.django_db
NEW = "/sollicitations/nouvelle/"


def test_from_a_profile_to_the_sending(nadia: Agent, gaelle: Agent, run_jobs: Callable[[], int]) -> None:
    client = browser(nadia)
    page = client.get(gaelle.get_absolute_url()).content.decode()
    assert f"{NEW}?a={gaelle.identifiant}" in page
    assert f"{NEW}?a={gaelle.identifiant}" in client.get("/annuaire/?q=Estaque").content.decode()
    nobody = client.get("/annuaire/?q=xylophone").content.decode()
    assert nobody.count(f"{NEW}?appel=1&amp;objet=xylophone") == 1
    form = client.get(f"{NEW}?a={gaelle.identifiant}").content.decode()
    assert f'value="{gaelle.identifiant}"' in form
    answer = client.post(
        NEW,
        {
            "destinataires": [gaelle.identifiant],
            "objet": "Busage d’un fossé",
            "besoin": BESOIN,
            "forme": "avis",
            "urgence": "trois",
            "pieces": io.BytesIO(b""),
        },
    )
    row = Sollicitation.objects.get()
    assert answer["Location"] == row.get_absolute_url() and row.etat == "brouillon"
    read_over = client.get(row.get_absolute_url()).content.decode()
    assert 'name="brouillon-envoye" content="sollicitation"' in read_over
    assert gaelle.nom_complet in read_over and "Envoyer" in read_over
    # Nobody else knows of it yet.
    assert browser(gaelle).get(row.get_absolute_url()).status_code == 404
    client.post(reverse("sollicitations:envoyer", args=[row.pk]))
    client.post(reverse("sollicitations:envoyer", args=[row.pk]))
    run_jobs()
    fil = thread(row, gaelle)
    assert (fil.etat, fil.sollicitation.pour_le) == ("envoyee", timezone.localdate() + timedelta(days=3))
    told = Notification.objects.get(destinataire=gaelle)
    assert told.genre == "aide" and "vous sollicite" in told.titre
    assert not Notification.objects.filter(destinataire=nadia).exists()
    seen = browser(gaelle).get(fil.get_absolute_url()).content.decode()
    assert "fossé" in seen and "J’accepte" in seen
    assert thread(row, gaelle).etat == "vue"
    assert "Vue" in client.get(row.get_absolute_url()).content.decode()
    assert EntreeJournal.objects.filter(action="sollicitation.send").count() == 1


def test_what_is_missing_is_said_and_nothing_lost(nadia: Agent, gaelle: Agent) -> None:
    draft = actions.save_draft(nadia, projet(objet="", besoin="Court"), [gaelle])
    for fields, champ in (({"objet": ""}, "objet"), ({"besoin": "Court"}, "besoin")):
        actions.save_draft(nadia, projet(**fields), [gaelle], brouillon=draft)
        with pytest.raises(ActionRefusee) as refused:
            actions.send(nadia, draft)
        assert refused.value.champ == champ
    actions.save_draft(nadia, projet(), [], brouillon=draft)
    with pytest.raises(ActionRefusee, match="au moins une personne"):
        actions.send(nadia, draft)
    bad = browser(nadia).post(NEW, {"ajouter": "Personne Inconnue", "objet": "Gardé", "forme": "avis"})
    assert bad.status_code == 422 and "Gardé" in bad.content.decode()
    with pytest.raises(ActionRefusee, match="soi-même"):
        actions.save_draft(nadia, projet(), [nadia])
    with pytest.raises(ActionRefusee, match="passée"):
        actions.save_draft(nadia, projet(pour_le=timezone.localdate() - timedelta(days=1)), [gaelle])


def test_a_text_too_long_comes_back_whole_and_files_are_said_to_be_chosen_again(
    nadia: Agent, gaelle: Agent
) -> None:
    long = "é" * 20_000
    data = {"destinataires": [gaelle.identifiant], "besoin": long, "forme": "avis", "urgence": "aucune"}
    client = browser(nadia)
    answer = client.post(NEW, {**data, "pieces": ContentFile(b"%PDF-1.4", name="plan.pdf")})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert long in page
    assert "6000 caractères au plus : il y en a 20000" in page
    assert "Les fichiers sont à choisir de nouveau" in page
    # A browser would cut what is pasted, without a word.
    assert "maxlength" not in page.split('id="id_besoin"')[0].rsplit("<textarea", 1)[1]
    assert "Les fichiers sont" not in client.post(NEW, data).content.decode()


def test_partners_neither_ask_nor_are_asked(nadia: Agent, gaelle: Agent) -> None:
    partner = make_agent("Part", partenaire=True, organisme="Université")
    with pytest.raises(PermissionDenied):
        actions.save_draft(partner, projet(), [gaelle])
    with pytest.raises(ActionRefusee, match="agent de l’État"):
        actions.save_draft(nadia, projet(), [partner])
    asked = ask(nadia, gaelle)
    for where in (
        NEW,
        "/sollicitations/",
        asked.get_absolute_url(),
        thread(asked, gaelle).get_absolute_url(),
    ):
        assert browser(partner).get(where).status_code == 403


def test_who_reads_what(nadia: Agent, gaelle: Agent, yvon: Agent) -> None:
    """Who asks reads all; each of those asked, their own thread; an administrator, nothing."""
    asked = ask(nadia, gaelle, yvon)
    actions.write(gaelle, thread(asked, gaelle), "Entre nous deux.")
    mine = thread(asked, gaelle).get_absolute_url()
    boss = make_agent("Chef", is_staff=True, is_superuser=True)
    for reader, expected in ((nadia, 200), (gaelle, 200), (yvon, 404), (boss, 404)):
        assert browser(reader).get(mine).status_code == expected, reader
        assert ("Entre nous" in browser(reader).get(mine).content.decode()) == (expected == 200)
    assert browser(yvon).get(asked.get_absolute_url())["Location"] == thread(asked, yvon).get_absolute_url()
    assert browser(boss).get(asked.get_absolute_url()).status_code == 404
    page = browser(yvon).get(thread(asked, yvon).get_absolute_url()).content.decode()
    assert gaelle.nom_complet not in page and "1\u00a0autre personne" in page.replace("&nbsp;", "\u00a0")


def test_files_follow_their_readers(nadia: Agent, gaelle: Agent, yvon: Agent) -> None:
    draft = actions.save_draft(nadia, projet(), [gaelle, yvon])
    plan = actions.add_file(nadia, draft, ContentFile(b"plan"), nom="plan.txt")
    assert browser(gaelle).get(plan.get_absolute_url()).status_code == 404
    with pytest.raises(PermissionDenied):
        actions.add_file(gaelle, draft, ContentFile(b"x"), nom="x.txt")
    asked = actions.send(nadia, draft)
    with pytest.raises(ActionRefusee):
        actions.remove_file(nadia, plan)
    said = actions.write(
        gaelle, thread(asked, gaelle), "Voici.", fichiers=[ContentFile(b"note", name="note.txt")]
    )
    note = said.fichiers.get()
    for reader, both in (
        (nadia, (200, 200)),
        (gaelle, (200, 200)),
        (yvon, (200, 404)),
        (make_agent(), (404, 404)),
    ):
        got = tuple(browser(reader).get(file.get_absolute_url()).status_code for file in (plan, note))
        assert got == both, reader
    with pytest.raises(ActionRefusee, match="contenu"):
        actions.write(gaelle, thread(asked, gaelle), "Texte", fichiers=[ContentFile(b"MZ\0", name="a.pdf")])
    assert FichierSollicitation.objects.count() == 2


def test_a_direct_ask_beyond_the_limit_is_said_before(
    nadia: Agent, gaelle: Agent, yvon: Agent, eau: Expertise
) -> None:
    actions.set_capacity(gaelle, ouvertes=None, par_mois=1, appels=True)
    first = ask(make_agent(), gaelle)
    room = rooms_of([gaelle])[gaelle.pk]
    assert not room.possible and room.des_le == timezone.localdate() + timedelta(days=30)
    draft = actions.save_draft(nadia, projet(), [gaelle])
    page = browser(nadia).get(draft.get_absolute_url()).content.decode()
    assert "partir du" in page and yvon.nom_complet in page
    assert reverse("sollicitations:envoyer", args=[draft.pk]) not in page
    with pytest.raises(ActionRefusee, match="trente jours"):
        actions.send(nadia, draft)
    # A month later, there is room again.
    Destinataire.objects.filter(sollicitation=first).update(compte_le=timezone.now() - timedelta(days=31))
    assert actions.send(nadia, draft).etat == "envoyee"


def test_what_is_open_weighs_until_it_is_answered(nadia: Agent, gaelle: Agent) -> None:
    actions.set_capacity(gaelle, ouvertes=1, par_mois=None, appels=True)
    first = ask(nadia, gaelle)
    with pytest.raises(ActionRefusee, match="en cours"):
        ask(make_agent(), gaelle)
    actions.write(gaelle, thread(first, gaelle), "Oui, au-delà de 10 mètres.", reponse=True)
    assert ask(make_agent(), gaelle).etat == "envoyee"
    for bad in (0, 51):
        with pytest.raises(ActionRefusee):
            actions.set_capacity(gaelle, ouvertes=bad, par_mois=None, appels=True)


def test_whom_a_call_reaches(nadia: Agent, gaelle: Agent, yvon: Agent, eau: Expertise) -> None:
    far = make_agent("Loin", territoire=make_territoire("29", "Finistère", "R53"))
    declare(far, "Loi sur l’eau")
    beginner = make_agent("Début")
    declare(beginner, "Loi sur l’eau", niveau=1)
    away = make_agent("Absent", disponibilite="non")
    declare(away, "Loi sur l’eau")
    deaf = make_agent("Sourd")
    declare(deaf, "Loi sur l’eau")
    actions.set_capacity(deaf, ouvertes=None, par_mois=None, appels=False)
    full = make_agent("Pleine")
    declare(full, "Loi sur l’eau")
    actions.set_capacity(full, ouvertes=1, par_mois=None, appels=True)
    ask(make_agent(), full)
    declare(nadia, "Loi sur l’eau")
    region = make_territoire().parent
    assert list(reached_by_call(nadia, eau, region)) == [gaelle, yvon]
    assert set(reached_by_call(nadia, eau, None)) == {gaelle, yvon, far}
    draft = actions.save_draft(nadia, projet(appel=True, expertise=eau, territoire=region))
    page = browser(nadia).get(draft.get_absolute_url()).content.decode().replace("&nbsp;", "\u00a0")
    assert "2\u00a0personnes recevront" in page
    asked = actions.send(nadia, draft)
    assert asked.destinataires.count() == 2
    # A call weighs on those who take it, not on those whom it reaches.
    assert not Destinataire.objects.filter(sollicitation=asked, compte_le__isnull=False).exists()


def test_a_call_that_reaches_nobody(nadia: Agent, eau: Expertise, gaelle: Agent, yvon: Agent) -> None:
    with pytest.raises(ActionRefusee, match="Personne ne peut recevoir"):
        call(nadia, eau, territoire=make_territoire("29", "Finistère", "R53"))
    assert Sollicitation.objects.get().etat == "brouillon"


def test_so_many_in_a_day(nadia: Agent, gaelle: Agent, settings) -> None:
    settings.SOLLICITATIONS = settings.SOLLICITATIONS | {"par_jour": 2}
    ask(nadia, gaelle)
    ask(nadia, gaelle)
    with pytest.raises(ActionRefusee, match="gardée en brouillon"):
        ask(nadia, gaelle)
    assert Sollicitation.objects.filter(etat="brouillon").count() == 1


def test_a_closed_account_is_not_asked(nadia: Agent, gaelle: Agent) -> None:
    draft = actions.save_draft(nadia, projet(), [gaelle])
    Agent.objects.filter(pk=gaelle.pk).update(is_active=False)
    with pytest.raises(ActionRefusee, match="plus de compte"):
        actions.send(nadia, draft)


def test_who_was_chosen_and_left_is_said_to_be_missing(nadia: Agent, gaelle: Agent, yvon: Agent) -> None:
    where = f"{NEW}?a={gaelle.identifiant}&a={yvon.identifiant}"
    missing = "Une personne choisie n’est pas dans la liste"
    assert missing not in browser(nadia).get(where).content.decode()
    Agent.objects.filter(pk=yvon.pk).update(is_active=False)
    page = browser(nadia).get(where).content.decode()
    assert missing in page
    assert f'value="{gaelle.identifiant}"' in page and f'value="{yvon.identifiant}"' not in page


def test_others_like_somebody(nadia: Agent, gaelle: Agent, yvon: Agent, eau: Expertise) -> None:
    assert others_like(nadia, gaelle) == [yvon]
    assert others_like(yvon, gaelle) == []


def test_pages_cost_the_same_whatever_they_hold(
    nadia: Agent, gaelle: Agent, django_assert_max_num_queries
) -> None:
    people = [make_agent() for _ in range(6)]
    asked = ask(nadia, gaelle, *people)
    for number in range(10):
        actions.write(nadia, thread(asked, gaelle), f"Mot {number}")
    client, hers = browser(nadia), browser(gaelle)
    fil = thread(asked, gaelle)
    hers.get(fil.get_absolute_url())
    for who, where in (
        (client, asked.get_absolute_url()),
        (client, "/sollicitations/?vue=envoyees"),
        (hers, "/sollicitations/"),
        (hers, fil.get_absolute_url()),
        (client, f"{NEW}?a={gaelle.identifiant}"),
    ):
        with django_assert_max_num_queries(26):
            assert who.get(where).status_code == 200
