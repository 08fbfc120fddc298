"""Kept searches, looked at again while nobody waits."""

import structlog
from procrastinate.contrib.django import app

from annuaire.trouver.actions import check_search
from annuaire.trouver.models import RechercheEnregistree

logger = structlog.get_logger(__name__)

# Searches looked at by one job, which then asks for the next: other work goes between.
BATCH = 50


@app.periodic(cron="41 4 * * *")
@app.task(name="trouver.check_searches", queueing_lock="trouver.check_searches")
def check_searches(timestamp: int = 0) -> None:
    """Each night, tell of the people who newly answer what others keep looking for."""
    check_from.defer(apres=0)


@app.task(name="trouver.check_from")
def check_from(apres: int) -> None:
    """Look at the searches numbered after `apres`, some at a time. One that fails holds up no other."""
    numbers = RechercheEnregistree.objects.filter(prevenir=True, pk__gt=apres).order_by("pk")
    found = list(numbers.values_list("pk", flat=True)[:BATCH])
    for pk in found:
        try:
            check_search(pk)
        except Exception:
            logger.exception("saved_search_failed", recherche=pk)
    if len(found) == BATCH:
        check_from.defer(apres=found[-1])
