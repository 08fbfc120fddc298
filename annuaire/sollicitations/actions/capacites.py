"""How much a person takes on, as they set it."""

from django.db import transaction

from annuaire.models import Agent
from annuaire.sollicitations.access import require_agent
from annuaire.sollicitations.models import Capacite
from annuaire.sollicitations.models.capacites import LIMITE_MAX
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.journal import record
from plateforme.socle.limites import check_limit


@transaction.atomic
def set_capacity(
    agent: Agent, *, ouvertes: int | None, par_mois: int | None, appels: bool, montre_aides: bool = True
) -> None:
    """Set one's own limits, None for none, and whether one's page says how often one answered. What was received stays. Raises `ActionRefusee`, `PermissionDenied`."""
    require_agent(agent)
    check_limit("profil", agent.pk)
    for champ, value in (("ouvertes", ouvertes), ("par_mois", par_mois)):
        if value is not None and not 1 <= value <= LIMITE_MAX:
            raise ActionRefusee(
                f"De 1 à {LIMITE_MAX}, ou rien pour ne pas poser de limite. Pour n’être plus sollicité du tout, dites dans "
                "votre profil que vous n’êtes pas disponible.",
                champ=champ,
            )
    Capacite.objects.update_or_create(
        agent=agent,
        defaults={"ouvertes": ouvertes, "par_mois": par_mois, "appels": appels, "montre_aides": montre_aides},
    )
    record(agent, "agent.set_capacity", agent, ouvertes=ouvertes, par_mois=par_mois, appels=appels)
