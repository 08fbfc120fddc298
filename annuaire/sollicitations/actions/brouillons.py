"""What is being prepared: kept as it is typed, sent to nobody."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.db import transaction
from django.utils import timezone

from annuaire.models import Agent, Expertise, Territoire
from annuaire.sollicitations.access import require_agent
from annuaire.sollicitations.actions.commun import check_text, locked
from annuaire.sollicitations.etats import Etat
from annuaire.sollicitations.models import (
    OBJET_MAX,
    PLACES_MAX,
    FichierSollicitation,
    Forme,
    Sollicitation,
    Urgence,
)
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.fichiers.joints import take_in
from plateforme.socle.journal import record
from plateforme.socle.limites import check_limit
from plateforme.socle.texte import render_markdown
from plateforme.socle.typographie import tidy_title

BROUILLONS_MAX, FICHIERS_MAX = 20, 10
PARTIE = "Cette sollicitation est déjà envoyée : écrivez dans les échanges ce que vous voulez y ajouter."


@dataclass(frozen=True)
class Projet:
    """What is asked, as typed. `expertise`: the one that a call looks for, or that the need is about. `territoire` and
    `places` are of a call."""

    objet: str
    besoin: str
    contexte: str = ""
    urgence: str = Urgence.AUCUNE
    pour_le: date | None = None
    forme: str = Forme.AVIS
    appel: bool = False
    expertise: Expertise | None = None
    territoire: Territoire | None = None
    places: int = 1


@transaction.atomic
def save_draft(
    demandeur: Agent,
    projet: Projet,
    pressentis: Collection[Agent] = (),
    *,
    brouillon: Sollicitation | None = None,
) -> Sollicitation:
    """Keep a draft, whatever is missing in it. Agents of the State; their own. Raises `ActionRefusee` (too long, already
    sent, too many), `PermissionDenied`."""
    require_agent(demandeur)
    check_limit("sollicitation", demandeur.pk)
    if brouillon is None:
        kept = Sollicitation.objects.filter(demandeur=demandeur, etat=Etat.BROUILLON)
        if kept.count() >= BROUILLONS_MAX:
            raise ActionRefusee(
                f"Vous avez {BROUILLONS_MAX} sollicitations en préparation, le plus qu’on puisse en garder : "
                "envoyez-en ou supprimez-en une."
            )
        row = Sollicitation(demandeur=demandeur)
    else:
        row = _own_draft(demandeur, brouillon)
    _fill(row, projet)
    row.activite_le = timezone.now()
    row.save()
    row.pressentis.set([] if projet.appel else _askable(demandeur, pressentis))
    record(demandeur, "sollicitation.save_draft", row)
    return row


def _fill(row: Sollicitation, projet: Projet) -> None:
    objet = tidy_title(" ".join(projet.objet.split()))
    if len(objet) > OBJET_MAX:
        raise ActionRefusee(f"L’objet tient en {OBJET_MAX} caractères.", champ="objet")
    if projet.urgence not in Urgence.values:
        raise ActionRefusee("Choisissez un délai de la liste.", champ="urgence")
    if projet.forme not in Forme.values:
        raise ActionRefusee("Choisissez une forme d’aide de la liste.", champ="forme")
    if projet.pour_le is not None and projet.pour_le < timezone.localdate():
        raise ActionRefusee("Cette date est passée : choisissez-en une à venir.", champ="pour_le")
    if not 1 <= projet.places <= PLACES_MAX:
        raise ActionRefusee(f"Un appel cherche de 1 à {PLACES_MAX} personnes.", champ="places")
    row.objet = objet
    row.besoin = check_text(projet.besoin, champ="besoin", requis=False)
    row.contexte = check_text(projet.contexte, champ="contexte", requis=False)
    row.besoin_html = str(render_markdown(row.besoin)) if row.besoin else ""
    row.contexte_html = str(render_markdown(row.contexte)) if row.contexte else ""
    row.urgence, row.pour_le, row.forme = projet.urgence, projet.pour_le, projet.forme
    row.appel, row.places = projet.appel, projet.places if projet.appel else 1
    row.expertise = projet.expertise
    row.territoire = projet.territoire if projet.appel else None


def _askable(demandeur: Agent, pressentis: Collection[Agent]) -> list[Agent]:
    people = {agent.pk: agent for agent in pressentis}
    most = settings.SOLLICITATIONS["personnes"]
    if demandeur.pk in people:
        raise ActionRefusee("On ne se sollicite pas soi-même.", champ="ajouter")
    if len(people) > most:
        raise ActionRefusee(
            f"Choisissez {most} personnes au plus. Pour en toucher davantage, lancez un appel sur une expertise.",
            champ="ajouter",
        )
    for agent in people.values():
        if agent.partenaire:
            raise ActionRefusee(
                f"{agent.nom_complet} n’est pas agent de l’État : on ne peut pas solliciter cette personne.",
                champ="ajouter",
            )
    return list(people.values())


@transaction.atomic
def delete_draft(demandeur: Agent, brouillon: Sollicitation) -> None:
    """Throw a draft away, with its files. One's own. Raises `ActionRefusee` once it is sent."""
    row = _own_draft(demandeur, brouillon)
    record(demandeur, "sollicitation.delete_draft", row)
    row.delete()


def add_file(
    demandeur: Agent, brouillon: Sollicitation, fichier: "File[bytes]", *, nom: str
) -> FichierSollicitation:
    """Join a file to a draft: all who are asked will read it. Raises `ActionRefusee` (name, kind, size, number, already
    sent), `PermissionDenied`. Within no transaction that may fail later: the bytes would stay."""
    if brouillon.demandeur_id != demandeur.pk:
        raise PermissionDenied("Cette sollicitation est celle d’une autre personne.")
    check_limit("fichier", demandeur.pk)
    joint = FichierSollicitation(agent=demandeur, sollicitation=brouillon)
    take_in(joint, fichier, nom=nom, trop_gros="dites où le trouver dans le contexte.")
    try:
        with transaction.atomic():
            row = _own_draft(demandeur, brouillon)
            if row.fichiers.count() > FICHIERS_MAX:
                raise ActionRefusee(f"Joignez {FICHIERS_MAX} fichiers au plus.", champ="pieces")
    except BaseException:
        joint.delete()
        raise
    return joint


@transaction.atomic
def remove_file(demandeur: Agent, fichier: FichierSollicitation) -> None:
    """Take a file off a draft. Raises `ActionRefusee` once it is sent."""
    _own_draft(demandeur, fichier.sollicitation)
    fichier.delete()


def _own_draft(demandeur: Agent, brouillon: Sollicitation) -> Sollicitation:
    row = locked(brouillon)
    if row.demandeur_id != demandeur.pk:
        raise PermissionDenied("Cette sollicitation est celle d’une autre personne.")
    if row.etat != Etat.BROUILLON:
        raise ActionRefusee(PARTIE)
    return row
