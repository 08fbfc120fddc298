"""A bookmark removed can be put back for a day. No table is rewritten nor locked while it is read."""

from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("forum", "0006_lecture")]

    operations = [
        migrations.AddField(
            model_name="favori",
            name="retire_le",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        AddConstraintNotValid(
            model_name="favori",
            constraint=models.CheckConstraint(
                condition=Q(rappele_le__isnull=True) | Q(rappel_le__isnull=False), name="favori_rappele"
            ),
        ),
        ValidateConstraint(model_name="favori", name="favori_rappele"),
        AddIndexConcurrently(
            model_name="favori",
            index=models.Index(
                fields=["agent", "-retire_le"], name="favori_retire", condition=Q(retire_le__isnull=False)
            ),
        ),
    ]
