from django.apps import AppConfig


class CommunautesConfig(AppConfig):
    name = "communautes"
    verbose_name = "Communautés"

    def ready(self) -> None:
        from annuaire.notifications.sources import register_levels, register_source, register_stop
        from annuaire.preuves.access import register_places
        from communautes.access import public_places, readable_places, require_channel
        from communautes.notifications import (
            ARRET,
            SourceDemandes,
            SourceInvitations,
            SourceSuspensions,
            levels,
        )
        from plateforme.socle.canaux import GenreCanal, register_genre

        register_genre("communaute", GenreCanal(require_channel))
        from communautes.rendus import rerender_presentations
        from plateforme.socle.rendus import register_texts

        register_texts("Présentations et chartes", rerender_presentations)
        register_source("demande", SourceDemandes())
        register_source("invitation", SourceInvitations())
        register_source("suspension", SourceSuspensions())
        register_stop("communaute", ARRET)
        register_levels(levels)
        register_places(readable_places, public_places)
        from annuaire.trouver.communautes import register_communities
        from communautes.trouver import groups, members, places_to_ask

        register_communities(groups, members, places_to_ask)
