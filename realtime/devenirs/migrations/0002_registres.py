"""Registers of salons of a few agents. Undone, what they decided goes with the registers."""

import django.db.models.deletion
from django.db import migrations, models

GARDES = """
CREATE FUNCTION devenirs_registre_du_salon() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM realtime_salon salon
        WHERE salon.id = NEW.salon_id AND salon.genre IN ('groupe', 'direct') AND NOT salon.de_reunion
    ) THEN
        RAISE EXCEPTION 'a salon of a community, or of a meeting, has no register of its own'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER registre_sans_communaute BEFORE INSERT OR UPDATE OF salon_id ON devenirs_registresalon FOR EACH ROW
    EXECUTE FUNCTION devenirs_registre_du_salon();
CREATE FUNCTION devenirs_decision_du_salon() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Who reads a decision of a few is whoever reads this line: it cannot be that of another salon.
    IF EXISTS (
        SELECT 1 FROM suites_decision decision
        LEFT JOIN devenirs_registresalon registre ON registre.registre_ptr_id = decision.registre_id
        WHERE decision.id = NEW.decision_id AND decision.registre_id IS NOT NULL
            AND registre.salon_id IS DISTINCT FROM NEW.salon_id
    ) THEN
        RAISE EXCEPTION 'a decision is in the register of the salon where it was made'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER decision_de_son_salon BEFORE INSERT OR UPDATE OF salon_id, decision_id ON devenirs_devenirligne
    FOR EACH ROW WHEN (NEW.decision_id IS NOT NULL) EXECUTE FUNCTION devenirs_decision_du_salon();
"""
SANS_GARDES = """
DROP TRIGGER decision_de_son_salon ON devenirs_devenirligne;
DROP FUNCTION devenirs_decision_du_salon();
DROP TRIGGER registre_sans_communaute ON devenirs_registresalon;
DROP FUNCTION devenirs_registre_du_salon();
"""
SANS_REGISTRES = """
DELETE FROM devenirs_devenirligne
    WHERE decision_id IN (SELECT id FROM suites_decision WHERE registre_id IS NOT NULL);
DELETE FROM suites_versiondecision
    WHERE decision_id IN (SELECT id FROM suites_decision WHERE registre_id IS NOT NULL);
DELETE FROM suites_decision WHERE registre_id IS NOT NULL;
DELETE FROM suites_compteurdecisions WHERE registre_id IS NOT NULL;
DELETE FROM devenirs_registresalon;
DELETE FROM suites_registre;
SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("devenirs", "0001_devenirs"),
        ("realtime", "0014_fils_index"),
        ("suites", "0003_registres_index"),
    ]

    operations = [
        migrations.CreateModel(
            name="RegistreSalon",
            fields=[
                (
                    "registre_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to="suites.registre",
                    ),
                ),
                (
                    "salon",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="registre",
                        to="realtime.salon",
                    ),
                ),
            ],
            options={"verbose_name": "registre d’un salon", "verbose_name_plural": "registres de salons"},
            bases=("suites.registre",),
        ),
        migrations.RunSQL(migrations.RunSQL.noop, SANS_REGISTRES),
        migrations.RunSQL(GARDES, SANS_GARDES),
    ]
