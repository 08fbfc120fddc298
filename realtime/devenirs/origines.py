"""The way back: from a sujet, a decision or a task to the line that it was made of, for who may read it."""

from collections.abc import Collection, Iterable, Mapping

from django.db.models import Q

from annuaire.models import Agent
from annuaire.notifications.genres import Niveau
from communautes.suites.models import Decision, Tache
from communautes.suites.origines import Lien, Origine
from forum.models import Sujet
from plateforme.socle.typographie import of
from realtime.access import member_salons
from realtime.devenirs.models import DevenirLigne
from realtime.models import MembreSalon, Salon, SourdineSalon

ORIGINE = "salon"
AILLEURS = Lien("D’après un message d’un salon", "")


class OrigineLignes(Origine):
    """Answers for the decisions and tasks made of lines."""

    def of_decisions(self, agent: Agent, decisions: Collection[int]) -> dict[int, Lien]:
        rows = _rows(Q(decision__in=decisions))
        return {row.decision_id: lien for row, lien in _links(agent, rows) if row.decision_id is not None}

    def levels(self, decision: Decision) -> Mapping[int, Niveau]:
        """Of a decision kept by a salon: those who want no news of it hear of none."""
        if decision.registre_id is None:
            return {}
        asleep = SourdineSalon.objects.filter(salon__registre=decision.registre_id)
        return dict.fromkeys(asleep.values_list("agent", flat=True), Niveau.SOURDINE)

    def of_taches(self, agent: Agent, taches: Collection[int]) -> dict[int, Lien]:
        rows = _rows(Q(tache__in=taches) | Q(suite__tache__in=taches))
        found = {}
        for row, lien in _links(agent, rows):
            pk = row.tache_id or (row.suite.tache_id if row.suite is not None else None)
            if pk is not None:
                found[pk] = lien
        return found

    def decision_changed(self, decision: Decision) -> None:
        _refresh(Q(decision=decision))

    def tache_changed(self, tache: Tache) -> None:
        _refresh(Q(tache=tache) | Q(suite__tache=tache))


def find_origin(agent: Agent, sujet: Sujet) -> Lien | None:
    """Where a sujet comes from, for one of its readers: see `forum.origines`. Three queries at most."""
    return next((lien for _, lien in _links(agent, _rows(Q(sujet=sujet)))), None)


def _rows(which: Q) -> list[DevenirLigne]:
    return list(
        DevenirLigne.objects.filter(which).select_related(
            "salon", "message__auteur", "decision__suite_reunion", "suite", "salon__seance__reunion"
        )
    )


def _refresh(which: Q) -> None:
    from realtime.devenirs.actions import show_lines_again

    show_lines_again(which)


def _links(agent: Agent, rows: Iterable[DevenirLigne]) -> list[tuple[DevenirLigne, Lien]]:
    """Each with what `agent` may know of its line. What was noted in a meeting leads there for those who may not read
    the line, without a word of a salon: that is another's to say. Two queries."""
    rows = list(rows)
    if not rows:
        return []
    salons = {row.salon_id for row in rows}
    here = (
        set(member_salons(agent).filter(pk__in=salons).values_list("pk", flat=True))
        if agent.is_active
        else set()
    )
    since = dict(MembreSalon.objects.filter(agent=agent, salon__in=salons).values_list("salon", "apres"))
    found = []
    for row in rows:
        read = row.salon_id in here and (not row.salon.nominatif or row.numero > since.get(row.salon_id, 0))
        if read:
            found.append((row, _link(row)))
        elif not _of_meeting(row):
            found.append((row, AILLEURS))
    return found


def _of_meeting(row: DevenirLigne) -> bool:
    return row.suite_id is not None or (row.decision is not None and hasattr(row.decision, "suite_reunion"))


def _link(row: DevenirLigne) -> Lien:
    """For who reads the salon."""
    place = _place(row.salon)
    message = row.message
    if message is None:
        return Lien(f"D’après un message {place}, qui n’est plus conservé", "")
    if not message.visible:
        return Lien(f"D’après un message {place}, supprimé depuis", message.get_absolute_url())
    return Lien(f"D’après un message {of(message.auteur.nom_complet)} {place}", message.get_absolute_url())


def _place(salon: Salon) -> str:
    seance = getattr(salon, "seance", None)
    if seance is not None:
        return f"pendant la réunion «\u00a0{seance.reunion.titre}\u00a0»"
    if salon.genre == Salon.Genre.DIRECT:
        return "dans une conversation à deux"
    return f"dans le salon «\u00a0{salon.nom}\u00a0»"
