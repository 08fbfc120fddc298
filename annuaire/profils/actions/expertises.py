"""Expertises: added one by one, proposed when the vocabulary lacks them, decided on by the platform's team."""

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from annuaire.actions import MAX_DECLARATIONS
from annuaire.models import Agent, DeclarationExpertise, Expertise
from annuaire.notifications.actions import Annonce, notify, take_back
from annuaire.notifications.genres import Genre
from annuaire.profils.access import require_moderation
from annuaire.profils.models import PropositionExpertise, SuggestionEcartee
from annuaire.profils.vocabulaire import entry_named
from plateforme.socle.diffusion import publish_on_commit
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.journal import record
from plateforme.socle.limites import check_limit

MAX_WAITING = 5
Etat = PropositionExpertise.Etat


@transaction.atomic
def add_expertise(agent: Agent, expertise: Expertise, niveau: int, depuis: int | None = None) -> None:
    """Declare one more expertise; declared already, its level changes. Raises `ActionRefusee` for too many."""
    check_limit("profil", agent.pk)
    Agent.objects.select_for_update(no_key=True).only("pk").get(pk=agent.pk)
    _declare(agent, expertise, niveau, depuis, replace=True)
    record(agent, "agent.add_expertise", agent, expertise=expertise.pk)
    publish_on_commit(f"agent.{agent.pk}", {"type": "profil.change"})


@transaction.atomic
def dismiss_suggestion(agent: Agent, expertise: Expertise) -> None:
    """Never propose `expertise` to `agent` again. Harmless when it is so already."""
    check_limit("profil", agent.pk)
    _, new = SuggestionEcartee.objects.get_or_create(agent=agent, expertise=expertise)
    if new:
        record(agent, "agent.dismiss_suggestion", agent, expertise=expertise.pk)


@transaction.atomic
def propose_expertise(
    auteur: Agent, libelle: str, domaine: str, *, raison: str = "", niveau: int, depuis: int | None = None
) -> PropositionExpertise:
    """Propose an expertise that the vocabulary lacks. Agents of the State only. Raises `ActionRefusee`."""
    if auteur.partenaire:
        raise PermissionDenied("Le vocabulaire des expertises est tenu par les agents de l’État.")
    check_limit("profil", auteur.pk)
    libelle = " ".join(libelle.split())
    known = entry_named(libelle)
    if known is not None:
        raise ActionRefusee(f"Elle existe déjà, sous le nom « {known.libelle} ».", champ="libelle")
    if not Expertise.objects.filter(domaine=domaine).exists():
        raise ActionRefusee("Choisissez un domaine dans la liste.", champ="domaine")
    if PropositionExpertise.objects.filter(auteur=auteur, etat=Etat.ATTENTE).count() >= MAX_WAITING:
        raise ActionRefusee(
            f"{MAX_WAITING} de vos propositions attendent déjà une réponse : patientez un peu."
        )
    try:
        with transaction.atomic():
            proposed = PropositionExpertise.objects.create(
                auteur=auteur,
                libelle=libelle,
                domaine=domaine,
                raison=raison.strip(),
                niveau=niveau,
                depuis=depuis,
            )
    except IntegrityError:
        raise ActionRefusee("Vous l’avez déjà proposée : elle attend une réponse.", champ="libelle") from None
    record(auteur, "expertise.propose", proposed)
    notify(
        Agent.objects.active().filter(is_staff=True),
        Annonce(
            genre=Genre.MODERATION,
            cle=f"expertise-proposee.{proposed.pk}",
            titre=f"Une expertise est proposée : « {libelle} »",
            url=reverse("profils:moderation"),
            extrait=proposed.raison,
            acteur=auteur,
        ),
    )
    return proposed


@transaction.atomic
def accept_proposal(staff: Agent, proposition: PropositionExpertise, libelle: str, domaine: str) -> Expertise:
    """Add a proposed expertise to the vocabulary, under a name that may be better; whoever proposed it declares it.

    The platform's team only. Raises `ActionRefusee`.
    """
    require_moderation(staff)
    waiting = _waiting(proposition)
    libelle = " ".join(libelle.split())
    if not libelle:
        raise ActionRefusee("Donnez un nom à cette expertise.")
    if entry_named(libelle) is not None:
        raise ActionRefusee("Une expertise porte déjà ce nom : réunissez plutôt la proposition à celle-ci.")
    synonyms = [] if libelle.lower() == proposition.libelle.lower() else [proposition.libelle]
    if not Expertise.objects.filter(domaine=domaine).exists():
        raise ActionRefusee("Choisissez un domaine dans la liste.")
    try:
        with transaction.atomic():
            made = Expertise.objects.create(
                libelle=libelle, slug=_free_slug(libelle), domaine=domaine, synonymes=synonyms
            )
    except IntegrityError:
        raise ActionRefusee("Quelqu’un vient d’ajouter une expertise de ce nom.") from None
    record(staff, "expertise.create", made)
    _settle(staff, waiting, Etat.CREEE, made)
    return made


