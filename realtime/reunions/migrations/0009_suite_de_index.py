"""The index of 0008, without keeping anybody from writing."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("reunions", "0008_suite_de")]

    operations = [
        AddIndexConcurrently(
            model_name="reunion",
            index=models.Index(
                condition=models.Q(("suite_de__isnull", False)), fields=["suite_de"], name="reunion_suite_de"
            ),
        ),
    ]
