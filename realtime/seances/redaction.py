"""What the pages show on which minutes are read, written, recomposed and compared."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.urls import reverse

from annuaire.models import Agent
from communautes.suites.models import Decision
from forum.access import visible_sujets
from forum.historique import folded, joining
from plateforme.socle.differences import differences
from realtime.reunions.access import visible_reunions
from realtime.reunions.presentation import page_layout
from realtime.seances.access import can_lead, can_validate_minutes
from realtime.seances.composition import Entete, compose, heading, usual_signers
from realtime.seances.compte_rendu import minutes_of
from realtime.seances.models import (
    CompteRendu,
    EditionCompteRendu,
    Seance,
    SuiteReunion,
    VersionCompteRendu,
)
from realtime.seances.rendu import render_minutes

BROUILLON = "compte-rendu"
VERSIONS_SHOWN = 100


@dataclass(frozen=True)
class Acte:
    """Minutes as they are read or taken away: validated, or what they are for now (`edition` is then None)."""

    seance: Seance
    entete: Entete
    texte: str
    html: str
    minutes: CompteRendu | None
    edition: EditionCompteRendu | None

    @property
    def projet(self) -> bool:
        return self.edition is None

    @property
    def reference(self) -> str:
        return self.minutes.reference if self.minutes is not None else ""

    @property
    def nom(self) -> str:
        """« Compte rendu n° 2026-012 », « Rectificatif n° 1 au compte rendu n° 2026-012 », « Projet de… »."""
        number = f" n°\u00a0{self.reference}" if self.reference else ""
        rank = self.edition.rang if self.edition else self.minutes.edition if self.minutes else 0
        base = f"compte rendu{number}"
        if rank:
            base = f"rectificatif n°\u00a0{rank} au {base}"
        return f"Projet de {base}" if self.projet else base[0].upper() + base[1:]

    @property
    def motif(self) -> str:
        return self.edition.motif if self.edition else self.minutes.motif if self.minutes else ""

    @property
    def validee_le(self) -> datetime | None:
        """By the meeting's own clock."""
        return self.seance.reunion.sur_place(self.edition.validee_le) if self.edition else None

    @property
    def fichier(self) -> str:
        """The beginning of a file's name: « compte-rendu-2026-012 »."""
        name = f"compte-rendu-{self.reference or self.seance.pk}"
        if self.projet:
            return f"projet-{name}"
        return f"{name}-rectificatif-{self.edition.rang}" if self.edition and self.edition.rang else name


def validated(minutes: CompteRendu, edition: EditionCompteRendu) -> Acte:
    """Minutes as they were validated, whatever the meeting has become."""
    return Acte(
        minutes.seance, Entete.from_json(edition.entete), edition.texte, edition.html, minutes, edition
    )


def draft(seance: Seance, minutes: CompteRendu | None) -> Acte:
    """What minutes are for now: their text, or before it what the meeting gives."""
    president, secretaire = usual_signers(seance)
    entete = heading(seance, president=president, secretaire=secretaire)
    if minutes is None:
        texte = compose(minutes_of(seance))
        return Acte(seance, entete, texte, render_minutes(texte), None, None)
    return Acte(seance, entete, minutes.texte, minutes.html, minutes, None)


