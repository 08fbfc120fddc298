"""The organisation chart. No box is above itself: looked at when the import that moves boxes ends."""

import django.db.models.deletion
from django.db import migrations, models

BOUCLE = """
CREATE FUNCTION organisation_sans_boucle() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    dessus bigint := NEW.parent_id;
    pas integer := 0;
BEGIN
    WHILE dessus IS NOT NULL LOOP
        pas := pas + 1;
        IF dessus = NEW.id OR pas > 100 THEN
            RAISE EXCEPTION 'an entity is above itself' USING ERRCODE = 'check_violation';
        END IF;
        SELECT parent_id INTO dessus FROM organisation_entite WHERE id = dessus;
    END LOOP;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER entite_sans_boucle AFTER INSERT OR UPDATE OF parent_id ON organisation_entite
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.parent_id IS NOT NULL)
    EXECUTE FUNCTION organisation_sans_boucle();
"""
SANS = """
DROP TRIGGER entite_sans_boucle ON organisation_entite;
DROP FUNCTION organisation_sans_boucle();
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("annuaire", "0009_telephone"),
    ]

    operations = [
        migrations.CreateModel(
            name="Entite",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=60, unique=True, verbose_name="code")),
                ("nom", models.CharField(max_length=200, verbose_name="nom")),
                ("ordre", models.PositiveIntegerField(default=0)),
                ("adresse", models.CharField(blank=True, default="", max_length=300, verbose_name="adresse")),
                (
                    "code_postal",
                    models.CharField(blank=True, default="", max_length=5, verbose_name="code postal"),
                ),
                ("ville", models.CharField(blank=True, default="", max_length=80, verbose_name="ville")),
                ("latitude", models.DecimalField(decimal_places=6, max_digits=8, null=True)),
                ("longitude", models.DecimalField(decimal_places=6, max_digits=9, null=True)),
                (
                    "telephone",
                    models.CharField(blank=True, default="", max_length=20, verbose_name="téléphone"),
                ),
                (
                    "courriel",
                    models.EmailField(blank=True, default="", max_length=254, verbose_name="courriel"),
                ),
                ("site", models.URLField(blank=True, default="", max_length=300, verbose_name="site")),
                (
                    "horaires",
                    models.CharField(blank=True, default="", max_length=500, verbose_name="horaires"),
                ),
                ("importe_le", models.DateTimeField(verbose_name="importée le")),
                (
                    "parent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="enfants",
                        to="organisation.entite",
                        verbose_name="rattachée à",
                    ),
                ),
                (
                    "service",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="entite",
                        to="annuaire.service",
                        verbose_name="service",
                    ),
                ),
            ],
            options={
                "verbose_name": "entité de l’organigramme",
                "verbose_name_plural": "entités de l’organigramme",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("latitude__isnull", True), ("longitude__isnull", True)),
                            models.Q(
                                ("latitude__isnull", False),
                                ("latitude__range", (-90, 90)),
                                ("longitude__isnull", False),
                                ("longitude__range", (-180, 180)),
                            ),
                            _connector="OR",
                        ),
                        name="entite_position",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("parent__isnull", True),
                            models.Q(("parent", models.F("pk")), _negated=True),
                            _connector="OR",
                        ),
                        name="entite_pas_sous_elle",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("code", ""), _negated=True), models.Q(("nom", ""), _negated=True)
                        ),
                        name="entite_nommee",
                    ),
                ],
            },
        ),
        migrations.RunSQL(BOUCLE, SANS),
    ]
