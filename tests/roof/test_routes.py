"""Route × role: who gets what from every address of the site. A route without a row here fails the suite."""

import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver
from PIL import Image
from pytest_django import DjangoDbBlocker

from annuaire.models import Agent
from annuaire.sollicitations.actions import Projet, save_draft, send
from communautes.actions import invite
from communautes.fichiers.actions import share_document
from communautes.models import DemandeAdhesion
from communautes.suites.actions import create_task, propose_decision
from forum.actions import report_message, save_canned
from forum.actions.pieces import add_piece, bind_pieces
from forum.models import EntreeFaq
from realtime.actions import send_message
from realtime.fichiers.actions import add_file
from realtime.fichiers.joints import Joint
from realtime.lieux import open_direct
from realtime.reunions.actions import ProjetPoint, Rythme, plan_serie, propose_dates
from realtime.reunions.actions.points import write_points
from realtime.reunions.models import Reunion
from tests.factories import add_member, browser, declare, make_agent, make_communaute, make_sujet
from tests.parcours.pages import ANIMATRICE, MEMBRE, SANS_PAGE, SECOND_FACTEUR, VISITEUR

pytestmark = pytest.mark.django_db

# What each gets: visitor, agent outside, partner outside, member, animateur. 302 to the sign-in page for a visitor.
LOGIN = 302
ALL = (200, 200, 200, 200, 200)
SIGNED = (LOGIN, 200, 200, 200, 200)
# A POST sent by GET.
POST = (LOGIN, 405, 405, 405, 405)
MEMBERS = (LOGIN, 403, 404, 200, 200)
ANIMATION = (LOGIN, 403, 404, 403, 200)

