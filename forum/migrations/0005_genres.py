"""What finding polls to close and titles that resemble another needs. Built without stopping anybody."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import F, Func, Q, TextField


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("forum", "0004_historique")]

    operations = [
        AddIndexConcurrently(
            "sondage",
            models.Index(
                fields=["cloture_le"],
                name="sondage_a_clore",
                condition=Q(clos_le__isnull=True, cloture_le__isnull=False),
            ),
        ),
        AddIndexConcurrently(
            "sujet",
            GinIndex(
                OpClass(Func(F("titre"), function="sans_accent", output_field=TextField()), "gin_trgm_ops"),
                name="sujet_titre_proche",
            ),
        ),
    ]
