"""The only way from an address to a document."""

from django.core.exceptions import PermissionDenied
from django.http import Http404

from annuaire.models import Agent
from communautes.access import can_animate, can_read
from communautes.fichiers.models import Document, DocumentQuerySet


def visible_documents(agent: Agent) -> DocumentQuerySet:
    return Document.objects.all().visible_to(agent)


def get_document(agent: Agent, pk: int) -> Document:
    """A document that `agent` may read; 404, or 403 where one may ask to join."""
    document = (
        Document.objects.select_related("communaute", "version_courante", "auteur")
        .filter(pk=pk, retire_le__isnull=True, version_courante__isnull=False)
        .first()
    )
    if document is None:
        raise Http404("Ce document n’existe pas, ou a été retiré.")
    if not can_read(agent, document.communaute):
        if document.communaute.visibilite == "privee" or agent.partenaire:
            raise Http404("Ce document n’existe pas, ou a été retiré.")
        raise PermissionDenied("Ce document est réservé aux membres de la communauté.")
    return document


def can_remove(agent: Agent, document: Document) -> bool:
    """Who put it there, or an animateur."""
    return document.auteur_id == agent.pk or can_animate(agent, document.communaute)
