"""Every write on communities and their members."""

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import F
from django.dispatch import Signal
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import slugify

from annuaire.models import Agent
from annuaire.notifications.actions import Annonce, notify
from annuaire.notifications.models import Notification
from communautes.access import can_animate, suspension_of
from communautes.explications import MOTIF_MAX, Explication, animateurs_of, explain
from communautes.models import Adhesion, Communaute, DemandeAdhesion, Invitation, Suspension
from plateforme.socle.diffusion import publish_on_commit
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.journal import record
from plateforme.socle.limites import check_limit
from plateforme.socle.texte import render_markdown
from plateforme.socle.typographie import of

SUSPENSION_MAX = timedelta(days=366)

# Higher floors listen: realtime gives a new community its first salon.
communaute_created = Signal()
# Its name, or who may know of it, is no longer the same: texts of the forum name communities and what is in them.
communaute_changed = Signal()


@transaction.atomic
def create_communaute(
    auteur: Agent,
    *,
    nom: str,
    resume: str,
    genre: str = Communaute.Genre.COMMUNAUTE,
    visibilite: str = Communaute.Visibilite.OUVERTE,
    presentation: str = "",
    charte: str = "",
    couleur: str = Communaute.Couleur.GLYCINE,
    slug: str = "",
) -> Communaute:
    """Open a community, animated by its author. Agents of the State only."""
    if auteur.partenaire:
        raise PermissionDenied("La création d’une communauté est réservée aux agents de l’État.")
    check_limit("adhesion", auteur.pk)
    slug = slug or slugify(nom)[:80].strip("-") or "communaute"
    try:
        with transaction.atomic():
            communaute = Communaute.objects.create(
                nom=nom,
                slug=slug,
                resume=resume,
                genre=genre,
                visibilite=visibilite,
                presentation=presentation,
                presentation_html=render_markdown(presentation),
                charte=charte,
                charte_html=render_markdown(charte),
                couleur=couleur,
            )
    except IntegrityError:
        raise ActionRefusee(
            "Une communauté porte déjà ce nom. Rejoignez-la, ou choisissez un nom qui dit ce qui vous distingue.",
            champ="nom",
        ) from None
    _add_member(communaute, auteur, Adhesion.Role.ANIMATEUR)
    record(auteur, "communaute.create", communaute)
    communaute_created.send(Communaute, communaute=communaute)
    return communaute


@transaction.atomic
def edit_communaute(auteur: Agent, communaute: Communaute, **champs: str | int) -> Communaute:
    """Change name, summary, presentation, charter, visibility, colour or archiving. Animateurs only.

    The name's uniqueness is held by the database: a name taken meanwhile raises `ActionRefusee`.
    """
    _require_animateur(auteur, communaute)
    before = Communaute.objects.values_list("nom", "visibilite").get(pk=communaute.pk)
    editable = ("nom", "resume", "presentation", "charte", "visibilite", "couleur", "archivage_mois")
    for champ in editable:
        if champ in champs:
            setattr(communaute, champ, champs[champ])
    communaute.presentation_html = render_markdown(communaute.presentation)
    communaute.charte_html = render_markdown(communaute.charte)
    try:
        with transaction.atomic():
            communaute.save(update_fields=[*editable, "presentation_html", "charte_html"])
    except IntegrityError:
        raise ActionRefusee("Une communauté porte déjà ce nom.", champ="nom") from None
    record(auteur, "communaute.edit", communaute, champs=sorted(champs))
    if (communaute.nom, communaute.visibilite) != before:
        communaute_changed.send(Communaute, communaute=communaute)
    return communaute


@transaction.atomic
def join(agent: Agent, communaute: Communaute) -> Adhesion:
    """Become a member of an open community. Harmless when already one."""
    check_limit("adhesion", agent.pk)
    if communaute.visibilite != Communaute.Visibilite.OUVERTE or agent.partenaire:
        raise PermissionDenied("On entre dans cette communauté sur demande ou sur invitation.")
    adhesion = _add_member(communaute, agent)
    record(agent, "communaute.join", communaute)
    return adhesion


