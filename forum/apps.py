from django.apps import AppConfig


class ForumConfig(AppConfig):
    name = "forum"
    verbose_name = "Forum"

    def ready(self) -> None:
        from annuaire.couverture.delais import register_delays
        from annuaire.notifications.sources import (
            register_digest,
            register_levels,
            register_reply_address,
            register_source,
            register_stop,
        )
        from annuaire.preuves.reprise import batches_of, register_batches
        from communautes.actions import communaute_changed
        from communautes.fichiers.actions import document_removed
        from communautes.suites.origines import register_origin
        from forum.access import can_answer_in, sujet_last_number
        from forum.actions.preuves import forget_lost_evidence, refresh_evidence
        from forum.actions.rendus import on_community_change, on_document_removal, rerender_messages
        from forum.delais import answer_delays
        from forum.favoris_notifications import ARRET_RAPPELS, SourceFavoris
        from forum.liens import register_own_finders
        from forum.models import Message
        from forum.notifications import ARRET, SourceForum, SourceSignalements, digest_lines, levels
        from forum.reponses_courriel import answer_address
        from forum.suites import OrigineMessages
        from plateforme.socle.canaux import GenreCanal, register_genre
        from plateforme.socle.rendus import register_texts

        register_genre(
            "sujet",
            GenreCanal(
                sujet_last_number,
                ecriture=can_answer_in,
                fermants=frozenset({"sujet.masque", "sujet.deplace"}),
            ),
        )
        register_own_finders()
        register_batches(batches_of(Message, refresh_evidence), forget_lost_evidence)
        register_origin("message", OrigineMessages())
        register_texts("Messages du forum", rerender_messages)
        source = SourceForum()
        register_source("message", source)
        register_source("sujet", source)
        register_source("signalement", SourceSignalements())
        register_source("favori", SourceFavoris())
        register_stop("sujet", ARRET)
        register_stop("rappels", ARRET_RAPPELS)
        register_digest(digest_lines)
        register_levels(levels)
        register_reply_address(answer_address)
        register_delays(answer_delays)
        communaute_changed.connect(on_community_change, dispatch_uid="forum.titles")
        document_removed.connect(on_document_removal, dispatch_uid="forum.titles")