# Addresses of a community entered on request, whose presentation any agent may see.
ROUTES: dict[str, tuple[int, ...]] = {
    "accueil": ALL,
    "recherche": SIGNED,
    "mentions-legales": ALL,
    "donnees-personnelles": ALL,
    "accessibilite": ALL,
    "plan-du-site": ALL,
    "charte": ALL,
    "hors-ligne": ALL,
    "service-worker": ALL,
    "sante-vivant": ALL,
    "sante-pret": (503, 503, 503, 503, 503),
    "annuaire:recherche": (LOGIN, 200, 403, 200, 200),
    "trouver:recherches": (LOGIN, 200, 403, 200, 200),
    "trouver:ouvrir": (LOGIN, 404, 403, 404, 404),
    "trouver:enregistrer": POST,
    "trouver:renommer": POST,
    "trouver:prevenir": POST,
    "trouver:supprimer": POST,
    "trouver:solliciter": (LOGIN, 302, 403, 302, 302),
    "trouver:exporter": POST,
    "annuaire:moi": (LOGIN, 302, 302, 302, 302),
    "annuaire:modifier": SIGNED,
    "annuaire:modifier-partie": SIGNED,
    "profils:changer-photo": SIGNED,
    "profils:retirer-photo": POST,
    "profils:ajouter-expertise": SIGNED,
    "profils:proposer-expertise": (LOGIN, 200, 403, 200, 200),
    "profils:ecarter-suggestion": POST,
    "profils:decider-expertise": POST,
    "profils:recommandations": (LOGIN, 200, 403, 200, 200),
    "profils:decliner": POST,
    "profils:retirer-recommandation": POST,
    "profils:masquer-recommandation": POST,
    "profils:signaler-recommandation": (LOGIN, 404, 403, 404, 404),
    "profils:moderation": (LOGIN, 403, 403, 403, 403),
    "profils:moderer-recommandation": POST,
    # Nobody recommends themselves.
    "profils:recommander": (LOGIN, 200, 403, 200, 404),
    "profils:demander": (LOGIN, 200, 403, 200, 404),
    "profils:carte": (LOGIN, 200, 404, 200, 200),
    "profils:vcard": (LOGIN, 200, 404, 200, 200),
    # Nobody of this world has a photo.
    "profils:photo": (LOGIN, 404, 404, 404, 404),
    "sollicitations:miennes": (LOGIN, 200, 403, 200, 200),
    "sollicitations:nouvelle": (LOGIN, 200, 403, 200, 200),
    "sollicitations:capacite": (LOGIN, 200, 403, 200, 200),
    "sollicitations:personnes": (LOGIN, 200, 403, 200, 200),
    # Mel, the member, asks Ana, the animatrice; to others it does not exist. tests/sollicitations goes further.
    "sollicitations:sollicitation": (LOGIN, 404, 403, 200, 302),
    "sollicitations:clore": (LOGIN, 404, 403, 200, 404),
    # It is sent.
    "sollicitations:modifier": (LOGIN, 404, 403, 404, 404),
    "sollicitations:envoyer": POST,
    "sollicitations:supprimer": POST,
    "sollicitations:sans-suite": POST,
    "sollicitations:fil": (LOGIN, 404, 403, 200, 200),
    "sollicitations:ecrire": POST,
    "sollicitations:compter": POST,
    "sollicitations:decliner": (LOGIN, 404, 403, 403, 200),
    "sollicitations:rediriger": (LOGIN, 404, 403, 403, 200),
    "sollicitations:ajouter": (LOGIN, 404, 403, 200, 200),
    "sollicitations:retirer": POST,
    "sollicitations:fichier": (LOGIN, 404, 403, 404, 404),
    "sollicitations:retirer-fichier": POST,
    # Not answered yet: back to the thread. tests/sollicitations/test_publications.py goes further.
    "publications:publier": (LOGIN, 404, 403, 302, 302),
    "publications:accord": POST,
    "annuaire:fermer-session": POST,
    "annuaire:profil": (LOGIN, 200, 404, 200, 200),
    "annuaire:contributions": (LOGIN, 200, 404, 200, 200),
    "annuaire:masquer-contribution": POST,
    "organisation:services": (LOGIN, 200, 403, 200, 200),
    "organisation:service": (LOGIN, 200, 403, 200, 200),
    "couverture:ensemble": (LOGIN, 200, 403, 200, 200),
    "couverture:expertise": (LOGIN, 200, 403, 200, 200),
    "couverture:region": (LOGIN, 200, 403, 200, 200),
    "couverture:export-departements": (LOGIN, 200, 403, 200, 200),
    "couverture:export-expertises": (LOGIN, 200, 403, 200, 200),
    "couverture:export-expertise": (LOGIN, 200, 403, 200, 200),
    "presence:presence": SIGNED,
    "presence:choisir": POST,
    "presence:preferences": POST,
    "notifications:liste": SIGNED,
    "notifications:nombre": SIGNED,
    "notifications:tout-lire": POST,
    "notifications:annuler": POST,
    "notifications:marquer": POST,
    "notifications:reglages": SIGNED,
    # A token that is nobody's: the page says so, to whoever comes.
    "notifications:desabonnement": (404, 404, 404, 404, 404),
    "notifications:appareils": POST,
    "notifications:retirer-appareil": POST,
    "notifications:ouvrir": (LOGIN, 404, 404, 404, 404),
    "communautes:liste": SIGNED,
    "communautes:creer": (LOGIN, 200, 403, 200, 200),
    "communautes:communaute": (LOGIN, 200, 404, 200, 200),
    "communautes:a-propos": (LOGIN, 200, 404, 200, 200),
    "communautes:charte": (LOGIN, 200, 404, 200, 200),
    "communautes:membres": MEMBERS,
    "communautes:modifier": ANIMATION,
    "communautes:inviter": POST,
    "communautes:rejoindre": POST,
    "communautes:quitter": POST,
    "communautes:niveau": POST,
    "communautes:demander": POST,
    "communautes:repondre-demande": POST,
    "communautes:repondre-invitation": POST,
    "communautes:role": POST,
    "communautes:exclure": POST,
    "fichiers:liste": MEMBERS,
    "fichiers:deposer": (LOGIN, 403, 404, 200, 200),
    "fichiers:telecharger": MEMBERS,
    "fichiers:retirer": POST,
    "suites:decisions": MEMBERS,
    "suites:nouvelle-decision": MEMBERS,
    "suites:export-decisions": MEMBERS,
    "suites:decision": MEMBERS,
    "suites:modifier-decision": ANIMATION,
    "suites:confirmer-decision": POST,
    "suites:annuler-decision": ANIMATION,
    "suites:taches": MEMBERS,
    "suites:nouvelle-tache": MEMBERS,
    "suites:export-taches": MEMBERS,
    "suites:personnes": MEMBERS,
    "suites:tache": MEMBERS,
    "suites:etat-tache": POST,
    "suites:prendre-tache": POST,
    "suites:mes-taches": SIGNED,
    "forum:liste": MEMBERS,
    "forum:ouvrir": MEMBERS,
    "forum:sujet": MEMBERS,
    "forum:repondre": POST,
    "forum:accepter": POST,
    "forum:cle-flux": SIGNED,
    "forum:creer-cle-flux": POST,
    "forum:revoquer-cle-flux": POST,
    # A key that nobody has; what each gets with theirs is in tests/forum/test_flux.py.
    "forum:signaler": MEMBERS,
    "forum:moderation": ANIMATION,
    "forum:signalement": ANIMATION,
    "forum:prendre": POST,
    "forum:rendre": POST,
    "forum:masquer": ANIMATION,
    "forum:demasquer": POST,
    "forum:avertir": ANIMATION,
    "forum:masquer-sujet": ANIMATION,
    "forum:demasquer-sujet": POST,
    "forum:deplacer": ANIMATION,
    "forum:fusionner": ANIMATION,
    "forum:scinder": ANIMATION,
    "forum:membre": ANIMATION,
    "forum:lever": POST,
    "forum:journal-moderation": ANIMATION,
    "forum:reponses-types": ANIMATION,
    "forum:reponse-type": ANIMATION,
    "forum:moderation-recue": MEMBERS,
    "forum:charte-vue": POST,
    "forum:flux": (404, 404, 404, 404, 404),
    "forum:flux-etiquette": (404, 404, 404, 404, 404),
    "forum:flux-expertise": (404, 404, 404, 404, 404),
    "forum:retirer-acceptation": POST,
    "forum:niveau": POST,
    "forum:etat": MEMBERS,
    "forum:sondage": (LOGIN, 403, 404, 404, 404),
    "forum:voter": POST,
    "forum:similaires": MEMBERS,
    "forum:etiquettes": MEMBERS,
    "forum:etiquette": POST,
    "forum:classer": (LOGIN, 403, 404, 200, 200),
    "forum:apercu-retour": POST,
    "forum:experts": MEMBERS,
    "forum:proches": MEMBERS,
    "forum:retirer-vote": POST,
    "forum:clore-sondage": POST,
    "forum:message": (LOGIN, 403, 404, 302, 302),
    "forum:apercu": POST,
    "forum:mentions": MEMBERS,
    "forum:pieces": POST,
    "forum:citation": MEMBERS,
    "forum:piece": MEMBERS,
    "forum:piece-image": (LOGIN, 403, 404, 404, 404),
    "forum:retirer-piece": POST,
    "forum:emojis": SIGNED,
    "forum:aide": SIGNED,
    "forum:brouillons": SIGNED,
    "forum:brouillon": POST,
    "forum:supprimer-brouillon": POST,
    "forum:nouveaux": MEMBERS,
    "forum:resume": MEMBERS,
    "forum:non-lus": SIGNED,
    "forum:modifier": MEMBERS,
    "forum:wiki": POST,
    "forum:fragment": MEMBERS,
    "forum:historique": MEMBERS,
    "forum:retablir-version": POST,
    "forum:effacer-version": POST,
    "forum:supprimer": (LOGIN, 403, 404, 200, 403),
    "forum:retablir": POST,
    "forum:reactions": MEMBERS,
    "forum:meme-besoin": POST,
    "forum:memes-besoins": MEMBERS,
    "forum:faq": MEMBERS,
    "forum:proposer-faq": MEMBERS,
    "forum:faq-entree": ANIMATION,
    "forum:noter-decision": MEMBERS,
    "forum:faire-tache": MEMBERS,
    "forum:mes-sujets": SIGNED,
    "forum:on-me-cite": SIGNED,
    "forum:sans-reponse": SIGNED,
    "forum:suivis": SIGNED,
    "forum:favoris": SIGNED,
    "forum:favori": MEMBERS,
    "forum:retirer-favori": POST,
    "forum:remettre-favori": POST,
    "forum:rappel": (LOGIN, 403, 404, 302, 302),
    "forum:lu": POST,
    "forum:communaute-lue": POST,
    "forum:tout-lu": POST,
    "forum:annuler-lecture": POST,
    "forum:non-lu": POST,
    "realtime:salons": SIGNED,
    "realtime:salon": (LOGIN, 404, 404, 200, 200),
    "realtime:messages": (LOGIN, 404, 404, 200, 200),
    "realtime:message": (LOGIN, 404, 404, 302, 302),
    "realtime:gestes": (LOGIN, 404, 404, 200, 200),
    "realtime:fil": (LOGIN, 404, 404, 200, 200),
    "realtime:reponses": (LOGIN, 404, 404, 200, 200),
    "realtime:repondre": POST,
    "realtime:suivre-fil": POST,
    "realtime:modifier": (LOGIN, 404, 404, 200, 403),
    "realtime:versions": (LOGIN, 404, 404, 200, 200),
    "realtime:supprimer": POST,
    "realtime:retablir": POST,
    "realtime:reagir": POST,
    "realtime:epingler": POST,
    "devenirs:sujet": (LOGIN, 404, 404, 200, 200),
    "devenirs:decision": (LOGIN, 404, 404, 200, 200),
    "devenirs:decisions": (LOGIN, 404, 404, 200, 200),
    "devenirs:export-decisions": (LOGIN, 404, 404, 200, 200),
    "devenirs:tache": (LOGIN, 404, 404, 200, 200),
    "realtime:dire": POST,
    "realtime:ouvrir": MEMBERS,
    "realtime:ouvrir-groupe": (LOGIN, 200, 403, 200, 200),
    "realtime:ecrire": POST,
    "realtime:recherche": (LOGIN, 404, 404, 200, 200),
    "realtime:fichiers": (LOGIN, 404, 404, 200, 200),
    "realtime:envoyer-fichier": POST,
    "realtime:fichier": (LOGIN, 404, 404, 200, 200),
    "realtime:fichier-image": (LOGIN, 404, 404, 200, 200),
    "realtime:retirer-fichier": POST,
    "realtime:reglages": (LOGIN, 404, 404, 200, 200),
    "realtime:renommer": POST,
    "realtime:archiver": POST,
    "realtime:ajouter-personnes": POST,
    "realtime:retirer-personne": POST,
    "realtime:conserver": POST,
    "realtime:quitter": POST,
    "realtime:sourdine": POST,
    "reunions:liste": MEMBERS,
    "reunions:planifier": ANIMATION,
    "reunions:reunion": (LOGIN, 404, 404, 200, 200),
    "reunions:planifier-salon": (LOGIN, 404, 404, 200, 200),
    "reunions:planifier-entre-agents": (LOGIN, 200, 403, 200, 200),
    "reunions:miennes": SIGNED,
    "reunions:personnes": SIGNED,
    "reunions:agenda": SIGNED,
    "reunions:preferences": POST,
    "reunions:creer-cle": POST,
    "reunions:revoquer-cle": POST,
    # A key, then links, that nobody has; what each gets with theirs is in tests/reunions.
    "reunions:flux": (404, 404, 404, 404, 404),
    "reunions:exterieur": (404, 404, 404, 404, 404),
    "reunions:telecharger-exterieur": (404, 404, 404, 404, 404),
    "reunions:serie": (LOGIN, 404, 404, 200, 200),
    "reunions:inviter-serie": POST,
    "reunions:arreter-serie": POST,
    "reunions:repondre-serie": POST,
    "reunions:retirer-habitue": POST,
    "reunions:proposer-dates": ANIMATION,
    "reunions:proposer-dates-salon": (LOGIN, 404, 404, 200, 200),
    "reunions:proposer-dates-entre-agents": (LOGIN, 200, 403, 200, 200),
    "reunions:sondage": (LOGIN, 404, 404, 200, 200),
    "reunions:ajouter-creneaux": (LOGIN, 404, 404, 403, 200),
    "reunions:retenir": POST,
    "reunions:annuler-sondage": POST,
    "reunions:relancer-sondage": POST,
    "reunions:reglages-sondage": (LOGIN, 404, 404, 403, 200),
    "reunions:demander-dates": POST,
    "reunions:cloturer-sondage": POST,
    "reunions:retirer-creneau": POST,
    "reunions:retirer-sonde": POST,
    "reunions:sondage-exterieur": (404, 404, 404, 404, 404),
    "reunions:repondre": POST,
    "reunions:telecharger": (LOGIN, 404, 404, 200, 200),
    "reunions:modifier": (LOGIN, 404, 404, 403, 200),
    "reunions:publier": POST,
    "reunions:annuler": (LOGIN, 404, 404, 403, 200),
    "reunions:dupliquer": (LOGIN, 404, 404, 403, 200),
    "reunions:convives": (LOGIN, 404, 404, 200, 200),
    "reunions:retirer-convive": POST,
    "reunions:role": POST,
    "reunions:ajouter-point": (LOGIN, 404, 404, 200, 200),
    "reunions:modifier-point": (LOGIN, 404, 404, 403, 200),
    "reunions:retirer-point": POST,
    "reunions:garder-point": POST,
    "reunions:deplacer-point": POST,
    "reunions:documents": (LOGIN, 404, 404, 403, 200),
    "reunions:retirer-document": POST,
    # The file of a salon is none of a meeting.
    "reunions:fichier": (LOGIN, 404, 404, 404, 404),
    "reunions:retirer-fichier": POST,
    # Not opened yet: nobody attends.
    "seances:seance": (LOGIN, 404, 404, 200, 200),
    "seances:etat": (LOGIN, 404, 404, 200, 200),
    "seances:ecran": (LOGIN, 404, 404, 200, 200),
    "seances:ouvrir": POST,
    "seances:aller": POST,
    "seances:suspendre": POST,
    "seances:reprendre": POST,
    "seances:terminer": POST,
    "seances:main": POST,
    "seances:parole": POST,
    "seances:aide": POST,
    "seances:repondre-aide": POST,
    "seances:presence": POST,
    "seances:presences": (LOGIN, 404, 404, 404, 404),
    "seances:compte-rendu": (LOGIN, 404, 404, 404, 404),
    "seances:compte-rendu-markdown": (LOGIN, 404, 404, 404, 404),
    "seances:compte-rendu-pdf": (LOGIN, 404, 404, 404, 404),
    "seances:compte-rendu-odt": (LOGIN, 404, 404, 404, 404),
    "seances:publier": POST,
    "seances:rediger": POST,
    # The meeting of this world is not held yet: tests/seances/test_redaction.py goes further.
    "seances:modifier-compte-rendu": (LOGIN, 404, 404, 404, 404),
    "seances:recomposer": (LOGIN, 404, 404, 404, 404),
    "seances:soumettre": POST,
    "seances:valider": POST,
    "seances:rectifier": POST,
    "seances:versions": (LOGIN, 404, 404, 404, 404),
    "seances:nouveau-vote": (LOGIN, 404, 404, 404, 404),
    "seances:vote": (LOGIN, 404, 404, 404, 404),
    "seances:conduire-vote": POST,
    "seances:noter-decision": POST,
    "seances:noter-action": POST,
    "seances:suite": POST,
    "seances:suivre": (LOGIN, 404, 404, 404, 404),
    "seances:report": POST,
    "seances:plume": POST,
    "seances:noter": POST,
    "seances:brouillon": POST,
    # Of a meeting that is not opened: nobody has a draft.
    "seances:reprendre-notes": (LOGIN, 404, 404, 404, 404),
    "seances:voter": POST,
    "demo:courriels": ALL,
    "demo:courriel": (404, 404, 404, 404, 404),
    "demo:courriel-html": (404, 404, 404, 404, 404),
    "demo:connexion": (405, 405, 405, 405, 405),
}
# allauth's pages: open to all, for the signed in (a visitor signs in first), or for visitors only.
VISITORS = (200, 302, 302, 302, 302)
# Changing what protects the account asks for the password again.
SURE = (LOGIN, 302, 302, 302, 302)
COMPTES: dict[str, tuple[int, ...]] = {
    "account_login": VISITORS,
    "account_signup": VISITORS,
    "account_logout": (302, 200, 200, 200, 200),
    "account_reset_password": ALL,
    "account_reset_password_done": ALL,
    "account_reset_password_from_key_done": ALL,
    "account_email_verification_sent": ALL,
    "account_inactive": ALL,
    "account_change_password": SIGNED,
    "account_set_password": (LOGIN, 302, 302, 302, 302),
    "account_email": SIGNED,
    "account_reauthenticate": SIGNED,
    "mfa_index": SIGNED,
    "mfa_list_webauthn": SIGNED,
    "mfa_add_webauthn": SURE,
    "mfa_activate_totp": SURE,
    "mfa_deactivate_totp": (LOGIN, 404, 404, 404, 404),
    "mfa_authenticate": (302, 302, 302, 302, 302),
    "mfa_view_recovery_codes": (LOGIN, 404, 404, 404, 404),
    "mfa_download_recovery_codes": (LOGIN, 404, 404, 404, 404),
    "mfa_generate_recovery_codes": SURE,
    "usersessions_list": SIGNED,
    "admin:index": (LOGIN, 302, 302, 302, 302),
}
# Django's administration, which its index stands for, and allauth's addresses that hold a key of somebody's.
OTHERS = ("account_", "mfa_", "usersessions_", "admin:")


