"""Finding people as their name is typed after "@", and a word that is nobody's handle."""

import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

import annuaire.models


def free_the_reserved_word(apps, schema_editor):
    """Whoever holds the word gets another handle before the database refuses it."""
    agents = apps.get_model("annuaire", "Agent").objects
    for agent in agents.filter(identifiant="animateurs"):
        agent.identifiant = f"animateurs-{agent.pk}"
        agent.save(update_fields=["identifiant"])


class Migration(migrations.Migration):
    # The index is built without stopping anybody from signing up; each step can be run again.
    atomic = False
    dependencies = [("annuaire", "0002_recherche")]
    operations = [
        migrations.RunPython(free_the_reserved_word, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="agent",
            constraint=models.CheckConstraint(
                condition=~models.Q(identifiant="animateurs"), name="agent_identifiant_reserve"
            ),
        ),
        AddIndexConcurrently(
            model_name="agent",
            index=models.Index(
                django.contrib.postgres.indexes.OpClass(
                    annuaire.models.WithoutAccents("nom"), name="text_pattern_ops"
                ),
                name="agent_nom_debut",
            ),
        ),
    ]
