"""The coverage of the demo's expertises, counted at once, and eleven months before: a few have been losing people."""

from datetime import date

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from annuaire.couverture import actions
from annuaire.couverture.models import NIVEAU_REFERENT, Releve
from annuaire.models import Agent, DeclarationExpertise
from annuaire.profils.models import Aide, Profil

MONTHS = 11
# One expertise out of this many has lost a référent every four months.
LOSING = 5


@transaction.atomic
def count_coverage() -> None:
    """Count, and write the records of the months before this one, as if the worker had been there.

    Of those who hold an expertise alone in their région, one out of two offers to train.
    """
    while actions.recount_changed():
        pass
    for agent in _alone()[::2]:
        profil, _ = Profil.objects.get_or_create(agent=agent)
        profil.aides = sorted({*profil.aides, Aide.FORMATION})
        profil.save()
    actions.record_month()
    actions.measure_delays()
    today = timezone.localdate().replace(day=1)
    now = list(Releve.objects.filter(mois=today))
    rows = []
    for back in range(1, MONTHS + 1):
        year, month = divmod(today.year * 12 + today.month - 1 - back, 12)
        for row in now:
            fewer = row.personnes * back // (MONTHS * 3)
            gone = back // 4 if row.expertise_id % LOSING == 0 else 0
            referents = max(0, row.referents - fewer // 2) + gone
            rows.append(
                Releve(
                    expertise_id=row.expertise_id,
                    territoire_id=row.territoire_id,
                    mois=date(year, month + 1, 1),
                    personnes=max(row.personnes - fewer + gone, referents),
                    referents=referents,
                    disponibles=min(row.disponibles, referents),
                )
            )
    Releve.objects.bulk_create(rows, batch_size=2000)


def _alone() -> list[Agent]:
    """Those who are the only référents of an expertise in their région."""
    return list(
        Agent.objects.filter(
            Exists(
                DeclarationExpertise.objects.filter(
                    agent=OuterRef("pk"),
                    niveau__gte=NIVEAU_REFERENT,
                    expertise__couvertures__referents=1,
                    expertise__couvertures__territoire=OuterRef("territoire__parent"),
                )
            ),
            is_active=True,
            partenaire=False,
        ).order_by("identifiant")
    )