# Addresses whose number is that of a message; the forum's others have a sujet's.
ABOUT_MESSAGES = {
    "forum:accepter",
    "forum:avertir",
    "forum:citation",
    "forum:demasquer",
    "forum:masquer",
    "forum:effacer-version",
    "forum:favori",
    "forum:fragment",
    "forum:faire-tache",
    "forum:historique",
    "forum:message",
    "forum:modifier",
    "forum:non-lu",
    "forum:noter-decision",
    "forum:prendre",
    "forum:rappel",
    "forum:remettre-favori",
    "forum:retirer-favori",
    "forum:proposer-faq",
    "forum:reactions",
    "forum:rendre",
    "forum:signalement",
    "forum:signaler",
    "forum:retablir",
    "forum:retablir-version",
    "forum:supprimer",
    "forum:wiki",
}


def every_name(patterns: list[Any], prefix: str = "") -> list[str]:
    names = []
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            names += every_name(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern) and pattern.name:
            names.append(prefix + pattern.name)
    return names


def ours() -> list[str]:
    return [name for name in every_name(get_resolver().url_patterns) if not name.startswith(OTHERS)]


def test_every_route_has_its_row() -> None:
    assert sorted(set(ours()) - set(ROUTES)) == []
    assert sorted(set(ROUTES) - set(ours())) == []


