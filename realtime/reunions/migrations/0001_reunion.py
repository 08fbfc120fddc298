"""The table of meetings comes from the app `realtime`: it is renamed, nothing is copied."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

RENAME = "ALTER TABLE {} RENAME TO {}"


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("communautes", "0001_initial"),
        ("realtime", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    RENAME.format("realtime_reunion", "reunions_reunion"),
                    RENAME.format("reunions_reunion", "realtime_reunion"),
                )
            ],
            state_operations=[
                migrations.CreateModel(
                    name="Reunion",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("titre", models.CharField(max_length=160, verbose_name="objet")),
                        ("debut", models.DateTimeField(db_index=True, verbose_name="début")),
                        (
                            "duree_minutes",
                            models.PositiveSmallIntegerField(
                                default=60,
                                validators=[
                                    django.core.validators.MinValueValidator(5),
                                    django.core.validators.MaxValueValidator(720),
                                ],
                                verbose_name="durée (minutes)",
                            ),
                        ),
                        ("lieu", models.CharField(blank=True, max_length=160, verbose_name="lieu")),
                        (
                            "lien_visio",
                            models.URLField(blank=True, verbose_name="lien de visioconférence"),
                        ),
                        (
                            "ordre_du_jour",
                            models.TextField(blank=True, max_length=4000, verbose_name="ordre du jour"),
                        ),
                        ("cree_le", models.DateTimeField(auto_now_add=True)),
                        (
                            "communaute",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="reunions",
                                to="communautes.communaute",
                            ),
                        ),
                        (
                            "organisateur",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "réunion",
                        "verbose_name_plural": "réunions",
                        "ordering": ["debut"],
                        "indexes": [models.Index(fields=["communaute", "debut"], name="reunion_communaute")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("duree_minutes__range", (5, 720))), name="reunion_duree"
                            )
                        ],
                    },
                ),
            ],
        ),
    ]
