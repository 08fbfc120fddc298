"""The counts of each expertise by territory, the monthly records, the delays, and what is to be counted again."""

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("annuaire", "0007_profil"),
    ]

    operations = [
        migrations.CreateModel(
            name="Changement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("expertise_id", models.BigIntegerField()),
                ("quand", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "verbose_name": "comptage à refaire",
                "verbose_name_plural": "comptages à refaire",
            },
        ),
        migrations.CreateModel(
            name="Couverture",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("nb_notions", models.PositiveIntegerField()),
                ("nb_pratique", models.PositiveIntegerField()),
                ("nb_expertise", models.PositiveIntegerField()),
                ("nb_reference", models.PositiveIntegerField()),
                ("disponibles", models.PositiveIntegerField()),
                ("limites", models.PositiveIntegerField()),
                ("indisponibles", models.PositiveIntegerField()),
                ("referents_disponibles", models.PositiveIntegerField()),
                (
                    "personnes",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    models.F("nb_notions"), "+", models.F("nb_pratique")
                                ),
                                "+",
                                models.F("nb_expertise"),
                            ),
                            "+",
                            models.F("nb_reference"),
                        ),
                        output_field=models.PositiveIntegerField(),
                    ),
                ),
                (
                    "referents",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.expressions.CombinedExpression(
                            models.F("nb_expertise"), "+", models.F("nb_reference")
                        ),
                        output_field=models.PositiveIntegerField(),
                    ),
                ),
                (
                    "expertise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="couvertures",
                        to="annuaire.expertise",
                    ),
                ),
                (
                    "territoire",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="couvertures",
                        to="annuaire.territoire",
                    ),
                ),
            ],
            options={
                "verbose_name": "couverture d’une expertise",
                "verbose_name_plural": "couvertures des expertises",
                "indexes": [models.Index(fields=["territoire", "referents"], name="couverture_territoire")],
                "constraints": [
                    models.UniqueConstraint(fields=("expertise", "territoire"), name="couverture_unique"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "disponibles",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                django.db.models.expressions.CombinedExpression(
                                                    models.F("nb_notions"), "+", models.F("nb_pratique")
                                                ),
                                                "+",
                                                models.F("nb_expertise"),
                                            ),
                                            "+",
                                            models.F("nb_reference"),
                                        ),
                                        "-",
                                        models.F("limites"),
                                    ),
                                    "-",
                                    models.F("indisponibles"),
                                ),
                            )
                        ),
                        name="couverture_disponibilites",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "referents_disponibles__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("nb_expertise"), "+", models.F("nb_reference")
                                ),
                            )
                        ),
                        name="couverture_referents",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("nb_notions__gt", 0),
                            ("nb_pratique__gt", 0),
                            ("nb_expertise__gt", 0),
                            ("nb_reference__gt", 0),
                            _connector="OR",
                        ),
                        name="couverture_quelqu_un",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Delai",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("median", models.PositiveIntegerField(verbose_name="délai médian, en secondes")),
                ("reponses", models.PositiveIntegerField()),
                (
                    "expertise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="delais",
                        to="annuaire.expertise",
                    ),
                ),
                (
                    "territoire",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="delais",
                        to="annuaire.territoire",
                    ),
                ),
            ],
            options={
                "verbose_name": "délai de réponse",
                "verbose_name_plural": "délais de réponse",
                "constraints": [
                    models.UniqueConstraint(fields=("expertise", "territoire"), name="delai_unique"),
                    models.CheckConstraint(condition=models.Q(("reponses__gte", 5)), name="delai_anonyme"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Releve",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("mois", models.DateField(verbose_name="premier jour du mois")),
                ("personnes", models.PositiveIntegerField()),
                ("referents", models.PositiveIntegerField()),
                ("disponibles", models.PositiveIntegerField(verbose_name="référents disponibles")),
                (
                    "expertise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="annuaire.expertise"
                    ),
                ),
                (
                    "territoire",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="annuaire.territoire",
                    ),
                ),
            ],
            options={
                "verbose_name": "relevé mensuel",
                "verbose_name_plural": "relevés mensuels",
                "indexes": [models.Index(fields=["mois"], name="releve_mois_connus")],
                "constraints": [
                    models.UniqueConstraint(fields=("expertise", "territoire", "mois"), name="releve_unique"),
                    models.CheckConstraint(condition=models.Q(("mois__day", 1)), name="releve_mois"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("disponibles__lte", models.F("referents")),
                            ("referents__lte", models.F("personnes")),
                        ),
                        name="releve_nombres",
                    ),
                ],
            },
        ),
    ]