def test_axe_looks_at_every_page() -> None:
    """What answers to GET is looked at in tests/parcours/test_axe.py, or tests/parcours/pages.py says why not."""
    asked = {name for name, row in (ROUTES | COMPTES).items() if set(row) - {LOGIN, 405}}
    seen = VISITEUR.keys() | ANIMATRICE.keys() | MEMBRE.keys() | SECOND_FACTEUR
    aside = {name for names in SANS_PAGE.values() for name in names}
    assert sorted(asked - seen - aside) == []
    assert sorted(seen & aside) == []
    assert sorted((seen | aside) - (ROUTES | COMPTES).keys()) == []


def make_world() -> dict[str, Any]:
    animateur, member, other = make_agent("Ana"), make_agent("Mel"), make_agent("Hors")
    partner = make_agent("Part", partenaire=True, organisme="Université")
    communaute = make_communaute(animateur, "sur_demande")
    add_member(communaute, member)
    sujet = make_sujet(communaute, member)
    document = share_document(
        member, communaute, File(io.BytesIO(b"bonjour"), name="note.txt"), nom="note.txt"
    )
    piece = add_piece(member, communaute, File(io.BytesIO(b"bonjour")), nom="note.txt")
    bind_pieces(member, sujet.messages.get(), f"[note.txt]({piece.get_absolute_url()})")
    from django.utils import timezone

    reunion = Reunion.objects.create(
        communaute=communaute, organisateur=animateur, titre="Point mensuel", debut=timezone.now()
    )
    serie = plan_serie(
        animateur,
        communaute,
        Rythme("hebdo", (1,), nombre=3),
        titre="Point du mardi",
        debut=timezone.now() + timedelta(days=2),
    )
    sondage = propose_dates(
        animateur, communaute, [timezone.now() + timedelta(days=3)], titre="Bilan de saison"
    )
    (point,) = write_points(reunion, [ProjetPoint("Bilan")])
    demande = DemandeAdhesion.objects.create(communaute=communaute, agent=other)
    invitation = invite(animateur, communaute, make_agent("Inv"))
    asked = send(
        member,
        save_draft(member, Projet("Busage d’un fossé", "Quel seuil retenir pour 60 mètres ?"), [animateur]),
    )
    salon = communaute.salons.get()
    picture = add_file(member, salon, File(_picture()), nom="pont.png", client_id=uuid4())
    send_message(member, salon, "Bonjour", uuid4(), fichiers=[Joint(picture.pk)])
    message = sujet.messages.get()
    report_message(animateur, message, motif="erreur")
    return {
        "reponse_type": save_canned(animateur, communaute, titre="Rappel", texte="Relisez la charte.").pk,
        "sollicitation": asked.pk,
        "fil": asked.destinataires.get().pk,
        "people": (None, other, partner, member, animateur),
        "slug": communaute.slug,
        "service": member.service_id,
        "salon": communaute.salons.get().pk,
        "a_deux": open_direct(member, animateur).pk,
        "sujet": sujet.pk,
        "message": sujet.messages.get().pk,
        "faq": EntreeFaq.objects.create(
            communaute=communaute, message=sujet.messages.get(), question="Quel seuil retenir ?"
        ).pk,
        "piece": piece.pk,
        "fichier": picture.pk,
        "decision": propose_decision(animateur, communaute, "Le seuil est de 60 m.", confirmer=True).pk,
        "tache": create_task(animateur, "Relire l’arrêté", communaute=communaute).pk,
        "document": document.pk,
        "reunion": reunion.pk,
        "point": point.pk,
        "serie": serie.serie_id,
        "sondage": sondage.pk,
        "demande": demande.pk,
        "invitation": invitation.pk,
        "identifiant": animateur.identifiant,
        "expertise": declare(animateur, "Loi sur l’eau").slug,
    }


