"""Notes of a meeting, point by point: one pen, passed on; nothing typed is lost."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from annuaire.models import Agent
from realtime.reunions.models import PointOrdreDuJour
from realtime.seances.models.seances import Seance

NOTE_MAX = 20_000


class NotePoint(models.Model):
    """The notes of one point. `plume` is who writes, until `plume_jusqu_au` unless their page says that it lives.

    The pen only keeps two from writing at once: what keeps a text from being lost is `version`.
    """

    seance = models.ForeignKey(Seance, on_delete=models.CASCADE, related_name="notes")
    point = models.OneToOneField(PointOrdreDuJour, on_delete=models.CASCADE, related_name="note")
    texte = models.TextField("notes", blank=True, max_length=NOTE_MAX)
    html = models.TextField(blank=True, editable=False)
    version_rendu = models.PositiveSmallIntegerField(default=0, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)
    modifiee_par = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL, related_name="+")
    modifiee_le = models.DateTimeField(null=True)
    plume = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL, related_name="+")
    plume_jusqu_au = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["NotePoint"]] = models.Manager()

    class Meta:
        verbose_name = "notes d’un point"
        verbose_name_plural = "notes des points"
        constraints = [
            models.CheckConstraint(
                condition=Q(plume__isnull=True) | Q(plume_jusqu_au__isnull=False), name="note_plume"
            )
        ]


class VersionNote(models.Model):
    """A text that notes had; the current one too."""

    note = models.ForeignKey(NotePoint, on_delete=models.CASCADE, related_name="versions")
    numero = models.PositiveIntegerField()
    texte = models.TextField()
    auteur = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL, related_name="+")
    cree_le = models.DateTimeField()

    objects: ClassVar[models.Manager["VersionNote"]] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["note", "numero"], name="version_note_unique")]


class BrouillonNote(models.Model):
    """What somebody has typed and not saved, and the version that they started from. One a person and note."""

    note = models.ForeignKey(NotePoint, on_delete=models.CASCADE, related_name="brouillons")
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="+")
    texte = models.TextField()
    depuis = models.PositiveIntegerField()
    maj_le = models.DateTimeField()

    objects: ClassVar[models.Manager["BrouillonNote"]] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["note", "agent"], name="brouillon_note_unique")]