@transaction.atomic
def request_membership(agent: Agent, communaute: Communaute, motif: str) -> DemandeAdhesion:
    """Ask to join a community entered on request; its animateurs are told."""
    check_limit("adhesion", agent.pk)
    if communaute.visibilite != Communaute.Visibilite.SUR_DEMANDE or agent.partenaire:
        raise PermissionDenied("Cette communauté ne reçoit pas de demandes.")
    if Adhesion.objects.filter(communaute=communaute, agent=agent).exists():
        raise ActionRefusee("Vous êtes déjà membre de cette communauté.")
    try:
        with transaction.atomic():
            demande = DemandeAdhesion.objects.create(communaute=communaute, agent=agent, motif=motif)
    except IntegrityError:
        raise ActionRefusee("Votre demande est déjà entre les mains des animatrices et animateurs.") from None
    record(agent, "demande.create", demande)
    notify(
        animateurs_of(communaute),
        Annonce(
            genre=Notification.Genre.DEMANDE,
            cle=f"demande.{demande.pk}",
            titre=f"{agent.nom_complet} souhaite rejoindre « {communaute.nom} »",
            extrait=motif[:300],
            url=communaute.get_absolute_url() + "membres/",
            acteur=agent,
        ),
    )
    return demande


@transaction.atomic
def answer_request(auteur: Agent, demande: DemandeAdhesion, *, accepter: bool) -> DemandeAdhesion:
    """Accept or refuse a request. Animateurs only. Two at once: the first answer stands."""
    _require_animateur(auteur, demande.communaute)
    demande = (
        DemandeAdhesion.objects.select_for_update(of=("self",))
        .select_related("communaute", "agent")
        .get(pk=demande.pk)
    )
    if demande.etat != DemandeAdhesion.Etat.EN_ATTENTE:
        raise ActionRefusee("Cette demande a déjà reçu une réponse.")
    demande.etat = DemandeAdhesion.Etat.ACCEPTEE if accepter else DemandeAdhesion.Etat.REFUSEE
    demande.traitee_par, demande.traitee_le = auteur, timezone.now()
    demande.save(update_fields=["etat", "traitee_par", "traitee_le"])
    if accepter:
        _add_member(demande.communaute, demande.agent)
    record(auteur, "demande.accept" if accepter else "demande.refuse", demande)
    verdict = "est acceptée : bienvenue !" if accepter else "n’a pas été retenue."
    notify(
        [demande.agent],
        Annonce(
            genre=Notification.Genre.ADHESION,
            cle=f"demande.{demande.pk}.reponse",
            titre=f"Votre demande pour « {demande.communaute.nom} » {verdict}",
            url=demande.communaute.get_absolute_url(),
            acteur=auteur,
        ),
    )
    return demande


@transaction.atomic
def invite(auteur: Agent, communaute: Communaute, agent: Agent) -> Invitation:
    """Invite somebody who has an account. Animateurs only; partners only into labs."""
    _require_animateur(auteur, communaute)
    check_limit("adhesion", auteur.pk)
    if not agent.is_active:
        raise ActionRefusee("Ce compte est fermé.", champ="identifiant")
    if agent.partenaire and not communaute.est_laboratoire:
        raise ActionRefusee(
            "Les partenaires extérieurs ne sont accueillis que dans les laboratoires.", champ="identifiant"
        )
    if Adhesion.objects.filter(communaute=communaute, agent=agent).exists():
        raise ActionRefusee("Cette personne est déjà membre.", champ="identifiant")
    try:
        with transaction.atomic():
            invitation: Invitation = Invitation.objects.create(
                communaute=communaute, agent=agent, invitant=auteur
            )
    except IntegrityError:
        raise ActionRefusee("Cette personne a déjà reçu une invitation.", champ="identifiant") from None
    record(auteur, "invitation.create", invitation)
    notify(
        [agent],
        Annonce(
            genre=Notification.Genre.INVITATION,
            cle=f"invitation.{invitation.pk}",
            titre=f"{auteur.nom_complet} vous invite à rejoindre « {communaute.nom} »",
            url=communaute.get_absolute_url(),
            acteur=auteur,
        ),
    )
    return invitation


@transaction.atomic
def answer_invitation(agent: Agent, invitation: Invitation, *, accepter: bool) -> Invitation:
    """Accept or decline an invitation addressed to oneself; answered twice, the first answer stands."""
    invitation = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("communaute")
        .get(pk=invitation.pk, agent=agent)
    )
    if invitation.etat != Invitation.Etat.EN_ATTENTE:
        raise ActionRefusee("Vous avez déjà répondu à cette invitation.")
    invitation.etat = Invitation.Etat.ACCEPTEE if accepter else Invitation.Etat.DECLINEE
    invitation.save(update_fields=["etat"])
    if accepter:
        _add_member(invitation.communaute, agent)
    record(agent, "invitation.accept" if accepter else "invitation.decline", invitation)
    return invitation


@transaction.atomic
def leave(agent: Agent, communaute: Communaute) -> None:
    """Leave a community. The last animateur stays until there is another. Harmless when not a member."""
    _remove_member(communaute, agent)
    record(agent, "communaute.leave", communaute)


