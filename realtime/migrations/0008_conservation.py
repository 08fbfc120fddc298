from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("realtime", "0007_gestes_index")]

    operations = [
        migrations.AddField(
            model_name="salon",
            name="conservation_jours",
            field=models.PositiveSmallIntegerField(
                db_default=0, default=0, verbose_name="conserver les messages (jours)"
            ),
        ),
        migrations.AddField(
            model_name="salon",
            name="efface_jusqu_a",
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
    ]