@pytest.fixture(scope="module")
def world(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Any]]:
    """Made once for all the addresses: each test undoes what it did, within a transaction that keeps this."""
    files = tmp_path_factory.mktemp("fichiers")
    with django_db_blocker.unblock():
        around = transaction.atomic()
        around.__enter__()
        with override_settings(MEDIA_ROOT=files):
            made = make_world() | {"files": files}
        made["sessions"] = {
            person: browser(person).session.session_key for person in made["people"] if person
        }
    yield made
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        around.__exit__(None, None, None)


@pytest.fixture(autouse=True)
def files_of_the_world(request: pytest.FixtureRequest, clean_surroundings: None, settings: Any) -> None:
    """Put the folder of the world's files back after what every test starts from."""
    if "world" in request.fixturenames:
        settings.MEDIA_ROOT = request.getfixturevalue("world")["files"]


def browser_of(person: Agent | None, world: dict[str, Any]) -> Client:
    """A browser in which this person of the world is signed in, by a session opened once."""
    client = Client()
    if person is not None:
        client.cookies[settings.SESSION_COOKIE_NAME] = world["sessions"][person]
    return client


ABOUT_DATES = {
    f"reunions:{name}"
    for name in (
        "sondage",
        "ajouter-creneaux",
        "retenir",
        "annuler-sondage",
        "relancer-sondage",
        "reglages-sondage",
    )
}


