"""What the page of a thread shows, and the pane of a salon's page."""

from typing import Any

from django.conf import settings

from annuaire.models import Agent
from annuaire.notifications.preferences import clock_of
from realtime import historique
from realtime.access import animates, may_pin, read_after
from realtime.etats import summaries_of
from realtime.fichiers.presentation import extract_of
from realtime.frames import person_frame
from realtime.models import MessageSalon, Salon, SuiviFil
from realtime.presentation import END, Endroit, build_lines, name_salons, shown_up_to


def thread_context(agent: Agent, racine: MessageSalon, endroit: Endroit = END) -> dict[str, Any]:
    """What a thread shows: its root (None for who came to the salon after it was said), and the replies of `endroit`;
    without one the last ones, or those from where a person who follows had read to when what is new does not fit.
    `racine` comes from `access.get_root`. Half a dozen queries, two more to begin there, however long the thread."""
    salon = racine.salon
    apres = read_after(agent, salon)
    followed = SuiviFil.objects.filter(racine=racine, agent=agent).values_list("lu", flat=True).first()
    # Read before the replies: what comes meanwhile is caught up by its number.
    last, revision = Salon.objects.values_list("dernier_numero", "revision").get(pk=salon.pk)
    if endroit.autour is not None:
        past = historique.messages_around(salon.pk, endroit.autour, apres=apres, racine=racine)
    elif endroit.depuis is not None:
        past = historique.messages_since(salon.pk, endroit.depuis, apres=apres, racine=racine)
    else:
        past = historique.messages_before(salon.pk, endroit.avant, apres=apres, racine=racine)
        if (
            endroit == Endroit()
            and followed is not None
            and past.reste
            and past.messages[0].numero > followed
        ):
            past = historique.messages_around(salon.pk, followed + 1, apres=apres, racine=racine)
    name_salons(agent, [salon])
    for message in past.messages:
        message.salon = salon
    lines = build_lines(past.messages, agent, lu=followed if endroit.avant is None else None, fils=False)
    root_line = build_lines([racine], agent, fils=False)[0] if racine.numero > apres else None
    summary = summaries_of([racine.pk], agent)[racine.pk]
    return {
        "salon": salon,
        "racine": racine,
        "ligne_racine": root_line,
        "extrait": extract_of(racine, 80) if root_line and racine.visible else "",
        "resume": summary,
        "lignes": lines,
        "reste": past.reste,
        "suite": past.suite,
        "avant": endroit.avant,
        "autour": endroit.autour,
        "dernier": shown_up_to(past, max(apres, 0 if past.suite else last)),
        "bout": last,
        "revision": revision,
        "peut_epingler": may_pin(agent, salon),
        "peut_retirer": animates(agent, salon),
        "reglages_salon": settings.SALONS,
        "fichier_max": settings.PIECE_TAILLE_MAX,
        "moi": person_frame(agent),
        "fuseau": clock_of(agent),
    }
