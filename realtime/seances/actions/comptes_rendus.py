"""Writing minutes, validating them under a number, correcting them in the open.

Always in this order: minutes, counter of their numbers, meeting.
"""

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.actions import Annonce, notify
from annuaire.notifications.models import Notification
from communautes.suites.redaction import one_line
from forum.actions.edition import REPERE_NOTRES
from plateforme.socle.differences import unix_lines
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.journal import record
from plateforme.socle.limites import check_limit
from plateforme.socle.texte import RENDERER_VERSION, validate_source
from realtime.reunions.models import Convive, Participant
from realtime.seances.access import (
    can_validate_minutes,
    require_lead,
    require_validate_minutes,
    taking_part,
)
from realtime.seances.actions.commun import locked, tell
from realtime.seances.models import (
    Assistance,
    CompteRendu,
    CompteurComptesRendus,
    EditionCompteRendu,
    Seance,
    VersionCompteRendu,
)
from realtime.seances.models.comptes_rendus import MOTIF_MAX, NOM_MAX
from realtime.seances.rendu import render_minutes

BATCH = 50


class CompteRenduDepasse(ActionRefusee):
    """The minutes changed since the version one started from."""

    def __init__(self, actuel: CompteRendu) -> None:
        super().__init__(
            "Le compte rendu a changé pendant que vous écriviez. Votre texte est conservé : réunissez les deux, puis "
            "enregistrez.",
            champ="texte",
        )
        self.actuel = actuel


@transaction.atomic
def start_minutes(auteur: Agent, seance: Seance) -> CompteRendu:
    """Compose the minutes of a meeting that is over; those that exist are given back as they are. Animateurs and
    secretaries. Raises `ActionRefusee` (not over, too long) and `PermissionDenied`."""
    from realtime.seances.composition import compose
    from realtime.seances.compte_rendu import minutes_of

    current = locked(seance)
    require_lead(auteur, current.reunion)
    found = CompteRendu.objects.filter(seance=current).first()
    if found is not None:
        return found
    _require_over(current)
    texte = _checked(compose(minutes_of(current)))
    now = timezone.now()
    written = CompteRendu.objects.create(
        seance=current,
        communaute=current.reunion.communaute,
        texte=texte,
        html=render_minutes(texte),
        version_rendu=RENDERER_VERSION,
        compose=texte,
        modifie_par=auteur,
        modifie_le=now,
    )
    VersionCompteRendu.objects.create(compte_rendu=written, numero=1, texte=texte, auteur=auteur, cree_le=now)
    record(auteur, "minutes.start", current.reunion)
    tell(current, "compte_rendu")
    return written


@transaction.atomic
def edit_minutes(
    auteur: Agent, minutes: CompteRendu, texte: str, *, version: int, compose: str | None = None
) -> CompteRendu:
    """Replace the text, from the version that one started from. Animateurs and secretaries, until it is validated.

    `compose`: what the meeting gives now, when the text takes it up. Raises `CompteRenduDepasse`, `ActionRefusee`,
    `PermissionDenied`.
    """
    held, seance = _locked(minutes)
    require_lead(auteur, seance.reunion)
    texte = _checked(texte)
    if held.valide:
        raise ActionRefusee(
            "Ce compte rendu vient d’être validé : il ne se modifie plus que par un rectificatif. Votre texte est "
            "conservé ci-dessous.",
            champ="texte",
        )
    if held.version != version:
        raise CompteRenduDepasse(held)
    check_limit("message", auteur.pk)
    if compose is not None:
        held.compose = compose
    if texte == held.texte and compose is None:
        return held
    _write(auteur, held, texte)
    record(auteur, "minutes.edit", seance.reunion, version=held.version)
    tell(locked(seance), "compte_rendu")
    return held


@transaction.atomic
def submit_minutes(auteur: Agent, minutes: CompteRendu) -> CompteRendu:
    """Say that the minutes are ready, to those who validate them. Animateurs and secretaries; harmless twice."""
    held, seance = _locked(minutes)
    require_lead(auteur, seance.reunion)
    if held.etat != CompteRendu.Etat.BROUILLON:
        return held
    held.etat = CompteRendu.Etat.SOUMIS
    held.save(update_fields=["etat"])
    record(auteur, "minutes.submit", seance.reunion, version=held.version)
    reunion = seance.reunion
    leads = Participant.objects.present().filter(reunion=reunion, role=Convive.Role.ANIMATEUR)
    people = Agent.objects.active().filter(Q(pk=reunion.organisateur_id) | Q(pk__in=leads.values("agent")))
    notify(
        [agent for agent in people if can_validate_minutes(agent, reunion)],
        Annonce(
            genre=Notification.Genre.REUNION,
            cle=f"reunion.{reunion.pk}.compte_rendu.soumis.{held.version}",
            fil=f"reunion.{reunion.pk}",
            titre=f"Le compte rendu de « {reunion.titre} » attend d’être validé",
            url=reverse("seances:compte-rendu", args=[reunion.pk]),
            acteur=auteur,
            intitule=reunion.titre,
        ),
    )
    tell(locked(seance), "compte_rendu")
    return held


