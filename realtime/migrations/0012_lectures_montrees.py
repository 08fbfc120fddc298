from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("realtime", "0011_fichiers_index")]

    operations = [
        migrations.AddField(
            model_name="lecturesalon",
            name="montre",
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
    ]
