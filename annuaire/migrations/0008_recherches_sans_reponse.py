"""Searches that the directory did not answer, kept without names."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("annuaire", "0007_profil"),
    ]

    operations = [
        migrations.CreateModel(
            name="RechercheSansReponse",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("question", models.CharField(max_length=200, verbose_name="besoin")),
                ("jour", models.DateField(verbose_name="jour")),
                ("nombre", models.PositiveIntegerField(default=1, verbose_name="nombre de recherches")),
                (
                    "territoire",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="annuaire.territoire",
                        verbose_name="territoire",
                    ),
                ),
            ],
            options={
                "verbose_name": "recherche sans réponse",
                "verbose_name_plural": "recherches sans réponse",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("jour", "territoire", "question"),
                        name="sans_reponse_unique",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("question", ""), _negated=True), name="sans_reponse_question"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("nombre__gte", 1)), name="sans_reponse_nombre"
                    ),
                ],
            },
        ),
    ]
