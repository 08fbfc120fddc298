"""Words with the week of the piece, in one index; and what tells how active somebody is, without reading the rows."""

import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

import annuaire.preuves.models

WEEK = """
CREATE FUNCTION preuves_semaine(quand timestamptz) RETURNS int[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $f$
    SELECT ARRAY[floor(extract(epoch FROM quand - timestamptz '2000-01-03 00:00:00+00') / 604800)::int]
$f$
"""


class Migration(migrations.Migration):
    # Indexes are built while others write.
    atomic = False
    dependencies = [("preuves", "0004_documents_et_reunions")]

    operations = [
        migrations.RunSQL(WEEK, "DROP FUNCTION preuves_semaine(timestamptz)"),
        AddIndexConcurrently(
            "preuve",
            django.contrib.postgres.indexes.GinIndex(
                "vecteur",
                annuaire.preuves.models.Semaine("quand"),
                condition=models.Q(("vecteur__isnull", False)),
                name="preuve_mots_semaine",
            ),
        ),
        AddIndexConcurrently(
            "preuve",
            models.Index(
                condition=models.Q(("vecteur__isnull", False)),
                fields=["agent", "-quand"],
                include=("valeur", "fil", "source", "lieu"),
                name="preuve_activite",
            ),
        ),
        RemoveIndexConcurrently("preuve", "preuve_vecteur"),
    ]
