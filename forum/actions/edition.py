"""Changing a message after it was published: its versions, its title, who may join in; nothing is overwritten.

Whoever edits says which version they started from. If the message has changed since, nothing is written and
`VersionDepassee` carries what it is now: the page then shows both texts.
"""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.actions import Annonce, notify
from annuaire.notifications.models import Notification
from annuaire.notifications.retraits import blank
from forum.access import can_edit, can_moderate, can_rename, readers_among
from forum.actions.brouillons import delete_draft
from forum.actions.mentions import set_mentions
from forum.actions.moderation import SEE_AGAIN, explain_sujet, record_moderation, record_moderation_of
from forum.actions.pieces import bind_pieces
from forum.actions.preuves import refresh_evidence, refresh_evidence_of_sujet
from forum.actions.publication import check_text, check_title
from forum.actions.rendus import keep_titles, titles_changed
from forum.actions.retraits import lock_message
from forum.models import Message, Sujet, VersionMessage, VersionTitre
from forum.rendu import Rendu, mentioned_agents, render_text
from plateforme.socle.differences import unix_lines
from plateforme.socle.diffusion import publish_on_commit
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.journal import record
from plateforme.socle.limites import check_limit
from plateforme.socle.texte import RENDERER_VERSION, extract_mentions, plain_text

MOTIF_MAX = 300
# What the merge page puts around passages that two people changed differently; never published.
REPERE_LEURS, REPERE_NOTRES, REPERE_FIN = "⟦ version de %s ⟧", "⟦ votre version ⟧", "⟦ fin ⟧"


class VersionDepassee(ActionRefusee):
    """The message, or its sujet's title, has changed since the version one started from."""

    def __init__(self, actuel: Message) -> None:
        super().__init__("Ce message a été modifié pendant que vous écriviez.", champ="texte")
        self.actuel = actuel


@transaction.atomic
def edit_message(
    auteur: Agent,
    message: Message,
    texte: str,
    *,
    version: int,
    titre: str | None = None,
    titre_depuis: str | None = None,
    motif: str = "",
) -> Message:
    """Replace the text of a message, and the title of the sujet when it is its opening; returns it as it is now.

    Its author, or anyone who may write when it is a wiki, while the sujet is open; an animateur at any time, who
    says why (`motif`) when it is somebody else's. `version`, `titre_depuis`: what one started from.
    Raises `VersionDepassee`, `ActionRefusee`, `PermissionDenied`. Under the sujet's lock, then the message's;
    the text is rendered before they are taken. The same text again (a double click) changes nothing.
    """
    from forum.tasks import distribute_edit

    texte = unix_lines(texte)
    check_text(texte)
    if REPERE_NOTRES in texte:
        raise ActionRefusee(
            "Des passages restent à choisir : pour chacun, gardez l’un des deux textes, puis effacez les repères "
            "entre ⟦ et ⟧.",
            champ="texte",
        )
    rendu = render_text(texte, message.sujet.communaute, prefixe=f"s{message.sujet_id}m{message.numero}-")
    locked = lock_message(message)
    _check_may_edit(auteur, locked)
    reason = _checked_reason(auteur, locked, motif)
    renamed = _wanted_title(locked, titre, titre_depuis)
    delete_draft(auteur, f"message.{locked.pk}")
    if locked.texte == texte and renamed is None:
        return locked
    if locked.version != version:
        raise VersionDepassee(locked)
    check_limit("message", auteur.pk)
    if renamed is not None:
        rename_sujet(auteur, locked.sujet, renamed, motif=reason)
    if locked.texte != texte:
        before = set(extract_mentions(locked.texte))
        bind_pieces(auteur, locked, texte)
        _write(auteur, locked, texte, rendu)
        record(auteur, "message.edit", locked, version=locked.version)
        added = [handle for handle in extract_mentions(texte) if handle not in before]
        if added:
            distribute_edit.defer(message_id=locked.pk, auteur_id=auteur.pk, identifiants=added)
        if auteur != locked.auteur and not locked.wiki:
            record_moderation_of(auteur, "edit_message", locked)
            tell_author(auteur, locked, f"version.{locked.version}", "a modifié votre message", reason)
    publish_edited(locked)
    return locked


