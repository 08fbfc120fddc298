"""The demo's world: what is promised is there, the same each time; and the filling for measures."""

import hashlib
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from annuaire.models import Agent, Territoire
from communautes.fichiers.models import Document, Version
from communautes.models import Adhesion, Communaute
from communautes.suites.models import Decision, Tache
from forum.access import reports_to_handle
from forum.models import Favori, Message, Signalement, Sujet
from plateforme.demo.comptes import COMPTES
from plateforme.demo.monde.chargement import load_world
from plateforme.demo.monde.lecture import CONTENU, ContenuInvalide, read_world
from realtime.models import MessageSalon
from realtime.reunions.models import Reunion

NOW = timezone.make_aware(datetime(2026, 11, 24, 9, 0))


def digest() -> list[str]:
    """Of each kind of thing that people see, but for the database's own numbers."""
    parts: list[Any] = [
        list(Agent.objects.order_by("identifiant").values_list("identifiant", "fonction", "telephone")),
        list(Adhesion.objects.order_by("communaute__slug", "agent__identifiant").values_list("agent__identifiant", "role")),
        list(Message.objects.order_by("sujet__titre", "numero").values_list("texte", "cree_le")),
        list(MessageSalon.objects.order_by("client_id").values_list("client_id", "texte", "cree_le")),
        list(Version.objects.order_by("document__nom").values_list("document__nom", "empreinte")),
        list(Reunion.objects.order_by("titre", "debut").values_list("titre", "debut")),
        list(Decision.objects.order_by("texte").values_list("texte", "annee", "numero", "cree_le")),
        list(Tache.objects.order_by("libelle").values_list("libelle", "echeance", "responsable__identifiant")),
    ]  # fmt: skip
    return [hashlib.sha256(repr(part).encode()).hexdigest() for part in parts]


@pytest.mark.django_db
@pytest.mark.long
def test_the_world_is_whole_and_the_same_each_time() -> None:
    call_command("charger_referentiels", verbosity=0)
    monde = read_world()
    seen = []
    for _ in range(2):
        with transaction.atomic():
            load_world(monde, NOW)
            seen.append(digest())
            check_what_is_promised()
            transaction.set_rollback(True)
    assert seen[0] == seen[1]


def check_what_is_promised() -> None:
    assert Agent.objects.count() == 300
    for compte in COMPTES:
        kept = Favori.objects.filter(agent__identifiant=compte.identifiant)
        assert (kept.count(), kept.exclude(rappel_le=None).count()) == (2, 1)
    genres = Counter(Communaute.objects.values_list("genre", flat=True))
    assert (genres["communaute"], genres["laboratoire"]) == (7, 2)
    assert set(Communaute.objects.values_list("visibilite", flat=True)) == {
        "ouverte",
        "sur_demande",
        "privee",
    }
    assert Sujet.objects.count() >= 45
    assert Message.objects.count() >= 250
    assert Sujet.objects.filter(message_accepte__isnull=False).count() >= 15
    assert Document.objects.count() >= 40
    assert {name.rpartition(".")[2] for name in Document.objects.values_list("nom", flat=True)} >= {
        "pdf", "odt", "ods", "png",
    }  # fmt: skip
    assert Reunion.objects.filter(debut__gt=NOW).count() >= 9
    assert (Decision.objects.count(), Tache.objects.count()) == (5, 5)
    assert Message.objects.exclude(suites="").count() == 4
    assert not Sujet.objects.filter(dernier_message_le__gt=NOW).exists()
    # Two régions, with all their départements.
    served = set(Agent.objects.filter(partenaire=False).values_list("territoire__code", flat=True))
    for region in ("R76", "R84"):
        codes = set(Territoire.objects.filter(parent__code=region).values_list("code", flat=True))
        assert codes <= served
    for compte in COMPTES:
        agent = Agent.objects.get(identifiant=compte.identifiant)
        assert agent.emailaddress_set.filter(verified=True, primary=True).exists()
        # Each finds something that waits for them.
        assert agent.adhesions.exists()
    # A text that several wrote, and something for a moderator to decide.
    wiki = Message.objects.get(wiki=True)
    hands = {wiki.auteur, wiki.modifie_par, *(row.auteur for row in wiki.versions.all())}
    assert len(hands) >= 3 and wiki.versions.count() >= 2
    assert wiki.modifie_le is not None and wiki.cree_le < wiki.modifie_le < NOW
    aminata = Agent.objects.get(identifiant="aminata-sarr")
    report = reports_to_handle(aminata).get()
    assert report.etat == Signalement.Etat.OUVERT
    assert aminata.notifications.filter(cle=f"signalement.{report.pk}", lue_le=None).exists()


def test_nothing_is_filler() -> None:
    """No paragraph of any length is written twice, in whatever file."""
    paragraphs: Counter[str] = Counter()
    for content in read_world().fichiers:
        texts = [sujet["texte"] for sujet in content["sujets"]]
        texts += [message["texte"] for sujet in content["sujets"] for message in sujet.get("messages", [])]
        texts += [line["texte"] for line in content.get("salon", [])]
        paragraphs.update(part.strip() for text in texts for part in text.split("\n\n") if len(part) > 60)
    assert [text for text, count in paragraphs.items() if count > 1] == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("[communaute]", "[communaute"), r"01-police-de-l-eau\.toml .*line \d+"),
        (('auteur = "nadia-ferhat"', 'auteur = "inconnue"'), "personnes inconnues : inconnue"),
        (("jours = 43", "jour = 43"), "01-police-de-l-eau.toml, « sujets », entrée 1 : il manque « jours »"),
    ],
)
def test_an_unreadable_file_is_refused_by_name(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    source = CONTENU / "01-police-de-l-eau.toml"
    (tmp_path / source.name).write_text(source.read_text().replace(*change, 1))
    with pytest.raises(ContenuInvalide, match=said):
        read_world(tmp_path)


@pytest.mark.django_db(transaction=True)
def test_filling_for_measures() -> None:
    call_command("charger_referentiels", verbosity=0)
    call_command("generer_volume", agents=300, messages=800, documents=20, verbosity=0)
    assert Agent.objects.count() == 300
    assert Message.objects.count() == 800
    assert Document.objects.filter(version_courante__isnull=False).count() == 20
    # What was poured in is found, counted and numbered as what people write.
    assert Agent.objects.exclude(mots="").exists()
    for sujet in Sujet.objects.all()[:20]:
        numbers = list(sujet.messages.order_by("numero").values_list("numero", flat=True))
        assert numbers == list(range(1, sujet.dernier_numero + 1))
    for communaute in Communaute.objects.all()[:20]:
        assert communaute.nb_membres == communaute.adhesions.count()