@transaction.atomic
def merge_proposal(staff: Agent, proposition: PropositionExpertise, cible: Expertise) -> None:
    """Make a proposed expertise another name of `cible`: whoever proposed it declares that one, and is found by both.

    The platform's team only. Raises `ActionRefusee`.
    """
    require_moderation(staff)
    waiting = _waiting(proposition)
    locked = Expertise.objects.select_for_update(no_key=True).get(pk=cible.pk)
    names = [proposition.libelle.lower() == name.lower() for name in (locked.libelle, *locked.synonymes)]
    if not any(names):
        locked.synonymes = [*locked.synonymes, proposition.libelle]
        locked.save(update_fields=["synonymes"])
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT annuaire_rafraichir(ARRAY("
                "SELECT agent_id FROM annuaire_declarationexpertise WHERE expertise_id = %s))",
                [locked.pk],
            )
    record(staff, "expertise.merge", locked, proposition=proposition.pk)
    _settle(staff, waiting, Etat.FUSIONNEE, locked)


@transaction.atomic
def refuse_proposal(staff: Agent, proposition: PropositionExpertise, motif: str) -> None:
    """Refuse a proposed expertise, with a reason that its author reads. The platform's team only."""
    require_moderation(staff)
    waiting = _waiting(proposition)
    if not motif.strip():
        raise ActionRefusee("Écrivez le motif : la personne qui l’a proposée le lira.")
    _settle(staff, waiting, Etat.REFUSEE, None, motif.strip())


def _waiting(proposition: PropositionExpertise) -> list[PropositionExpertise]:
    """All that wait under the same name, held: several people may have proposed it."""
    rows = list(
        PropositionExpertise.objects.select_for_update(no_key=True, of=("self",))
        .select_related("auteur")
        .filter(libelle__iexact=proposition.libelle, etat=Etat.ATTENTE)
        .order_by("pk")
    )
    if proposition.pk not in {row.pk for row in rows}:
        raise ActionRefusee("Quelqu’un d’autre vient de s’en occuper.")
    return rows


def _settle(
    staff: Agent,
    rows: list[PropositionExpertise],
    etat: PropositionExpertise.Etat,
    expertise: Expertise | None,
    motif: str = "",
) -> None:
    said = {
        Etat.CREEE: f"« {expertise} » est ajoutée au vocabulaire, et à votre profil",
        Etat.FUSIONNEE: f"Votre proposition est réunie à « {expertise} », ajoutée à votre profil",
    }
    # Held as they are by whoever changes their own profile: what they declare at this moment is not declared twice.
    authors = Agent.objects.select_for_update(no_key=True).filter(pk__in=[row.auteur_id for row in rows])
    list(authors.order_by("pk").values_list("pk"))
    for row in rows:
        row.etat, row.expertise, row.motif = etat, expertise, motif
        row.traitee_par, row.traitee_le = staff, timezone.now()
        row.save(update_fields=["etat", "expertise", "motif", "traitee_par", "traitee_le"])
        if expertise is not None:
            _declare(row.auteur, expertise, row.niveau, row.depuis, replace=False)
            publish_on_commit(f"agent.{row.auteur_id}", {"type": "profil.change"})
        record(staff, f"expertise.{etat}", row)
        take_back(f"expertise-proposee.{row.pk}")
        notify(
            [row.auteur],
            Annonce(
                genre=Genre.PROFIL,
                cle=f"expertise-proposee.{row.pk}.reponse",
                titre=said.get(etat, f"« {row.libelle} » n’est pas ajoutée au vocabulaire"),
                url=reverse("annuaire:modifier-partie", args=["expertises"]),
                extrait=motif,
            ),
        )


def _declare(agent: Agent, expertise: Expertise, niveau: int, depuis: int | None, *, replace: bool) -> None:
    """Add a declaration, in the caller's transaction; one that is there changes only if `replace`."""
    mine = DeclarationExpertise.objects.filter(agent=agent)
    found = mine.filter(expertise=expertise).first()
    if found is None:
        if mine.count() >= MAX_DECLARATIONS:
            if not replace:
                # What the team decides holds for the vocabulary, even when a profile is full.
                return
            raise ActionRefusee(f"Vous déclarez déjà {MAX_DECLARATIONS} expertises : retirez-en une d’abord.")
        DeclarationExpertise.objects.create(agent=agent, expertise=expertise, niveau=niveau, depuis=depuis)
    elif replace:
        found.niveau, found.depuis = niveau, depuis if depuis is not None else found.depuis
        found.save(update_fields=["niveau", "depuis"])


def _free_slug(libelle: str) -> str:
    base = slugify(libelle)[:110] or "expertise"
    slug, number = base, 2
    while Expertise.objects.filter(slug=slug).exists():
        slug, number = f"{base}-{number}", number + 1
    return slug
