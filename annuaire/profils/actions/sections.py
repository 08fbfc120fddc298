"""What a person says of themselves, one part at a time.

Each function takes `depart`: the fingerprint of what the person started from (`sections.fingerprint`). When the part
was changed meanwhile, in another tab or on another device, nothing is written and `ProfilChange` is raised.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone

from annuaire.actions import set_declarations, update_profile
from annuaire.models import Agent, Expertise, Territoire, TypeService
from annuaire.notifications.actions import set_working_days
from annuaire.profils.langues import LANGUES
from annuaire.profils.models import Aide, Mission, Profil
from annuaire.profils.sections import fingerprint
from plateforme.socle.diffusion import publish_on_commit
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.journal import record
from plateforme.socle.limites import check_limit
from plateforme.socle.texte import render_markdown

MAX_TERRITOIRES = 20
MAX_MISSIONS = 30


class ProfilChange(ActionRefusee):
    """The part was changed elsewhere since the person opened it."""

    code = "profil_change"

    def __init__(self) -> None:
        super().__init__(
            "Cette partie de votre profil a été modifiée ailleurs entre-temps, dans un autre onglet ou sur un autre "
            "appareil. Rien n’est perdu : ce que vous venez de saisir est ci-dessous. Vérifiez, puis enregistrez de "
            "nouveau pour le garder."
        )


class LigneMission(NamedTuple):
    """A mission or a case as typed."""

    titre: str
    debut: int
    fin: int | None = None
    precision: str = ""


@transaction.atomic
def update_identity(
    agent: Agent,
    fields: Mapping[str, Any],
    *,
    type_service: TypeService | None,
    territoire: Territoire | None,
    couverts: Sequence[Territoire],
    langues: Sequence[str],
    depart: str,
) -> None:
    """Change one's name, fonction, service, the territories served and the languages spoken. Raises `ActionRefusee`."""
    profil = _start(agent, "identite", depart)
    if len(couverts) > MAX_TERRITOIRES:
        raise ActionRefusee(
            f"Choisissez {MAX_TERRITOIRES} territoires au plus, ou une région entière.", champ="couverts"
        )
    if not set(langues) <= set(LANGUES):
        raise ActionRefusee("Choisissez les langues dans la liste.", champ="langues")
    update_profile(agent, fields, type_service=type_service, territoire=territoire)
    profil.langues = sorted(set(langues))
    profil.save(update_fields=["langues"])
    profil.territoires.set(couverts)


@transaction.atomic
def update_contact(
    agent: Agent,
    *,
    telephone: str,
    jours: Sequence[int],
    montre_jours: bool,
    montre_ecriture: bool,
    depart: str,
) -> None:
    """Change how one can be reached. The days worked are those on which notifications come too."""
    profil = _start(agent, "contact", depart)
    set_working_days(agent, jours)
    profil.montre_jours = montre_jours
    profil.save(update_fields=["montre_jours"])
    update_profile(agent, {"telephone": telephone, "montre_ecriture": montre_ecriture})


@transaction.atomic
def update_presentation(agent: Agent, biographie: str, *, depart: str) -> None:
    """Change one's presentation, in Markdown."""
    profil = _start(agent, "presentation", depart)
    profil.biographie_html = render_markdown(biographie)
    profil.save(update_fields=["biographie_html"])
    update_profile(agent, {"biographie": biographie})


@transaction.atomic
def update_availability(
    agent: Agent, disponibilite: str, jusqu_au: date | None, aides: Sequence[str], *, depart: str
) -> None:
    """Say whether one is available, until when that is limited, and for what. Raises `ActionRefusee`."""
    profil = _start(agent, "disponibilite", depart)
    if disponibilite != Agent.Disponibilite.LIMITEE:
        jusqu_au = None
    if jusqu_au is not None and jusqu_au < timezone.localdate():
        raise ActionRefusee("Cette date est passée : choisissez-en une à venir.", champ="jusqu_au")
    profil.aides = [aide for aide in Aide.values if aide in aides]
    profil.save(update_fields=["aides"])
    update_profile(agent, {"disponibilite": disponibilite, "disponibilite_jusqu_au": jusqu_au})


@transaction.atomic
def set_expertises(
    agent: Agent, declared: Sequence[tuple[Expertise, int, int | None]], *, depart: str
) -> None:
    """Replace what one declares: see `annuaire.actions.set_declarations`."""
    check_limit("profil", agent.pk)
    _start(agent, "expertises", depart)
    set_declarations(agent, declared)
    _tell(agent)


@transaction.atomic
def set_missions(agent: Agent, lignes: Sequence[LigneMission], *, depart: str) -> None:
    """Replace one's missions and cases. Raises `ActionRefusee`."""
    check_limit("profil", agent.pk)
    _start(agent, "missions", depart)
    if len(lignes) > MAX_MISSIONS:
        raise ActionRefusee(f"Gardez {MAX_MISSIONS} lignes au plus : les plus parlantes.")
    agent.missions.all().delete()
    Mission.objects.bulk_create([Mission(agent=agent, **ligne._asdict()) for ligne in lignes])
    record(agent, "agent.set_missions", agent, nombre=len(lignes))
    _tell(agent)


def _start(agent: Agent, section: str, depart: str) -> Profil:
    """Hold the person's row until the end of the transaction, and see that they know what they change."""
    fresh = Agent.objects.with_place().select_for_update(no_key=True, of=("self",)).get(pk=agent.pk)
    if fingerprint(fresh, section) != depart:
        raise ProfilChange
    return Profil.objects.get_or_create(agent=agent)[0]


def _tell(agent: Agent) -> None:
    publish_on_commit(f"agent.{agent.pk}", {"type": "profil.change"})
