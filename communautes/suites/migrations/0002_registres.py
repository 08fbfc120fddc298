"""Registers of places that have no community. Nothing is rewritten nor read: a column that may be null, and new ones."""

import django.db.models.deletion
from django.db import migrations, models


def may_be_null(model: str, table: str, related_name: str) -> migrations.SeparateDatabaseAndState:
    """Django would make the foreign key anew, and read the table to check it."""
    return migrations.SeparateDatabaseAndState(
        database_operations=[
            migrations.RunSQL(
                f"ALTER TABLE {table} ALTER COLUMN communaute_id DROP NOT NULL",
                f"ALTER TABLE {table} ALTER COLUMN communaute_id SET NOT NULL",
            )
        ],
        state_operations=[
            migrations.AlterField(
                model_name=model,
                name="communaute",
                field=models.ForeignKey(
                    db_index=False,
                    null=True,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name=related_name,
                    to="communautes.communaute",
                ),
            )
        ],
    )


class Migration(migrations.Migration):
    dependencies = [
        ("communautes", "0005_retraits"),
        ("suites", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Registre",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("cree_le", models.DateTimeField(auto_now_add=True, verbose_name="ouvert le")),
            ],
            options={"verbose_name": "registre", "verbose_name_plural": "registres"},
        ),
        may_be_null("compteurdecisions", "suites_compteurdecisions", "compteurs_decisions"),
        may_be_null("decision", "suites_decision", "decisions"),
        migrations.AddField(
            model_name="compteurdecisions",
            name="registre",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="compteurs",
                to="suites.registre",
            ),
        ),
        migrations.AddField(
            model_name="decision",
            name="registre",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="decisions",
                to="suites.registre",
            ),
        ),
        # One row for each community and year.
        migrations.AddConstraint(
            model_name="compteurdecisions",
            constraint=models.UniqueConstraint(
                fields=("registre", "annee"), name="compteur_decisions_registre"
            ),
        ),
        migrations.AddConstraint(
            model_name="compteurdecisions",
            constraint=models.CheckConstraint(
                condition=models.Q(("communaute__isnull", False), ("registre__isnull", True))
                | models.Q(("communaute__isnull", True), ("registre__isnull", False)),
                name="compteur_decisions_un",
            ),
        ),
    ]
