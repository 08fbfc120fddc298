"""Addresses of the forum, by feature."""

from django.urls import path

from forum.views import (
    aide_ecriture,
    animation,
    brouillons,
    ecriture,
    edition,
    etats,
    etiquettes,
    faq,
    favoris,
    flux,
    historique,
    lecture,
    listes,
    marques,
    membres,
    ouverture,
    pieces,
    proches,
    reactions,
    resume,
    signalements,
    sondages,
    suites,
)

app_name = "forum"
urlpatterns = [
    # Reading
    path("communautes/<slug:slug>/forum/", lecture.liste, name="liste"),
    path("sujets/<int:pk>/", lecture.sujet, name="sujet"),
    path("sujets/<int:pk>/nouveaux/", lecture.nouveaux, name="nouveaux"),
    path("sujets/<int:pk>/niveau/", lecture.niveau, name="niveau"),
    path("messages/<int:pk>/", lecture.message, name="message"),
    path("sujets/<int:pk>/resume/", resume.resume, name="resume"),
    # Lists of one's own
    path("forum/non-lus/", listes.non_lus, name="non-lus"),
    path("forum/mes-sujets/", listes.mes_sujets, name="mes-sujets"),
    path("forum/on-me-cite/", listes.mentions, name="on-me-cite"),
    path("forum/sans-reponse/", listes.sans_reponse, name="sans-reponse"),
    path("forum/suivis/", listes.suivis, name="suivis"),
    path("forum/favoris/", favoris.favoris, name="favoris"),
    # What one keeps at hand
    path("messages/<int:pk>/favori/", favoris.favori, name="favori"),
    path("messages/<int:pk>/favori/retirer/", favoris.retirer, name="retirer-favori"),
    path("messages/<int:pk>/favori/remettre/", favoris.remettre, name="remettre-favori"),
    path("messages/<int:pk>/rappel/", favoris.rappel, name="rappel"),
    # Marking read and unread
    path("sujets/<int:pk>/lu/", marques.lu, name="lu"),
    path("communautes/<slug:slug>/forum/tout-lire/", marques.communaute_lue, name="communaute-lue"),
    path("forum/tout-lire/", marques.tout_lu, name="tout-lu"),
    path("forum/annuler-lecture/", marques.annuler, name="annuler-lecture"),
    path("messages/<int:pk>/non-lu/", marques.non_lu, name="non-lu"),
    # Writing
    path("communautes/<slug:slug>/forum/nouveau/", ouverture.ouvrir, name="ouvrir"),
    path("sujets/<int:pk>/repondre/", ecriture.repondre, name="repondre"),
    path("apercu/", aide_ecriture.apercu, name="apercu"),
    path("communautes/<slug:slug>/forum/mentions/", aide_ecriture.mentions, name="mentions"),
    path("communautes/<slug:slug>/forum/pieces/", pieces.pieces, name="pieces"),
    path("messages/<int:pk>/citation/", aide_ecriture.citation, name="citation"),
    path("pieces/<uuid:pk>/", pieces.piece, name="piece"),
    path("pieces/<uuid:pk>/image/", pieces.piece_image, name="piece-image"),
    path("pieces/<uuid:pk>/retirer/", pieces.retirer_piece, name="retirer-piece"),
    path("forum/emojis/", aide_ecriture.emojis, name="emojis"),
    path("forum/mise-en-forme/", aide_ecriture.aide, name="aide"),
    path("forum/brouillons/", brouillons.brouillons, name="brouillons"),
    path("forum/brouillons/enregistrer/", brouillons.brouillon, name="brouillon"),
    path("forum/brouillons/supprimer/", brouillons.supprimer_brouillon, name="supprimer-brouillon"),
    # Changing, withdrawing, putting back
    path("messages/<int:pk>/modifier/", edition.modifier, name="modifier"),
    path("messages/<int:pk>/wiki/", edition.wiki, name="wiki"),
    path("messages/<int:pk>/fragment/", edition.fragment, name="fragment"),
    path("messages/<int:pk>/historique/", historique.historique, name="historique"),
    path("messages/<int:pk>/retablir-version/", historique.retablir_version, name="retablir-version"),
    path("messages/<int:pk>/effacer-version/", historique.effacer_version, name="effacer-version"),
    path("messages/<int:pk>/supprimer/", historique.supprimer, name="supprimer"),
    path("messages/<int:pk>/retablir/", historique.retablir, name="retablir"),
    # States
    path("sujets/<int:pk>/etat/", etats.etat, name="etat"),
    # Tags
    path("communautes/<slug:slug>/forum/etiquettes/", etiquettes.etiquettes, name="etiquettes"),
    path("etiquettes/<int:pk>/", etiquettes.etiquette, name="etiquette"),
    path("sujets/<int:pk>/classer/", etiquettes.classer, name="classer"),
    path("communautes/<slug:slug>/forum/apercu-retour/", ouverture.apercu_retour, name="apercu-retour"),
    # Before asking, and beside a sujet
    path("communautes/<slug:slug>/forum/similaires/", proches.similaires, name="similaires"),
    path("communautes/<slug:slug>/forum/qui-saurait/", proches.experts, name="experts"),
    path("sujets/<int:pk>/proches/", proches.proches, name="proches"),
    # Polls
    path("sujets/<int:pk>/sondage/", sondages.sondage, name="sondage"),
    path("sujets/<int:pk>/sondage/voter/", sondages.voter, name="voter"),
    path("sujets/<int:pk>/sondage/retirer/", sondages.retirer_vote, name="retirer-vote"),
    path("sujets/<int:pk>/sondage/clore/", sondages.clore_sondage, name="clore-sondage"),
    # Reacting
    path("messages/<int:pk>/reactions/", reactions.reactions, name="reactions"),
    path("sujets/<int:pk>/meme-besoin/", reactions.meme_besoin, name="meme-besoin"),
    path("sujets/<int:pk>/memes-besoins/", reactions.memes_besoins, name="memes-besoins"),
    # The community's FAQ
    path("communautes/<slug:slug>/faq/", faq.page, name="faq"),
    path("messages/<int:pk>/faq/", faq.proposer, name="proposer-faq"),
    path("faq/<int:pk>/", faq.entree, name="faq-entree"),
    # What a message leads to
    path("messages/<int:pk>/decision/", suites.noter_decision, name="noter-decision"),
    path("messages/<int:pk>/tache/", suites.faire_tache, name="faire-tache"),
    # Settling a question
    path("sujets/<int:pk>/retirer-acceptation/", ecriture.retirer_acceptation, name="retirer-acceptation"),
    path("messages/<int:pk>/accepter/", ecriture.accepter, name="accepter"),
    # Feeds, read with a personal key
    path("flux/", flux.cle, name="cle-flux"),
    path("flux/creer/", flux.creer, name="creer-cle-flux"),
    path("flux/revoquer/", flux.revoquer, name="revoquer-cle-flux"),
    path("flux/<str:cle>/communautes/<slug:slug>.atom", flux.communaute, name="flux"),
    path(
        "flux/<str:cle>/communautes/<slug:slug>/etiquettes/<slug:etiquette>.atom",
        flux.etiquette,
        name="flux-etiquette",
    ),
    path("flux/<str:cle>/expertises/<slug:slug>.atom", flux.expertise, name="flux-expertise"),
    # Reports
    path("messages/<int:pk>/signaler/", signalements.signaler, name="signaler"),
    path("communautes/<slug:slug>/moderation/", signalements.moderation, name="moderation"),
    path(
        "communautes/<slug:slug>/moderation/messages/<int:pk>/", signalements.signalement, name="signalement"
    ),
    path(
        "communautes/<slug:slug>/moderation/messages/<int:pk>/prendre/", signalements.prendre, name="prendre"
    ),
    path("communautes/<slug:slug>/moderation/messages/<int:pk>/rendre/", signalements.rendre, name="rendre"),
    # What animateurs decide
    path("messages/<int:pk>/masquer/", animation.masquer_message, name="masquer"),
    path("messages/<int:pk>/demasquer/", animation.demasquer_message, name="demasquer"),
    path("messages/<int:pk>/avertir/", animation.avertir, name="avertir"),
    path("sujets/<int:pk>/masquer/", animation.masquer_sujet, name="masquer-sujet"),
    path("sujets/<int:pk>/demasquer/", animation.demasquer_sujet, name="demasquer-sujet"),
    path("sujets/<int:pk>/deplacer/", animation.deplacer, name="deplacer"),
    path("sujets/<int:pk>/fusionner/", animation.fusionner, name="fusionner"),
    path("sujets/<int:pk>/scinder/", animation.scinder, name="scinder"),
    path("communautes/<slug:slug>/moderation/membres/<slug:identifiant>/", membres.membre, name="membre"),
    path("communautes/<slug:slug>/moderation/suspensions/<int:pk>/lever/", membres.lever, name="lever"),
    path("communautes/<slug:slug>/moderation/journal/", membres.journal, name="journal-moderation"),
    path("communautes/<slug:slug>/moderation/reponses-types/", membres.reponses_types, name="reponses-types"),
    path(
        "communautes/<slug:slug>/moderation/reponses-types/<int:pk>/",
        membres.reponse_type,
        name="reponse-type",
    ),
    path(
        "communautes/<slug:slug>/moderation/me-concernant/", membres.moderation_recue, name="moderation-recue"
    ),
    path("communautes/<slug:slug>/moderation/charte-vue/", membres.charte_vue, name="charte-vue"),
]
