"""The ways between a thread and the sujet made of it, each for those who may follow them."""

from django.urls import reverse

from annuaire.models import Agent
from annuaire.sollicitations.access import is_party, readable_threads
from annuaire.sollicitations.devenirs import Devenir
from annuaire.sollicitations.etats import PRISES
from annuaire.sollicitations.models import Destinataire
from communautes.suites.origines import Lien
from forum.access import visible_sujets
from forum.models import Sujet
from forum.publications.models import Publication

ORIGINE = "sollicitation"


def address_of(fil: Destinataire) -> str:
    return reverse("publications:publier", args=[fil.pk])


def outcome_of(agent: Agent, fil: Destinataire) -> Devenir | None:
    """What the page of a thread shows: the sujet, for who may read it; the proposal, or the way to make one, for the
    two. Two queries at most."""
    row = Publication.objects.filter(fil=fil).first()
    if row is not None and row.sujet_id is not None:
        sujet = visible_sujets(agent).filter(pk=row.sujet_id).first()
        return Devenir(f"Publié : {sujet.titre}", sujet.get_absolute_url()) if sujet is not None else None
    if not is_party(agent, fil) or fil.sollicitation.effacee_le is not None:
        return None
    if row is not None:
        mine = row.par_id == agent.pk
        return Devenir(
            "Votre proposition de publication attend un accord"
            if mine
            else "Une publication de ces échanges vous est proposée : relisez-la",
            address_of(fil),
        )
    return Devenir("Publier dans une communauté", address_of(fil)) if fil.etat in PRISES else None


def find_origin(agent: Agent, sujet: Sujet) -> Lien | None:
    """Where a sujet comes from: for those who read the thread, the way there. Two queries at most."""
    row = Publication.objects.filter(sujet=sujet).first()
    if row is None:
        return None
    fil = readable_threads(agent).filter(pk=row.fil_id).first()
    return Lien("D’après une sollicitation", fil.get_absolute_url() if fil is not None else "")
