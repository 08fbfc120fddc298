"""Evidence. Texts and vectors are kept apart from the rows: the search reads many rows, and few of their words."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import plateforme.socle.recherche


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("socle", "0001_recherche"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Masquage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source", models.CharField(max_length=40)),
                ("cree_le", models.DateTimeField(auto_now_add=True, verbose_name="date")),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("agent", "source"), name="masquage_unique")],
            },
        ),
        migrations.CreateModel(
            name="Preuve",
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
                        choices=[
                            ("reponse", "Réponse"),
                            ("retenue", "Réponse retenue"),
                            ("utile", "Jugé utile"),
                            ("merci", "Remercié"),
                            ("retour", "Retour d’expérience"),
                            ("faq", "Foire aux questions"),
                        ],
                        max_length=10,
                        verbose_name="genre",
                    ),
                ),
                ("source", models.CharField(max_length=40, verbose_name="source")),
                ("lieu", models.CharField(max_length=40, verbose_name="lieu")),
                ("titre", models.CharField(max_length=250, verbose_name="titre")),
                ("url", models.CharField(max_length=300, verbose_name="adresse")),
                ("texte", models.TextField()),
                (
                    "expertises",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("poids", models.PositiveIntegerField(default=1)),
                ("quand", models.DateTimeField(verbose_name="date")),
                (
                    "recherche",
                    models.GeneratedField(
                        db_persist=True,
                        expression=plateforme.socle.recherche.FrenchVector(
                            django.db.models.functions.text.Concat(
                                "titre", models.Value(" "), "texte", output_field=models.TextField()
                            )
                        ),
                        output_field=django.contrib.postgres.search.SearchVectorField(),
                    ),
                ),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="preuves",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "preuve",
                "verbose_name_plural": "preuves",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["recherche"], name="preuve_recherche"),
                    django.contrib.postgres.indexes.GinIndex(fields=["expertises"], name="preuve_expertises"),
                    models.Index(fields=["agent", "-quand", "-id"], name="preuve_agent"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("source", "genre", "agent"), name="preuve_unique"),
                    models.CheckConstraint(condition=models.Q(("poids__gte", 1)), name="preuve_poids"),
                ],
            },
        ),
        migrations.RunSQL(
            "ALTER TABLE preuves_preuve SET (toast_tuple_target = 128)", migrations.RunSQL.noop
        ),
    ]
