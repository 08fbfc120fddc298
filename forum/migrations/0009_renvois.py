"""What the titles shown in texts hang on. The column of the HTML keeps its name: only the code calls it otherwise."""

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("forum", "0008_suites"),
        ("communautes", "0004_rappels_charte"),
        ("fichiers", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameField("message", "html", "html_stocke"),
                migrations.AlterField(
                    "message", "html_stocke", models.TextField(db_column="html", editable=False)
                ),
            ]
        ),
        migrations.CreateModel(
            name="Renvoi",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("url", models.TextField()),
                ("titre", models.CharField(blank=True, max_length=250)),
                ("nom_seul", models.BooleanField(default=False)),
                ("externe", models.CharField(blank=True, db_index=True, max_length=40)),
                (
                    "communaute",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="communautes.communaute",
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="fichiers.document",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="renvois",
                        to="forum.message",
                    ),
                ),
                (
                    "personne",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "sujet",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="forum.sujet",
                    ),
                ),
                (
                    "vise",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="forum.message",
                    ),
                ),
            ],
            options={
                "verbose_name": "renvoi",
                "verbose_name_plural": "renvois",
                "constraints": [
                    models.UniqueConstraint(
                        models.F("message"), django.db.models.functions.text.MD5("url"), name="renvoi_unique"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("communaute__isnull", False), ("personne__isnull", False), _connector="OR"
                        ),
                        name="renvoi_appui",
                    ),
                ],
            },
        ),
    ]
