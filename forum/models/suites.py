"""What comes out of messages: the decisions and tasks noted from them."""

from django.db import models
from django.db.models import Q

from communautes.suites.models import Decision, Tache
from forum.models.messages import Message


class SuiteMessage(models.Model):
    """A decision or a task, and the message it was noted from. The message shows it by its column `suites`."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="liens_suites")
    decision = models.OneToOneField(Decision, null=True, on_delete=models.CASCADE, related_name="+")
    tache = models.OneToOneField(Tache, null=True, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decision__isnull=False, tache__isnull=True)
                | Q(decision__isnull=True, tache__isnull=False),
                name="suite_message_decision_ou_tache",
            )
        ]
