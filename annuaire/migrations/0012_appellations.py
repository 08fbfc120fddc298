"""The names of expertises, kept ready to be looked for in a question; and what each expertise is declared by, in its index.

Written by a trigger of the vocabulary's table, in the same transaction. The vocabulary has hundreds of entries, not
millions: they are composed here at once.
"""

import django.contrib.postgres.search
import django.db.models.deletion
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

FORWARD = """
CREATE FUNCTION annuaire_nommer(expertises bigint[]) RETURNS void LANGUAGE sql AS $f$
    DELETE FROM annuaire_appellation WHERE expertise_id = ANY(expertises);
    INSERT INTO annuaire_appellation (expertise_id, mot, nu, motif, vecteur)
    SELECT id, mot, nu, '% ' || btrim(regexp_replace(nu, '[^[:alnum:]]+', ' ', 'g')) || ' %', fr_vecteur(mot) FROM (
        SELECT DISTINCT e.id, t.mot, sans_accent(t.mot) AS nu
          FROM annuaire_expertise e, unnest(e.libelle || e.synonymes) AS t(mot) WHERE e.id = ANY(expertises)
    ) AS dit WHERE nu ~ '[[:alnum:]]';
$f$;

CREATE FUNCTION annuaire_expertise_apres() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN
    PERFORM annuaire_nommer(ARRAY(SELECT id FROM lignes));
    RETURN NULL;
END
$f$;

CREATE TRIGGER annuaire_expertise_ajout AFTER INSERT ON annuaire_expertise
    REFERENCING NEW TABLE AS lignes FOR EACH STATEMENT EXECUTE FUNCTION annuaire_expertise_apres();
CREATE TRIGGER annuaire_expertise_change AFTER UPDATE ON annuaire_expertise
    REFERENCING NEW TABLE AS lignes FOR EACH STATEMENT EXECUTE FUNCTION annuaire_expertise_apres();

SELECT annuaire_nommer(ARRAY(SELECT id FROM annuaire_expertise));
"""

BACKWARD = """
DROP TRIGGER annuaire_expertise_ajout ON annuaire_expertise;
DROP TRIGGER annuaire_expertise_change ON annuaire_expertise;
DROP FUNCTION annuaire_expertise_apres();
DROP FUNCTION annuaire_nommer(bigint[]);
"""


class Migration(migrations.Migration):
    # The index is built while others write.
    atomic = False

    dependencies = [("annuaire", "0011_longueur")]

    operations = [
        migrations.CreateModel(
            name="Appellation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("mot", models.CharField(max_length=120, verbose_name="nom")),
                ("nu", models.TextField()),
                ("motif", models.TextField()),
                ("vecteur", django.contrib.postgres.search.SearchVectorField()),
                (
                    "expertise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="appellations",
                        to="annuaire.expertise",
                    ),
                ),
            ],
            options={
                "verbose_name": "appellation",
                "verbose_name_plural": "appellations",
                "constraints": [
                    models.UniqueConstraint(fields=("expertise", "mot"), name="appellation_unique")
                ],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
        AddIndexConcurrently(
            "declarationexpertise",
            models.Index(
                fields=["expertise"], include=("agent", "niveau", "depuis"), name="declaration_expertise"
            ),
        ),
    ]