@transaction.atomic
def validate_minutes(
    auteur: Agent,
    minutes: CompteRendu,
    *,
    version: int,
    president: str = "",
    secretaire: str = "",
    aux_exterieurs: bool = False,
) -> EditionCompteRendu:
    """Make the text final, under the next number of its community's year. Those who animate the meeting.

    `version`: the text that one read. `aux_exterieurs`: the worker sends it to those invited without an account. Two at once: one edition, one number. Raises `CompteRenduDepasse` when it was
    edited meanwhile, `ActionRefusee`, `PermissionDenied`.
    """
    from realtime.seances.composition import heading
    from realtime.seances.tasks import distribute_minutes

    president, secretaire = _checked_name(president, "president"), _checked_name(secretaire, "secretaire")
    held, seance = _locked(minutes)
    require_validate_minutes(auteur, seance.reunion)
    if held.version != version:
        raise CompteRenduDepasse(held)
    if held.valide:
        return held.editions.get(rang=held.edition)
    if held.communaute_id is not None and held.numero is None:
        held.annee = seance.reunion.sur_place(seance.ouverte_le).year
        held.numero = _next_number(held.communaute_id, held.annee)
    current = locked(seance)
    _require_over(current)
    held.etat = CompteRendu.Etat.VALIDE
    held.save(update_fields=["etat", "annee", "numero"])
    edition = EditionCompteRendu.objects.create(
        compte_rendu=held,
        rang=held.edition,
        motif=held.motif,
        texte=held.texte,
        html=held.html,
        version_rendu=held.version_rendu,
        entete=heading(current, president=president, secretaire=secretaire).to_json(),
        validee_par=auteur,
        validee_le=timezone.now(),
        aux_exterieurs=aux_exterieurs,
    )
    record(
        auteur,
        "minutes.validate",
        seance.reunion,
        numero=held.reference,
        edition=held.edition,
        aux_exterieurs=aux_exterieurs,
    )
    distribute_minutes.defer(edition_id=edition.pk)
    tell(current, "compte_rendu")
    return edition


@transaction.atomic
def correct_minutes(auteur: Agent, minutes: CompteRendu, motif: str) -> CompteRendu:
    """Prepare a correction of validated minutes, which hold until it is validated too. Animateurs and secretaries.

    Harmless when one is being prepared. Raises `ActionRefusee` (no reason) and `PermissionDenied`.
    """
    motif = one_line(motif)
    if not motif:
        raise ActionRefusee("Dites ce que le rectificatif corrige : ce motif y sera écrit.", champ="motif")
    if len(motif) > MOTIF_MAX:
        raise ActionRefusee(f"Expliquez en {MOTIF_MAX} caractères au plus.", champ="motif")
    held, seance = _locked(minutes)
    require_lead(auteur, seance.reunion)
    if not held.valide:
        if held.edition:
            return held
        raise ActionRefusee("Ce compte rendu n’est pas encore validé : modifiez-le.")
    held.etat, held.motif = CompteRendu.Etat.BROUILLON, motif
    held.edition += 1
    held.save(update_fields=["etat", "edition", "motif"])
    record(auteur, "minutes.correct", seance.reunion, edition=held.edition)
    tell(locked(seance), "compte_rendu")
    return held


@transaction.atomic
def drop_correction(auteur: Agent, minutes: CompteRendu) -> CompteRendu:
    """Give up a correction: the minutes are again as they were validated, what was typed stays among the versions.
    Animateurs and secretaries; harmless when none is being prepared."""
    held, seance = _locked(minutes)
    require_lead(auteur, seance.reunion)
    if held.valide or not held.edition:
        return held
    kept = held.editions.get(rang=held.edition - 1)
    held.etat, held.edition, held.motif = CompteRendu.Etat.VALIDE, kept.rang, kept.motif
    if kept.texte != held.texte:
        _write(auteur, held, kept.texte)
    held.save()
    record(auteur, "minutes.drop_correction", seance.reunion)
    tell(locked(seance), "compte_rendu")
    return held