@transaction.atomic
def set_level(agent: Agent, communaute: Communaute, niveau: str) -> None:
    """Say how much of a community one wants to hear. Members only; harmless when it is so already."""
    changed = Adhesion.objects.filter(communaute=communaute, agent=agent).update(
        niveau=Adhesion.Niveau(niveau)
    )
    if not changed:
        raise PermissionDenied("Rejoignez la communauté pour choisir ce dont elle vous prévient.")
    record(agent, "communaute.set_level", communaute, niveau=niveau)


@transaction.atomic
def exclude_member(auteur: Agent, communaute: Communaute, agent: Agent) -> None:
    """Take somebody out of a community. Animateurs only; their open sockets stop receiving at once."""
    _require_animateur(auteur, communaute)
    _remove_member(communaute, agent)
    record(auteur, "communaute.exclude", communaute, agent=agent.pk)


@transaction.atomic
def set_role(auteur: Agent, communaute: Communaute, agent: Agent, role: str) -> Adhesion:
    """Give or take the role of animateur. Animateurs only; one at least must remain."""
    _require_animateur(auteur, communaute)
    Communaute.objects.select_for_update().get(pk=communaute.pk)
    adhesion = Adhesion.objects.filter(communaute=communaute, agent=agent).first()
    if adhesion is None:
        raise ActionRefusee("Cette personne n’est plus membre de la communauté.")
    if role != Adhesion.Role.ANIMATEUR:
        _require_other_animateur(communaute, adhesion)
    elif Suspension.objects.current().filter(communaute=communaute, agent=agent).exists():
        raise ActionRefusee(
            f"La participation {of(agent.nom_complet)} est suspendue : levez d’abord la suspension."
        )
    adhesion.role = Adhesion.Role(role)
    adhesion.save(update_fields=["role"])
    record(auteur, "communaute.set_role", communaute, agent=agent.pk, role=role)
    return adhesion


@transaction.atomic
def suspend(
    auteur: Agent, communaute: Communaute, agent: Agent, *, jusqu_au: datetime, motif: str
) -> Suspension:
    """Keep a member from writing until a date: they go on reading, and are told until when, why, and whom to
    ask. Animateurs only; never themselves nor another animateur. A suspension in force is replaced.

    Two at once take turns on the community's row: the later one stands. Raises `ActionRefusee`.
    """
    _require_animateur(auteur, communaute)
    check_limit("moderation", auteur.pk)
    motif = " ".join(motif.split())
    if not motif:
        raise ActionRefusee("Dites pourquoi : la personne lira ce motif.", champ="motif")
    if len(motif) > MOTIF_MAX:
        raise ActionRefusee(f"Expliquez en {MOTIF_MAX} caractères au plus.", champ="motif")
    now = timezone.now()
    if jusqu_au <= now:
        raise ActionRefusee("Cette date est passée : choisissez une date à venir.", champ="jusqu_au")
    if jusqu_au > now + SUSPENSION_MAX:
        raise ActionRefusee("Une suspension dure un an au plus.", champ="jusqu_au")
    # The same lock as `set_role`: nobody becomes an animateur while being suspended.
    Communaute.objects.select_for_update(no_key=True).get(pk=communaute.pk)
    adhesion = Adhesion.objects.filter(communaute=communaute, agent=agent).first()
    if adhesion is None:
        raise ActionRefusee("Cette personne n’est plus membre de la communauté.")
    if agent == auteur:
        raise ActionRefusee("Vous ne pouvez pas suspendre votre propre participation.")
    if adhesion.role == Adhesion.Role.ANIMATEUR:
        raise ActionRefusee(
            f"{agent.nom_complet} anime cette communauté : retirez-lui d’abord l’animation, "
            "ou parlez-en ensemble."
        )
    # Those that came to their end, too: the database keeps one open at a time.
    Suspension.objects.filter(communaute=communaute, agent=agent, levee_le__isnull=True).update(
        levee_le=now, levee_par=auteur
    )
    suspension: Suspension = Suspension.objects.create(
        communaute=communaute, agent=agent, motif=motif, jusqu_au=jusqu_au, par=auteur
    )
    record(auteur, "moderation.suspend", communaute, agent=agent.pk, jusqu_au=jusqu_au.isoformat())
    explain(
        Explication(
            auteur=auteur,
            agent=agent,
            communaute=communaute,
            cle=f"suspension.{suspension.pk}",
            titre=f"Votre participation à « {communaute.nom} » est suspendue jusqu’au {_day(jusqu_au)}",
            motif=motif,
            consigne="Jusque-là vous continuez de tout lire, sans écrire ni réagir. Vous pourrez de nouveau "
            "participer le moment venu, sans rien avoir à faire.",
        )
    )
    _publish_participation(communaute, agent)
    return suspension


