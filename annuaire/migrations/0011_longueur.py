"""How many words a profile holds, missions aside. Added without rewriting the table; the trigger's migration
(`profils` 0004) writes it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("annuaire", "0010_droit_exporter")]

    operations = [
        migrations.AddField("agent", "longueur", models.PositiveSmallIntegerField(editable=False, null=True))
    ]
