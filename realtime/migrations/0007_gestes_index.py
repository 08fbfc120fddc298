"""Indexes and checks of 0006, without keeping anybody from writing."""

from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("realtime", "0006_gestes")]

    operations = [
        AddIndexConcurrently(
            model_name="messagesalon",
            index=models.Index(
                condition=models.Q(("revision__gt", 0)),
                fields=["salon", "revision"],
                name="message_salon_change",
            ),
        ),
        AddIndexConcurrently(
            model_name="messagesalon",
            index=models.Index(
                condition=models.Q(("epingle_le__isnull", False)),
                fields=["salon", "-epingle_le"],
                name="message_salon_epingle",
            ),
        ),
        AddIndexConcurrently(
            model_name="messagesalon",
            index=models.Index(
                condition=models.Q(("supprime_le__isnull", False), models.Q(("texte", ""), _negated=True)),
                fields=["supprime_le"],
                name="message_salon_a_effacer",
            ),
        ),
        AddConstraintNotValid(
            model_name="messagesalon",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("supprime_le__isnull", True), ("epingle_le__isnull", True), _connector="OR"
                ),
                name="message_salon_epingle_visible",
            ),
        ),
        AddConstraintNotValid(
            model_name="messagesalon",
            constraint=models.CheckConstraint(
                condition=models.Q(("motif", ""), ("supprime_le__isnull", False), _connector="OR"),
                name="message_salon_motif",
            ),
        ),
        ValidateConstraint(model_name="messagesalon", name="message_salon_epingle_visible"),
        ValidateConstraint(model_name="messagesalon", name="message_salon_motif"),
    ]
