from django.db import migrations

from plateforme.socle.retraits import announce

# Whoever leaves a community, by whatever way, leaves its salons of named people.
FONCTION = """
CREATE FUNCTION realtime_quitte_les_salons() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM realtime_membresalon membre USING realtime_salon salon
    WHERE membre.salon_id = salon.id AND salon.communaute_id = OLD.communaute_id AND membre.agent_id = OLD.agent_id;
    RETURN NULL;
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("realtime", "0003_lieux"),
        ("communautes", "0005_retraits"),
        ("socle", "0003_retraits"),
    ]

    operations = [
        announce("realtime_membresalon", "DELETE", cible="agent", colonne="agent_id"),
        migrations.RunSQL(FONCTION, "DROP FUNCTION realtime_quitte_les_salons()"),
        migrations.RunSQL(
            "CREATE TRIGGER quitte_les_salons AFTER DELETE ON communautes_adhesion FOR EACH ROW"
            " EXECUTE FUNCTION realtime_quitte_les_salons()",
            "DROP TRIGGER quitte_les_salons ON communautes_adhesion",
        ),
    ]
