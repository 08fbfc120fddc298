"""What a person lets count of the help they gave."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from annuaire.models import Agent
from annuaire.sollicitations.actions.commun import locked_thread
from annuaire.sollicitations.models import Destinataire
from plateforme.socle.journal import record
from plateforme.socle.limites import check_limit


@transaction.atomic
def set_counted(agent: Agent, fil: Destinataire, compte: bool) -> None:
    """Let one's help in this thread count on one's page and in the search, or no longer. Whoever was asked, themselves;
    also once the words are erased. Harmless twice. Raises `PermissionDenied`, `ActionRefusee` (too often)."""
    if fil.agent_id != agent.pk or not agent.is_active:
        raise PermissionDenied("Seule la personne qui a aidé choisit si cette aide compte.")
    check_limit("profil", agent.pk)
    current = locked_thread(fil)
    if current.compte == compte:
        return
    current.compte = compte
    current.save(update_fields=["compte"])
    record(agent, "sollicitation.count_help", current.sollicitation, fil=current.pk, compte=compte)