@transaction.atomic
def tell_of_minutes(edition: EditionCompteRendu) -> None:
    """Tell those invited and those who attended that minutes hold. For the worker; harmless when repeated."""
    minutes = edition.compte_rendu
    reunion = minutes.seance.reunion
    invited = reunion.participants.present()
    came = Assistance.objects.filter(seance=minutes.seance)
    people = taking_part(reunion).filter(Q(pk__in=invited.values("agent")) | Q(pk__in=came.values("agent")))
    what = f"{edition.nom} du compte rendu" if edition.rang else "Le compte rendu"
    notify(
        people,
        Annonce(
            genre=Notification.Genre.REUNION,
            cle=f"reunion.{reunion.pk}.compte_rendu.{edition.rang}",
            fil=f"reunion.{reunion.pk}",
            titre=f"{what} de « {reunion.titre} » est validé",
            url=reverse("seances:compte-rendu", args=[reunion.pk]),
            acteur=edition.validee_par,
            intitule=reunion.titre,
        ),
    )


@transaction.atomic
def rerender_minutes(after: int = 0) -> int | None:
    """Render again the next `BATCH` minutes beyond id `after`: see `plateforme.socle.rendus.Batch`."""
    rows = list(
        CompteRendu.objects.filter(pk__gt=after, version_rendu__lt=RENDERER_VERSION).order_by("pk")[:BATCH]
    )
    for row in rows:
        CompteRendu.objects.filter(pk=row.pk, version=row.version).update(
            html=render_minutes(row.texte), version_rendu=RENDERER_VERSION
        )
    return rows[-1].pk if rows else None


@transaction.atomic
def rerender_editions(after: int = 0) -> int | None:
    """As `rerender_minutes`, for those that were validated: their text is what it was."""
    rows = list(
        EditionCompteRendu.objects.filter(pk__gt=after, version_rendu__lt=RENDERER_VERSION).order_by("pk")[
            :BATCH
        ]
    )
    for row in rows:
        EditionCompteRendu.objects.filter(pk=row.pk).update(
            html=render_minutes(row.texte), version_rendu=RENDERER_VERSION
        )
    return rows[-1].pk if rows else None


def _write(auteur: Agent, held: CompteRendu, texte: str) -> None:
    """Save a new text of minutes whose row is held."""
    now = timezone.now()
    held.version += 1
    held.texte, held.html, held.version_rendu = texte, render_minutes(texte), RENDERER_VERSION
    held.modifie_par, held.modifie_le = auteur, now
    held.save()
    VersionCompteRendu.objects.create(
        compte_rendu=held, numero=held.version, texte=texte, auteur=auteur, cree_le=now
    )


def _next_number(communaute: int, annee: int) -> int:
    """The counter's row orders the numbers: one given back with its transaction leaves no hole."""
    table = CompteurComptesRendus._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} AS c (communaute_id, annee, dernier) VALUES (%s, %s, 1)"  # noqa: S608
            " ON CONFLICT (communaute_id, annee) DO UPDATE SET dernier = c.dernier + 1 RETURNING dernier",
            [communaute, annee],
        )
        number: int = cursor.fetchone()[0]
    return number


def _locked(minutes: CompteRendu) -> tuple[CompteRendu, Seance]:
    """The row as it is now, held until the transaction ends, and the meeting."""
    held = (
        CompteRendu.objects.select_for_update(of=("self",), no_key=True)
        .select_related("seance__reunion__communaute", "seance__reunion__organisateur", "modifie_par")
        .get(pk=minutes.pk)
    )
    return held, held.seance


def _require_over(seance: Seance) -> None:
    if not seance.levee:
        raise ActionRefusee("Terminez d’abord la réunion : son compte rendu sera complet.")


def _checked(texte: str) -> str:
    texte = unix_lines(texte.replace("\x00", "")).strip()
    if REPERE_NOTRES in texte:
        raise ActionRefusee(
            "Il reste un passage à choisir : gardez ce qui convient, puis effacez les repères ⟦ et ⟧.",
            champ="texte",
        )
    try:
        validate_source(texte)
    except ValidationError as error:
        raise ActionRefusee(error.messages[0], champ="texte") from None
    return texte


def _checked_name(name: str, field: str) -> str:
    name = one_line(name)
    if len(name) > NOM_MAX:
        raise ActionRefusee(f"Ce nom compte {NOM_MAX} caractères au plus.", champ=field)
    return name
