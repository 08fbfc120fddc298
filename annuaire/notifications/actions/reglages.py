"""How a person wants to be told."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from annuaire.models import Agent
from annuaire.notifications.courriels import COURRIELS, RESUME
from annuaire.notifications.decision import DEFAUTS
from annuaire.notifications.genres import Frequence, Genre, Voie
from annuaire.notifications.models import Reglage
from annuaire.notifications.preferences import initial
from annuaire.notifications.sources import stop_for
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.journal import record
from plateforme.socle.limites import check_limit

FIELDS = ("courriels", "resume", "fuseau", "jours", "calme_debut", "calme_fin")


def settings_of(agent: Agent) -> Reglage:
    """The person's settings, or what they would be: not saved then."""
    return Reglage.objects.filter(agent=agent).first() or initial(agent)


@transaction.atomic
def set_settings(agent: Agent, fields: Mapping[str, Any], voies: Mapping[str, str]) -> Reglage:
    """Change one's settings. `fields`: some of `FIELDS`; `voies`: the way of telling each kind of event.

    What is as usual is not kept: it follows the platform's defaults when they change.
    """
    check_limit("profil", agent.pk)
    reglage = _locked(agent)
    for name in FIELDS:
        if name in fields:
            setattr(reglage, name, fields[name])
    reglage.voies = {genre: voie for genre, voie in voies.items() if DEFAUTS.get(genre) != voie}  # type: ignore[call-overload]
    reglage.save()
    record(agent, "notifications.set_settings", agent)
    return reglage


@transaction.atomic
def set_working_days(agent: Agent, jours: Sequence[int]) -> None:
    """Change the days on which one works, and is told of anything. Monday is 0. Raises `ActionRefusee` for none."""
    if not jours:
        raise ActionRefusee("Cochez un jour au moins.", champ="jours")
    reglage = _locked(agent)
    if sorted(reglage.jours) != sorted(jours):
        reglage.jours = sorted(set(jours))
        reglage.save(update_fields=["jours"])
        record(agent, "notifications.set_settings", agent)


@transaction.atomic
def stop(agent: Agent, portee: str) -> None:
    """Stop what one click in an e-mail names: a conversation, all e-mails at once, or the digest.

    Whoever holds the e-mail may do it: it only makes less noise. Harmless when it is so already.
    """
    if portee in (COURRIELS, RESUME):
        reglage = _locked(agent)
        if portee == COURRIELS:
            reglage.courriels = False
        else:
            reglage.resume = Frequence.JAMAIS
        reglage.save()
        record(agent, "notifications.stop", agent, portee=portee)
        return
    found = stop_for(portee)
    if found is not None:
        arret, number = found
        arret.arreter(agent, number)


@transaction.atomic
def hear_on_site(agent: Agent, genre: Genre) -> None:
    """Have one kind of event wait on the site, without an e-mail of its own. Harmless when it is so already."""
    reglage = _locked(agent)
    reglage.voies = reglage.voies | {genre.value: Voie.SITE.value}
    reglage.save(update_fields=["voies"])
    record(agent, "notifications.stop", agent, genre=genre.value)


def _locked(agent: Agent) -> Reglage:
    """The person's row, made if need be; two tabs that save take turns."""
    fresh = initial(agent)
    Reglage.objects.get_or_create(
        agent=agent,
        defaults={"jours": fresh.jours, "calme_debut": fresh.calme_debut, "calme_fin": fresh.calme_fin},
    )
    return Reglage.objects.select_for_update().get(agent=agent)
