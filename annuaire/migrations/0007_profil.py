"""A photo, and until when an availability is limited. Both columns are added without rewriting the table."""

from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("annuaire", "0006_retraits")]

    operations = [
        migrations.AddField(
            model_name="agent",
            name="disponibilite_jusqu_au",
            field=models.DateField(blank=True, null=True, verbose_name="jusqu’au"),
        ),
        migrations.AddField(
            model_name="agent",
            name="photo",
            field=models.CharField(blank=True, db_default="", default="", editable=False, max_length=32),
        ),
        AddConstraintNotValid(
            model_name="agent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("disponibilite_jusqu_au__isnull", True), ("disponibilite", "limitee"), _connector="OR"
                ),
                name="agent_disponibilite_jusqu_au",
            ),
        ),
        ValidateConstraint(model_name="agent", name="agent_disponibilite_jusqu_au"),
    ]