@transaction.atomic
def lift_suspension(auteur: Agent, suspension: Suspension) -> None:
    """Let a suspended member write again before the date. Animateurs only; harmless when already over."""
    _require_animateur(auteur, suspension.communaute)
    lifted = (
        Suspension.objects.current()
        .filter(pk=suspension.pk)
        .update(levee_le=timezone.now(), levee_par=auteur)
    )
    if not lifted:
        return
    record(auteur, "moderation.lift_suspension", suspension.communaute, agent=suspension.agent_id)
    explain(
        Explication(
            auteur=auteur,
            agent=suspension.agent,
            communaute=suspension.communaute,
            cle=f"suspension.{suspension.pk}.levee",
            titre=f"Vous pouvez de nouveau participer à « {suspension.communaute.nom} »",
            motif="",
            consigne="La suspension de votre participation est levée.",
        )
    )
    _publish_participation(suspension.communaute, suspension.agent)


@transaction.atomic
def put_charter_aside(agent: Agent, communaute: Communaute) -> None:
    """No longer recall the charter above the editor to this member. Harmless when not a member."""
    Adhesion.objects.filter(communaute=communaute, agent=agent).update(rappels_charte=0)


def count_charter_reminder(agent: Agent, communaute: Communaute) -> None:
    """One message written with the charter in sight; in the caller's transaction."""
    Adhesion.objects.filter(communaute=communaute, agent=agent, rappels_charte__gt=0).update(
        rappels_charte=F("rappels_charte") - 1
    )


def _publish_participation(communaute: Communaute, agent: Agent) -> None:
    """Tell the pages that the person has open that they may no longer write, or may again."""
    suspension = suspension_of(agent, communaute)
    publish_on_commit(
        f"agent.{agent.pk}",
        {
            "type": "participation.change",
            "communaute": communaute.pk,
            "suspension": suspension.phrase if suspension is not None else None,
        },
    )


def _day(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "j F Y")


def _add_member(communaute: Communaute, agent: Agent, role: str = Adhesion.Role.MEMBRE) -> Adhesion:
    """In the caller's transaction. The counter moves only with the row, so two clicks count once."""
    adhesion, created = Adhesion.objects.get_or_create(
        communaute=communaute, agent=agent, defaults={"role": role}
    )
    if created:
        Communaute.objects.filter(pk=communaute.pk).update(nb_membres=F("nb_membres") + 1)
        communaute.refresh_from_db(fields=["nb_membres"])
        # Whatever else was pending is settled by being a member.
        DemandeAdhesion.objects.filter(
            communaute=communaute, agent=agent, etat=DemandeAdhesion.Etat.EN_ATTENTE
        ).update(etat=DemandeAdhesion.Etat.ACCEPTEE, traitee_le=timezone.now())
        Invitation.objects.filter(communaute=communaute, agent=agent, etat=Invitation.Etat.EN_ATTENTE).update(
            etat=Invitation.Etat.ACCEPTEE
        )
    return adhesion


def _remove_member(communaute: Communaute, agent: Agent) -> None:
    # The lock on the community makes two last animateurs who leave at once leave one after the other.
    Communaute.objects.select_for_update().get(pk=communaute.pk)
    adhesion = Adhesion.objects.filter(communaute=communaute, agent=agent).first()
    if adhesion is None:
        return
    _require_other_animateur(communaute, adhesion)
    adhesion.delete()
    Communaute.objects.filter(pk=communaute.pk).update(nb_membres=F("nb_membres") - 1)
    publish_on_commit(f"agent.{agent.pk}", {"type": "acces.change", "communaute": communaute.pk})


def _require_animateur(agent: Agent, communaute: Communaute) -> None:
    if not can_animate(agent, communaute):
        raise PermissionDenied("Cette action est réservée aux personnes qui animent la communauté.")


def _require_other_animateur(communaute: Communaute, adhesion: Adhesion) -> None:
    if adhesion.role != Adhesion.Role.ANIMATEUR:
        return
    others = Adhesion.objects.filter(communaute=communaute, role=Adhesion.Role.ANIMATEUR).exclude(
        pk=adhesion.pk
    )
    if not others.exists():
        raise ActionRefusee(
            "Une communauté garde au moins une personne pour l’animer : confiez d’abord ce rôle à un autre membre."
        )
