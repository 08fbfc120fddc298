"""Calendars of one's own: keys, choices, what changed in words, what was recalled."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("annuaire", "0005_montrer_que_j_ecris"),
        ("reunions", "0004_tenu"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CleAgenda",
            fields=[
                (
                    "agent",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("empreinte", models.CharField(max_length=64, unique=True)),
                ("cree_le", models.DateTimeField(auto_now_add=True, verbose_name="date")),
                ("utilisee_le", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="PreferenceReunions",
            fields=[
                (
                    "agent",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "invitations",
                    models.BooleanField(default=True, verbose_name="recevoir les invitations par courriel"),
                ),
                (
                    "rappel_veille",
                    models.BooleanField(default=True, verbose_name="me rappeler mes réunions la veille"),
                ),
                (
                    "rappel_quart",
                    models.BooleanField(
                        default=True, verbose_name="me rappeler mes réunions 15 minutes avant"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Changement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sequence", models.PositiveIntegerField()),
                ("dit", models.CharField(max_length=600, verbose_name="changement")),
                ("cree_le", models.DateTimeField(auto_now_add=True, verbose_name="date")),
                (
                    "auteur",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reunion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="changements",
                        to="reunions.reunion",
                    ),
                ),
            ],
            options={
                "verbose_name": "changement",
                "verbose_name_plural": "changements",
                "ordering": ["-sequence"],
                "constraints": [
                    models.UniqueConstraint(fields=("reunion", "sequence"), name="changement_sequence")
                ],
            },
        ),
        migrations.CreateModel(
            name="Rappel",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "genre",
                    models.CharField(
                        choices=[("veille", "La veille"), ("quart", "15 minutes avant")], max_length=6
                    ),
                ),
                ("debut", models.DateTimeField()),
                ("cree_le", models.DateTimeField(auto_now_add=True)),
                (
                    "reunion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="reunions.reunion"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("reunion", "genre", "debut"), name="rappel_une_fois")
                ],
            },
        ),
    ]
