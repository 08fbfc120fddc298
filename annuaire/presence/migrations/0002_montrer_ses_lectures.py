from django.db import migrations, models

from plateforme.socle.retraits import announce

TOLD = {"cible": "presence", "colonne": "agent_id"}
BEFORE = announce("presence_etatpresence", "INSERT OR UPDATE OF etat, jusqu_a, message", **TOLD)


class Migration(migrations.Migration):
    dependencies = [("presence", "0001_etats")]

    operations = [
        migrations.AddField(
            model_name="etatpresence",
            name="montre_lectures",
            field=models.BooleanField(db_default=True, default=True, verbose_name="montrer ce que j’ai lu"),
        ),
        # The live layer also hears of this preference.
        migrations.RunSQL(BEFORE.reverse_sql, BEFORE.sql),
        announce(
            "presence_etatpresence", "INSERT OR UPDATE OF etat, jusqu_a, message, montre_lectures", **TOLD
        ),
    ]
