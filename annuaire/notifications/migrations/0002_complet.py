from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="notification",
            name="fil",
            field=models.CharField(blank=True, db_default="", default="", max_length=40),
        ),
    ]
