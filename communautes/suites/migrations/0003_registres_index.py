"""Indexes and checks of 0002, without keeping anybody from writing."""

from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("suites", "0002_registres")]

    operations = [
        AddIndexConcurrently(
            model_name="decision",
            index=models.Index(
                condition=Q(registre__isnull=False),
                fields=["registre", "-prise_le", "-id"],
                name="decision_registre",
            ),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                # Cut short, it leaves an index that holds nothing.
                migrations.RunSQL(
                    "DROP INDEX CONCURRENTLY IF EXISTS decision_numero_registre", migrations.RunSQL.noop
                ),
                migrations.RunSQL(
                    "CREATE UNIQUE INDEX CONCURRENTLY decision_numero_registre"
                    " ON suites_decision (registre_id, annee, numero) WHERE registre_id IS NOT NULL",
                    "DROP INDEX CONCURRENTLY decision_numero_registre",
                ),
            ],
            state_operations=[
                migrations.AddConstraint(
                    model_name="decision",
                    constraint=models.UniqueConstraint(
                        condition=Q(registre__isnull=False),
                        fields=("registre", "annee", "numero"),
                        name="decision_numero_registre",
                    ),
                )
            ],
        ),
        AddConstraintNotValid(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=Q(communaute__isnull=False, registre__isnull=True)
                | (Q(communaute__isnull=True, registre__isnull=False) & ~Q(etat="proposee")),
                name="decision_un_registre",
            ),
        ),
        ValidateConstraint(model_name="decision", name="decision_un_registre"),
    ]
