"""Where a sujet comes from: a column with a default kept by the database, so that no row is rewritten."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("forum", "0009_renvois")]

    operations = [
        migrations.AddField(
            "sujet",
            "origine",
            models.CharField(blank=True, db_default="", default="", editable=False, max_length=20),
        ),
    ]
