"""The person beside the words and the week in the index of words: what somebody wrote with a common word is found
without reading all that they wrote."""

import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

import annuaire.preuves.models


class Migration(migrations.Migration):
    # Indexes are built while others write.
    atomic = False
    dependencies = [("preuves", "0005_semaines")]

    operations = [
        AddIndexConcurrently(
            "preuve",
            django.contrib.postgres.indexes.GinIndex(
                "vecteur",
                annuaire.preuves.models.Semaine("quand"),
                annuaire.preuves.models.Seul("agent"),
                condition=models.Q(("vecteur__isnull", False)),
                name="preuve_mots",
            ),
        ),
        RemoveIndexConcurrently("preuve", "preuve_mots_semaine"),
    ]
