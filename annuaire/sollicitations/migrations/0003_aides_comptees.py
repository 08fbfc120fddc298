from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sollicitations", "0002_montre_aides")]

    operations = [
        migrations.AddField(
            model_name="destinataire",
            name="compte",
            field=models.BooleanField(db_default=True, default=True),
        ),
    ]
