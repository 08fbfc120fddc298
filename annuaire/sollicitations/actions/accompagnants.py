"""A third person in a thread: a manager, a colleague. Nobody comes in but by the name that one of the two gives."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from annuaire.models import Agent
from annuaire.notifications.fils import forget_thread
from annuaire.sollicitations.access import is_party
from annuaire.sollicitations.actions.commun import add_message, locked_thread, publish_change
from annuaire.sollicitations.models import Destinataire, MessageFil, PersonneAjoutee
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.journal import record
from plateforme.socle.limites import check_limit

AJOUTEES_MAX = 5


@transaction.atomic
def add_person(auteur: Agent, fil: Destinataire, agent: Agent) -> None:
    """Bring somebody into a thread: they read the need, and what is written from then on. All are told. Who asks or who is
    asked only. Raises `ActionRefusee`, `PermissionDenied`."""
    current = _held(auteur, fil)
    if agent.partenaire or not agent.is_active:
        raise ActionRefusee("Cette personne n’a pas de compte d’agent de l’État ouvert ici.", champ="vers")
    if is_party(agent, current) or PersonneAjoutee.objects.filter(fil=current, agent=agent).exists():
        raise ActionRefusee(f"{agent.nom_complet} lit déjà ces échanges.", champ="vers")
    if PersonneAjoutee.objects.filter(fil=current).count() >= AJOUTEES_MAX:
        raise ActionRefusee(f"{AJOUTEES_MAX} personnes au plus s’ajoutent à des échanges.", champ="vers")
    if current.sollicitation.effacee_le is not None:
        raise ActionRefusee("Ces échanges ne sont plus conservés.", champ="vers")
    PersonneAjoutee.objects.create(
        fil=current, agent=agent, par=auteur, apres=current.dernier_numero, lu=current.dernier_numero
    )
    add_message(current, auteur, evenement=MessageFil.Evenement.AJOUT, sujet=agent)
    record(auteur, "sollicitation.add_person", current.sollicitation, fil=current.pk, agent=agent.pk)


@transaction.atomic
def remove_person(auteur: Agent, fil: Destinataire, agent: Agent) -> None:
    """Take somebody who was added out of a thread; they may also leave by themselves. Harmless twice. Raises
    `PermissionDenied`."""
    current = locked_thread(fil) if auteur.pk == agent.pk else _held(auteur, fil)
    gone, _ = PersonneAjoutee.objects.filter(fil=current, agent=agent).delete()
    if gone:
        forget_thread(current.fil, [agent.pk])
        add_message(current, auteur, evenement=MessageFil.Evenement.RETRAIT, sujet=agent, dire=False)
        publish_change(current, [agent])
        record(auteur, "sollicitation.remove_person", current.sollicitation, fil=current.pk, agent=agent.pk)


def _held(auteur: Agent, fil: Destinataire) -> Destinataire:
    if not is_party(auteur, fil) or not auteur.is_active or auteur.partenaire:
        raise PermissionDenied(
            "Seules la personne qui demande et celle qui est sollicitée ajoutent quelqu’un."
        )
    check_limit("sollicitation", auteur.pk)
    return locked_thread(fil)