THREADS = {
    f"sollicitations:{name}" for name in ("fil", "ecrire", "decliner", "rediriger", "ajouter", "retirer")
}
FILES_OF_SALONS = {"realtime:fichier", "realtime:fichier-image", "realtime:retirer-fichier"}


def _picture() -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(out, "PNG")
    return out


def address(name: str, world: dict[str, Any]) -> str:
    from django.urls import reverse

    kind = name.split(":")[0]
    pk = {
        "fichiers": world["document"],
        "sollicitations": world["fil"] if name in THREADS else world["sollicitation"],
        "organisation": world["service"],
        "publications": world["fil"],
        "suites": world["tache"] if "tache" in name else world["decision"],
        "realtime": world["salon"],
        "devenirs": world["a_deux"]
        if name in ("devenirs:decisions", "devenirs:export-decisions")
        else world["salon"],
        "seances": world["reunion"],
        "reunions": world["salon"]
        if name in {"reunions:planifier-salon", "reunions:proposer-dates-salon"}
        else world["sondage"]
        if name in ABOUT_DATES
        else world["serie"]
        if "serie" in name or name == "reunions:retirer-habitue"
        else world["point"]
        if name.endswith("-point") and name != "reunions:ajouter-point"
        else world["reunion"],
        "forum": world["faq"]
        if name == "forum:faq-entree"
        else world["message"]
        if name in ABOUT_MESSAGES
        else world["reponse_type"]
        if name == "forum:reponse-type"
        else world["sujet"],
        "communautes": world["demande"] if name.endswith("demande") else world["invitation"],
    }.get(kind, 999_999)
    for arguments in (
        [],
        [world["slug"]],
        ["cle", world["slug"]],
        ["cle", world["slug"], "x"],
        [pk],
        [world["identifiant"]],
        [world["slug"], pk],
        [pk, 1],
    ):
        try:
            if name == "reunions:fichier":
                arguments = [world["fichier"]]
            if name in FILES_OF_SALONS:
                arguments = [pk, world["fichier"]]
            if name in {"sollicitations:fichier", "sollicitations:retirer-fichier"}:
                arguments = [world["fichier"]]
            if name == "sollicitations:retirer":
                arguments = [pk, world["identifiant"]]
            if "piece" in name and name != "forum:pieces":
                arguments = [world["piece"]]
            if name in {
                "annuaire:profil",
                "annuaire:contributions",
                "profils:carte",
                "profils:vcard",
                "profils:recommander",
                "profils:demander",
            }:
                arguments = [world["identifiant"]]
            if name == "couverture:expertise":
                arguments = [world["expertise"]]
            if name == "couverture:region":
                arguments = ["R76"]
            if name == "couverture:export-expertise":
                arguments = [world["expertise"], "ods"]
            if name in {"couverture:export-departements", "couverture:export-expertises"}:
                arguments = ["csv"]
            if name == "annuaire:modifier-partie":
                arguments = ["identite"]
            if name == "profils:photo":
                arguments = [world["identifiant"], "0" * 32, 96]
            if name == "forum:membre":
                arguments = [world["slug"], world["identifiant"]]
            return reverse(name, args=arguments)
        except Exception:
            continue
    raise AssertionError(name)


