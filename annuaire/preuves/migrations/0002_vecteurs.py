"""What the ranking looks at, on tables that may be full: columns without a rewrite, values in batches, indexes aside.

The words of the question that was answered, and its `fil`, are known to the app that owns the message: it settles
its evidence again afterwards (the forum each night, or `refaire_preuves` at once). Until then a piece is found by its
own words, as before.
"""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

BATCH = 5_000

VECTOR = """
CREATE FUNCTION preuves_vecteur(texte text, titre text, question text, expertises bigint[]) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $f$
    SELECT setweight(fr_vecteur(texte), 'A') || setweight(fr_vecteur(titre), 'B')
        || setweight(fr_vecteur(question), 'C')
        || coalesce((SELECT string_agg('''§' || e || ''':1', ' ') FROM unnest(expertises) AS e)::tsvector, ''::tsvector)
$f$
"""


def fill(apps, schema_editor):
    """A source is searched on the first of its rows: its answer if it is one."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM preuves_preuve")
        (last,) = cursor.fetchone()
        for first in range(0, last + 1, BATCH):
            cursor.execute(
                "UPDATE preuves_preuve p SET vecteur = preuves_vecteur(p.texte, p.titre, NULL, p.expertises),"
                " valeur = 1 + (SELECT max((q.genre = 'retenue')::int) + 0.5 * max((q.genre = 'faq')::int)"
                "  + 0.3 * ln(1 + sum(CASE WHEN q.genre IN ('utile', 'merci') THEN q.poids ELSE 0 END))"
                "  FROM preuves_preuve q WHERE q.source = p.source AND q.agent_id = p.agent_id)"
                " WHERE p.id >= %s AND p.id < %s AND p.vecteur IS NULL AND NOT EXISTS ("
                "  SELECT 1 FROM preuves_preuve q WHERE q.source = p.source AND q.agent_id = p.agent_id"
                "  AND (q.genre <> 'reponse', q.genre) < (p.genre <> 'reponse', p.genre))",
                [first, first + BATCH],
            )


class Migration(migrations.Migration):
    # Each batch is its own transaction; indexes are built while others write.
    atomic = False
    dependencies = [("preuves", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Frequence",
            fields=[
                ("mot", models.TextField(primary_key=True, serialize=False)),
                ("preuves", models.PositiveIntegerField()),
                ("profils", models.PositiveIntegerField()),
            ],
        ),
        migrations.AddField(
            "preuve", "fil", models.CharField(db_default="", default="", max_length=40, verbose_name="fil")
        ),
        migrations.AddField(
            "preuve", "vecteur", django.contrib.postgres.search.SearchVectorField(editable=False, null=True)
        ),
        migrations.AddField(
            "preuve", "valeur", models.FloatField(editable=False, null=True, verbose_name="valeur")
        ),
        migrations.RunSQL(VECTOR, "DROP FUNCTION preuves_vecteur(text, text, text, bigint[])"),
        migrations.RunPython(fill, migrations.RunPython.noop),
        AddIndexConcurrently(
            "preuve", django.contrib.postgres.indexes.GinIndex(fields=["vecteur"], name="preuve_vecteur")
        ),
        AddIndexConcurrently(
            "preuve",
            models.Index(
                condition=models.Q(("vecteur__isnull", False)), fields=["-quand"], name="preuve_quand"
            ),
        ),
        RemoveIndexConcurrently("preuve", "preuve_expertises"),
        RemoveIndexConcurrently("preuve", "preuve_recherche"),
    ]
