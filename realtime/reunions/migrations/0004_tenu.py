"""What the database holds once each meeting is named and its agenda in rows."""

from django.db import migrations, models

import realtime.reunions.models.commun


class Migration(migrations.Migration):
    dependencies = [("reunions", "0003_reprise")]

    operations = [
        migrations.RemoveField(
            model_name="reunion",
            name="ordre_du_jour",
        ),
        migrations.AlterField(
            model_name="reunion",
            name="uid",
            field=models.CharField(
                default=realtime.reunions.models.commun.new_uid, editable=False, max_length=120
            ),
        ),
        migrations.AddConstraint(
            model_name="reunion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("lien_visio", ""), ("visio", "aucune")),
                    models.Q(
                        models.Q(("visio", "aucune"), _negated=True), ("lien_visio__startswith", "https://")
                    ),
                    _connector="OR",
                ),
                name="reunion_visio",
            ),
        ),
        migrations.AddConstraint(
            model_name="reunion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("serie__isnull", True)), fields=("uid",), name="reunion_uid"
            ),
        ),
    ]
