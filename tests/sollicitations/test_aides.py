"""Help given in private counts for the expertise it was about: as a number, of which nothing else can be read."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from annuaire.models import Agent, Expertise
from annuaire.preuves.models import Preuve
from annuaire.recherche import rank_agents
from annuaire.sollicitations import actions
from annuaire.sollicitations.actions import Bilan
from annuaire.sollicitations.comptes import useful_to
from annuaire.sollicitations.models import Capacite, Destinataire
from annuaire.trouver.criteres import parse
from annuaire.trouver.moteur import find, results
from forum.actions import set_reaction
from forum.models import Sujet
from forum.publications import actions as publications
from tests.factories import add_member, browser, make_agent, make_communaute
from tests.sollicitations.conftest import ask, thread

pytestmark = pytest.mark.django_db
SECRET = "xylophage mérule"


def help_once(asker: Agent, helper: Agent, expertise: Expertise | None, utile: str = "oui") -> Destinataire:
    asked = ask(asker, helper, expertise=expertise, besoin=f"Que faire contre le {SECRET} ici ?")
    actions.write(helper, thread(asked, helper), f"Traitez le {SECRET} dès que possible.", reponse=True)
    actions.close(asker, asked, {thread(asked, helper).pk: Bilan(utile)})
    return thread(asked, helper)


def ranking(question: str) -> list[tuple[int, float]]:
    searcher = Agent.objects.filter(prenom="Curieux").first() or make_agent("Curieux")
    now = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    return rank_agents(searcher, question, quand=now).trouves


def found(question: str) -> list[int]:
    return [pk for pk, _ in ranking(question)]


def test_whoever_was_of_use_is_found_for_that_expertise(
    nadia: Agent, gaelle: Agent, yvon: Agent, eau: Expertise
) -> None:
    paul, lise = make_agent("Paul"), make_agent("Lise")
    for asker in (nadia, nadia, paul):
        help_once(asker, yvon, eau)
    help_once(nadia, lise, eau)
    notes = dict(ranking("loi sur l’eau"))
    assert lise.pk in notes and notes[yvon.pk] > notes[lise.pk]
    # The same colleague twice is one colleague.
    assert [(row.expertise, row.collegues) for row in useful_to([yvon.pk])[yvon.pk]] == [(eau, 2)]


def test_told_on_the_page_and_in_the_reasons(nadia: Agent, gaelle: Agent, eau: Expertise) -> None:
    lise, reader = make_agent("Lise"), make_agent("Curieux")
    help_once(nadia, gaelle, eau)
    help_once(nadia, lise, eau)
    page = browser(reader).get(gaelle.get_absolute_url()).content.decode()
    assert 'id="aides"' in page and "1\u00a0collègue" in page
    assert nadia.nom_complet not in page
    answer = find(reader, parse("q=loi sur l’eau"))
    said = {row.agent.pk: row.raisons for row in results(reader, answer, answer.retenues)}
    assert any("#aides" in reason and "aide utile à 1\u00a0collègue" in reason for reason in said[gaelle.pk])
    # Found by this alone, nothing else is made up of them.
    assert "aide utile" in said[lise.pk][-1] and "Mots proches" not in " ".join(said[lise.pk])
    partner = make_agent("Pia", partenaire=True)
    add_member(make_communaute(gaelle), partner)
    assert 'id="aides"' not in browser(partner).get(gaelle.get_absolute_url()).content.decode()


def test_the_words_of_a_private_thread_find_nobody(nadia: Agent, gaelle: Agent, eau: Expertise) -> None:
    before = ranking(SECRET), ranking(f"loi sur l’eau {SECRET}")
    asked = ask(nadia, gaelle, besoin=f"Que faire contre le {SECRET} ici ?", expertise=eau)
    actions.write(gaelle, thread(asked, gaelle), f"Traitez le {SECRET} au plus tôt.", reponse=True)
    assert (ranking(SECRET), ranking(f"loi sur l’eau {SECRET}")) == before == ([], before[1])
    actions.close(nadia, asked, {thread(asked, gaelle).pk: Bilan("oui", f"Le {SECRET} est parti")})
    assert found(SECRET) == []
    assert not Preuve.objects.exists()


@pytest.mark.parametrize("how", ["not closed", "not said", "no use", "no expertise", "without follow-up"])
def test_only_what_was_useful_and_is_over_counts(
    nadia: Agent, gaelle: Agent, eau: Expertise, how: str
) -> None:
    before = ranking("loi sur l’eau")
    if how == "not closed":
        asked = ask(nadia, gaelle, expertise=eau)
        actions.write(gaelle, thread(asked, gaelle), "Oui, au-delà de dix mètres.", reponse=True)
    elif how == "without follow-up":
        actions.give_up(nadia, ask(nadia, gaelle, expertise=eau))
    else:
        said = {"not said": "", "no use": "non"}.get(how, "oui")
        help_once(nadia, gaelle, None if how == "no expertise" else eau, said)
    assert ranking("loi sur l’eau") == before
    assert useful_to([gaelle.pk]) == {}


def test_hidden_it_changes_nothing_for_anybody(nadia: Agent, gaelle: Agent, eau: Expertise) -> None:
    before = ranking("loi sur l’eau")
    fil = help_once(nadia, gaelle, eau)
    counted = ranking("loi sur l’eau")
    assert counted != before
    where = f"{fil.get_absolute_url()}compter/"
    assert "Ne plus la compter" in browser(gaelle).get(fil.get_absolute_url()).content.decode()
    assert "Ne plus la compter" not in browser(nadia).get(fil.get_absolute_url()).content.decode()
    browser(gaelle).post(where, {"compte": "non"})
    browser(gaelle).post(where, {"compte": "non"})
    assert ranking("loi sur l’eau") == before
    page = browser(Agent.objects.get(prenom="Curieux")).get(gaelle.get_absolute_url()).content.decode()
    assert 'id="aides"' not in page and "répondu à" not in page
    browser(gaelle).post(where, {"compte": "oui"})
    assert ranking("loi sur l’eau") == counted
    # Or all of them at once.
    Capacite.objects.create(agent=gaelle, montre_aides=False)
    assert ranking("loi sur l’eau") == before
    assert useful_to([gaelle.pk]) == {}


def test_only_who_helped_decides(nadia: Agent, gaelle: Agent, yvon: Agent, eau: Expertise) -> None:
    fil = help_once(nadia, gaelle, eau)
    for other in (nadia, yvon):
        with pytest.raises(PermissionDenied):
            actions.set_counted(other, fil, False)
    assert browser(nadia).post(f"{fil.get_absolute_url()}compter/", {"compte": "non"}).status_code == 403
    assert browser(yvon).post(f"{fil.get_absolute_url()}compter/", {"compte": "non"}).status_code == 404
    fil.refresh_from_db()
    assert fil.compte


def test_it_fades(nadia: Agent, gaelle: Agent, eau: Expertise) -> None:
    fil = help_once(nadia, gaelle, eau)
    fresh = dict(ranking("loi sur l’eau"))[gaelle.pk]
    type(fil.sollicitation).objects.update(finie_le=timezone.now() - timedelta(days=3000))
    assert dict(ranking("loi sur l’eau"))[gaelle.pk] < fresh


def test_published_with_both_agreements_it_is_evidence_like_another(nadia: Agent, gaelle: Agent) -> None:
    place = make_communaute(nadia)
    add_member(place, gaelle)
    fil = help_once(nadia, gaelle, None)
    words = {"titre": f"Contre le {SECRET}", "texte": f"Le {SECRET} se traite au printemps."}
    publications.propose(nadia, fil, place, **words, nommer=True)
    assert found(SECRET) == []
    publications.agree(gaelle, fil, nommer=True, version=1)
    proved = Preuve.objects.get()
    assert (proved.agent, proved.genre) == (gaelle, "reponse")
    member = make_agent("Membre")
    add_member(place, member)
    # What she finds useful in it herself says nothing; what others do, does.
    message = Sujet.objects.get().messages.get()
    set_reaction(gaelle, message, "utile", True)
    assert Preuve.objects.get() == proved
    set_reaction(member, message, "utile", True)
    assert Preuve.objects.get(genre="utile").poids == 1
    assert [pk for pk, _ in rank_agents(member, SECRET).trouves] == [gaelle.pk]


def test_published_without_a_name_it_proves_nothing_of_them(nadia: Agent, gaelle: Agent) -> None:
    place = make_communaute(nadia)
    add_member(place, gaelle)
    fil = help_once(nadia, gaelle, None)
    publications.propose(
        nadia, fil, place, titre=f"Contre le {SECRET}", texte=f"Le {SECRET} se traite.", nommer=True
    )
    sujet = publications.agree(gaelle, fil, nommer=False, version=1)
    assert Sujet.objects.get() == sujet and sujet.auteur == nadia
    assert not Preuve.objects.exists()


def test_a_chosen_colleague_may_be_asked_about_an_expertise(
    nadia: Agent, gaelle: Agent, eau: Expertise
) -> None:
    page = browser(nadia).get("/sollicitations/nouvelle/", {"a": gaelle.identifiant, "expertise": eau.slug})
    assert page.context["form"]["expertise"].value() == eau.pk
    sent = {
        "destinataires": gaelle.identifiant, "objet": "Busage", "besoin": "Faut-il une déclaration ?",
        "forme": "avis", "urgence": "aucune", "expertise": str(eau.pk),
    }  # fmt: skip
    read_over = browser(nadia).post("/sollicitations/nouvelle/", sent, follow=True)
    assert "Loi sur l’eau" in read_over.content.decode()
    assert read_over.context["sollicitation"].expertise == eau


def test_taken_on_and_never_written_it_is_told_only_when_it_counts(
    nadia: Agent, gaelle: Agent, eau: Expertise
) -> None:
    for expertise in (None, eau):
        asked = ask(nadia, gaelle, expertise=expertise, forme="appel")
        actions.accept(gaelle, thread(asked, gaelle))
        actions.close(nadia, asked, {thread(asked, gaelle).pk: Bilan("oui")})
        page = browser(gaelle).get(thread(asked, gaelle).get_absolute_url()).content.decode()
        assert ("Ne plus la compter" in page) == (expertise is not None)
    assert [row.collegues for row in useful_to([gaelle.pk])[gaelle.pk]] == [1]
