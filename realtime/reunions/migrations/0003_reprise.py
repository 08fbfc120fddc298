"""Meetings planned before: named, their agenda in rows, their community invited, in a few statements.

Undone, the agenda is one text again; what the text had no place for goes.
"""

from django.db import migrations

NAME = """
UPDATE reunions_reunion SET uid = replace(gen_random_uuid()::text, '-', '') || '@reunions'
 WHERE uid IS NULL
"""
VIDEO = """
UPDATE reunions_reunion SET
  visio = CASE WHEN lien_visio LIKE 'https://%' THEN 'autre' ELSE 'aucune' END,
  lieu = CASE WHEN lien_visio LIKE 'https://%' THEN lieu ELSE left(btrim(lieu || ' ' || lien_visio), 160) END,
  lien_visio = CASE WHEN lien_visio LIKE 'https://%' THEN lien_visio ELSE '' END
 WHERE lien_visio <> ''
"""
# One point a line, without the marks of a list.
POINTS = r"""
INSERT INTO reunions_pointordredujour
  (reunion_id, rang, titre, description, description_html, version_rendu, etat, recurrent, cree_le)
SELECT id, row_number() OVER (PARTITION BY id ORDER BY place), left(texte, 200), '', '', 0, 'retenu', false, cree_le
  FROM (SELECT r.id, r.cree_le, l.place, btrim(l.ligne, E' \t\r-•') AS texte
          FROM reunions_reunion r, regexp_split_to_table(r.ordre_du_jour, E'\n') WITH ORDINALITY AS l(ligne, place)) lignes
 WHERE texte <> ''
"""
TEXT = r"""
UPDATE reunions_reunion r SET ordre_du_jour = p.texte
  FROM (SELECT reunion_id, left(string_agg(titre, E'\n' ORDER BY rang), 4000) AS texte
          FROM reunions_pointordredujour GROUP BY reunion_id) p
 WHERE p.reunion_id = r.id
"""
# Those who had read of it are not told again: notifications keep their keys.
INVITE = """
INSERT INTO reunions_participant
  (reunion_id, agent_id, courriel, nom, role, origine, reponse, commentaire, repondu_le, habitue, cree_le)
SELECT r.id, a.agent_id, '', '', 'participant', 'communaute', 'sans', '', NULL, false, now()
  FROM reunions_reunion r
  JOIN communautes_adhesion a ON a.communaute_id = r.communaute_id AND a.agent_id <> r.organisateur_id
 WHERE r.debut > now()
UNION ALL
SELECT r.id, r.organisateur_id, '', '', 'animateur', 'personne', 'accepte', '', r.cree_le, false, now()
  FROM reunions_reunion r
"""


class Migration(migrations.Migration):
    dependencies = [("reunions", "0002_complet")]

    operations = [
        migrations.RunSQL(NAME, migrations.RunSQL.noop),
        migrations.RunSQL(VIDEO, migrations.RunSQL.noop),
        migrations.RunSQL(POINTS, TEXT),
        migrations.RunSQL("UPDATE reunions_reunion SET toute_la_communaute = true", migrations.RunSQL.noop),
        migrations.RunSQL(INVITE, migrations.RunSQL.noop),
    ]