@transaction.atomic
def rename_sujet(auteur: Agent, sujet: Sujet, titre: str, *, motif: str = "") -> bool:
    """Give a sujet another title: its author while it is open, or an animateur. False when it is the same.

    Every title is kept with who gave it and when; an author is told of what the animation did (`motif`: why).
    """
    titre = check_title(titre)
    locked = (
        Sujet.objects.select_for_update(of=("self",)).select_related("communaute", "auteur").get(pk=sujet.pk)
    )
    if not can_rename(auteur, locked):
        raise PermissionDenied("Le titre d’un sujet se change par son auteur ou par l’animation.")
    if locked.titre == titre:
        return False
    if not locked.versions_titre.exists():
        VersionTitre.objects.create(
            sujet=locked, titre=locked.titre, auteur_id=locked.auteur_id, cree_le=locked.cree_le
        )
    VersionTitre.objects.create(sujet=locked, titre=titre, auteur=auteur, cree_le=timezone.now())
    before = locked.titre
    locked.titre = sujet.titre = titre
    locked.save(update_fields=["titre"])
    refresh_evidence_of_sujet(locked)
    titles_changed(sujet=locked.pk)
    record(auteur, "sujet.rename", locked)
    if auteur != locked.auteur:
        record_moderation(auteur, locked.communaute, "rename", sujet=locked.pk, agent=locked.auteur_id)
        explain_sujet(
            auteur,
            locked,
            "sujet.renomme",
            f"L’animation a renommé votre sujet : « {titre} »",
            motif=motif,
            consigne=f"Il s’intitulait « {before} ». {SEE_AGAIN}",
        )
    publish_on_commit(f"sujet.{locked.pk}", {"type": "sujet.renomme", "sujet": locked.pk, "titre": titre})
    return True


@transaction.atomic
def set_wiki(auteur: Agent, message: Message, wiki: bool) -> bool:
    """Let every member who may write edit a message, or no longer: its author, or an animateur."""
    locked = lock_message(message)
    _check_may_edit(auteur, locked)
    if auteur.pk != locked.auteur_id and not can_moderate(auteur, locked.sujet):
        raise PermissionDenied("Seuls son auteur et l’animation ouvrent un message à tous.")
    if locked.wiki == wiki:
        return False
    locked.wiki = message.wiki = wiki
    locked.save(update_fields=["wiki"])
    record(auteur, "message.wiki" if wiki else "message.unwiki", locked)
    if auteur != locked.auteur:
        done = "a ouvert votre message aux modifications de tous" if wiki else "vous a rendu votre message"
        tell_author(auteur, locked, f"wiki.{int(timezone.now().timestamp())}", done)
    publish_edited(locked)
    return True


@transaction.atomic
def restore_version(auteur: Agent, message: Message, numero: int, *, version: int) -> Message:
    """Make an earlier text the current one again, as a new version. Whoever may edit; raises as `edit_message`."""
    old = VersionMessage.objects.filter(message=message, numero=numero).first()
    if old is None or old.effacee_le is not None:
        raise ActionRefusee("Cette version n’existe plus : elle a été effacée.")
    return edit_message(auteur, message, old.texte, version=version, motif=f"Retour à la version {numero}.")


@transaction.atomic
def purge_version(auteur: Agent, message: Message, numero: int, motif: str) -> bool:
    """Empty one earlier version that holds what must not be kept. Animateurs, with a reason; for good."""
    if not can_moderate(auteur, message.sujet):
        raise PermissionDenied("L’animation de la communauté efface une version.")
    motif = " ".join(motif.split())
    if not motif:
        raise ActionRefusee("Dites pourquoi cette version doit disparaître.", champ="motif")
    if len(motif) > MOTIF_MAX:
        raise ActionRefusee(f"Expliquez en {MOTIF_MAX} caractères au plus.", champ="motif")
    old = VersionMessage.objects.select_for_update().filter(message=message, numero=numero).first()
    if old is None:
        raise ActionRefusee(
            "Seule une version passée s’efface : modifiez d’abord le message, puis effacez l’ancienne version."
        )
    if old.effacee_le is not None:
        return False
    old.texte, old.effacee_le, old.effacee_par, old.motif_effacement = "", timezone.now(), auteur, motif
    old.save(update_fields=["texte", "effacee_le", "effacee_par", "motif_effacement"])
    # The first words of it may have been told.
    blank(f"message.{message.pk}")
    record(auteur, "message.purge_version", message, version=numero)
    record_moderation_of(auteur, "purge_version", message)
    tell_author(auteur, message, f"efface.{numero}", "a effacé une version de votre message", motif)
    return True