@pytest.mark.parametrize("name", sorted(ROUTES | COMPTES))
def test_route(name: str, world: dict[str, Any]) -> None:
    where = address(name, world)
    for person, expected in zip(world["people"], (ROUTES | COMPTES)[name], strict=True):
        response = browser_of(person, world).get(where)
        assert response.status_code == expected, (name, person, response.status_code)
        if expected == LOGIN and person is None and name != "account_logout":
            assert response["Location"].startswith(("/compte/", "/administration/login"))


@pytest.mark.parametrize(
    "name",
    [name for name, row in ROUTES.items() if row[3] == 200 and not name.startswith("sante")],
)
def test_number_of_queries_is_bounded(
    name: str, world: dict[str, Any], django_assert_max_num_queries: Any
) -> None:
    client = browser_of(world["people"][4], world)
    where = address(name, world)
    client.get(where)
    # A search of people takes eight that read nothing: it tells the planner of its ways, in savepoints.
    with django_assert_max_num_queries(28):
        client.get(where)


def test_a_private_community_does_not_exist_for_others(client: Client) -> None:
    communaute = make_communaute(make_agent(), "privee")
    client.force_login(make_agent())
    for end in ("", "membres/", "forum/", "documents/", "reunions/"):
        assert client.get(f"/communautes/{communaute.slug}/{end}").status_code == 404


def test_health_says_what_is_missing(client: Client) -> None:
    parts = client.get("/sante/pret").json()["parties"]
    assert parts == {"postgresql": True, "migrations": True, "redis": True, "taches": False}