def reading(agent: Agent, seance: Seance, minutes: CompteRendu | None, rang: int | None) -> dict[str, Any]:
    """The page of minutes: the edition asked for, the last that holds, or the draft. About twenty queries."""
    editions = list(minutes.editions.select_related("validee_par")) if minutes is not None else []
    leads = can_lead(agent, seance.reunion)
    being_written = minutes is not None and not minutes.valide
    shown: EditionCompteRendu | None = None
    if editions:
        wanted = next((row for row in editions if row.rang == rang), None)
        # Those who write see what they write; the others, what holds.
        shown = wanted or (None if being_written and leads else editions[-1])
    acte = None
    if minutes is not None:
        acte = validated(minutes, shown) if shown is not None else draft(seance, minutes)
    validates = being_written and can_validate_minutes(agent, seance.reunion)
    context: dict[str, Any] = {
        **page_layout(agent, seance.reunion.communaute),
        "reunion": seance.reunion,
        "seance": seance,
        "minutes": minutes,
        "acte": acte,
        "editions": editions,
        "derniere": editions[-1] if editions else None,
        # What the links to files ask for.
        "choix": f"?edition={shown.rang}"
        if shown is not None
        else "?projet=1"
        if minutes is not None
        else "",
        "releve": minutes_of(seance) if minutes is None else None,
        "publie": visible_sujets(agent).filter(pk=seance.sujet_id).first() if seance.sujet_id else None,
        "peut_rediger": minutes is None and leads and seance.levee,
        "peut_modifier": being_written and leads and shown is None,
        "peut_valider": validates and shown is None,
        "peut_rectifier": minutes is not None and minutes.valide and leads and shown == editions[-1],
        "peut_publier": bool(editions)
        and seance.sujet_id is None
        and seance.reunion.communaute_id is not None
        and leads,
    }
    if context["peut_modifier"] and minutes is not None:
        fresh = compose(minutes_of(seance)).strip()
        context["a_recomposer"] = fresh != minutes.compose.strip()
    if context["peut_valider"]:
        context["en_attente"] = waiting(seance)
    if acte is not None:
        context["president"], context["secretaire"] = acte.entete.president, acte.entete.secretaire
    return context


def waiting(seance: Seance) -> int:
    """How many decisions and actions of the meeting are still only proposed."""
    rows = SuiteReunion.objects.filter(seance=seance, etat=SuiteReunion.Etat.PROPOSEE)
    return rows.exclude(decision__etat__in=[Decision.Etat.CONFIRMEE, Decision.Etat.ANNULEE]).count()


def recomposing(seance: Seance, minutes: CompteRendu) -> dict[str, Any]:
    """What the meeting gives now beside the text: what was typed since it was composed is kept, and shown."""
    fresh = compose(minutes_of(seance)).strip()
    fusion = joining(minutes.compose.strip(), fresh, minutes.texte, par=None, date=None, nom="la réunion")
    return {
        "compose": fresh,
        "empreinte": digest(fresh),
        "fusion": fusion,
        "rien": fresh == minutes.compose.strip(),
    }


def digest(texte: str) -> str:
    return sha256(texte.encode()).hexdigest()


def merging(actuel: CompteRendu, depuis: int, texte: str) -> dict[str, Any]:
    """What the merge page shows to who started from the version `depuis`."""
    base = (
        VersionCompteRendu.objects.filter(compte_rendu=actuel, numero=depuis)
        .values_list("texte", flat=True)
        .first()
    )
    context = joining(base, actuel.texte, texte, par=actuel.modifie_par, date=actuel.modifie_le)
    return context | {"quoi": "le compte rendu", "accord": "a été modifié"}


def versions(minutes: CompteRendu) -> list[VersionCompteRendu]:
    """The texts that minutes had, latest first."""
    return list(minutes.versions.defer("texte").select_related("auteur").order_by("-numero")[:VERSIONS_SHOWN])


def comparison(minutes: CompteRendu, numero: int) -> dict[str, Any] | None:
    """What the version `numero` changed in the one before; None when there is none such."""
    texts = dict(minutes.versions.filter(numero__in=[numero, numero - 1]).values_list("numero", "texte"))
    if numero not in texts:
        return None
    return {"numero": numero, "morceaux": folded(differences(texts.get(numero - 1, ""), texts[numero]))}


def places(agent: Agent, pks: Collection[int]) -> dict[int, tuple[str, str]]:
    """For the page of drafts: minutes that `agent` was writing and still may (`forum.reprises`). Of the others, the page
    shows what was typed."""
    writable = CompteRendu.objects.filter(pk__in=pks).exclude(etat=CompteRendu.Etat.VALIDE)
    rows = visible_reunions(agent).filter(pk__in=writable.values("pk")).select_related("communaute")
    return {
        reunion.pk: (
            f"Compte rendu de « {reunion.titre} »",
            reverse("seances:modifier-compte-rendu", args=[reunion.pk]),
        )
        for reunion in rows
        if can_lead(agent, reunion)
    }