@transaction.atomic
def tell_of_edit(message: Message, auteur: Agent, identifiants: list[str]) -> None:
    """Tell those whom an edit cites and the text did not before. For the worker; harmless when repeated."""
    if not message.visible:
        return
    still = set(identifiants) & set(extract_mentions(message.texte))
    # Those alone, of all that the text calls: as if it called nobody else.
    called = mentioned_agents(" ".join(f"@{handle}" for handle in sorted(still)), message.sujet.communaute)
    cited = [agent for agent in called if agent.pk != auteur.pk]
    key = f"message.{message.pk}"
    # Told already as a follower: this is something else, told under a key of its own, once.
    followers = set(
        Notification.objects.filter(cle=key, destinataire__in=cited)
        .exclude(genre=Notification.Genre.MENTION)
        .values_list("destinataire", flat=True)
    )
    for cle, people in (
        (key, [agent for agent in cited if agent.pk not in followers]),
        (f"{key}.mention", [agent for agent in cited if agent.pk in followers]),
    ):
        notify(
            people,
            Annonce(
                genre=Notification.Genre.MENTION,
                cle=cle,
                titre=f"{auteur.nom_complet} vous cite dans « {message.sujet.titre} »",
                url=message.get_absolute_url(),
                extrait=plain_text(message.texte, 280),
                acteur=auteur,
                fil=f"sujet.{message.sujet_id}",
            ),
        )


def tell_author(auteur: Agent, message: Message, suffixe: str, verbe: str, motif: str = "") -> None:
    """Tell the author of `message` what was done to it, if they may still read it. `suffixe` names the event."""
    notify(
        readers_among(message.sujet, [message.auteur]),
        Annonce(
            genre=Notification.Genre.MODERATION,
            cle=f"message.{message.pk}.{suffixe}",
            titre=f"{auteur.nom_complet} {verbe} dans « {message.sujet.titre} »",
            url=message.get_absolute_url(),
            extrait=motif,
            acteur=auteur,
            fil=f"sujet.{message.sujet_id}",
        ),
    )


def publish_edited(message: Message) -> None:
    """Tell open pages that the message is to be shown again."""
    publish_on_commit(
        f"sujet.{message.sujet_id}",
        {
            "type": "message.modifie",
            "sujet": message.sujet_id,
            "message": message.pk,
            "numero": message.numero,
            "version": message.version,
        },
    )


def _check_may_edit(auteur: Agent, message: Message) -> None:
    if can_edit(auteur, message):
        return
    if not message.visible:
        raise PermissionDenied("Ce message a été retiré : il ne se modifie plus.")
    if not message.sujet.ouvert:
        raise PermissionDenied("Ce sujet est fermé : ses messages ne se modifient plus que par l’animation.")
    raise PermissionDenied("Vous ne pouvez pas modifier ce message.")


def _checked_reason(auteur: Agent, message: Message, motif: str) -> str:
    motif = " ".join(motif.split())
    if len(motif) > MOTIF_MAX:
        raise ActionRefusee(f"Expliquez en {MOTIF_MAX} caractères au plus.", champ="motif")
    if auteur.pk != message.auteur_id and not message.wiki and not motif:
        raise ActionRefusee("Dites à la personne pourquoi vous modifiez son message.", champ="motif")
    return motif


def _wanted_title(message: Message, titre: str | None, depuis: str | None) -> str | None:
    """The title to give, or None; raises `VersionDepassee` when somebody else has changed it meanwhile."""
    if titre is None or message.numero != 1:
        return None
    wanted = check_title(titre)
    if wanted in (message.sujet.titre, depuis):
        return None
    if depuis is not None and depuis != message.sujet.titre:
        raise VersionDepassee(message)
    return wanted


def _write(auteur: Agent, message: Message, texte: str, rendu: Rendu) -> None:
    """The text replaced goes among the versions, with who had written it."""
    changed = message.modifie_le is not None
    VersionMessage.objects.create(
        message=message,
        numero=message.version,
        texte=message.texte,
        auteur_id=message.modifie_par_id if changed else message.auteur_id,
        cree_le=message.modifie_le or message.cree_le,
    )
    message.texte, message.html_stocke, message.version_rendu = texte, rendu.html, RENDERER_VERSION
    message.version += 1
    message.modifie_le, message.modifie_par = timezone.now(), auteur
    message.save(
        update_fields=["texte", "html_stocke", "version_rendu", "version", "modifie_le", "modifie_par"]
    )
    keep_titles(message, rendu)
    message.titres = None
    set_mentions(message)
    if message.numero == 1:
        # Its words are those of the question that the others answered.
        refresh_evidence_of_sujet(message.sujet)
    else:
        refresh_evidence([message.pk])
