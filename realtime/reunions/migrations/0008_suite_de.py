import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reunions", "0007_retraits")]

    operations = [
        migrations.AddField(
            model_name="reunion",
            name="suite_de",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="suivantes",
                to="reunions.reunion",
            ),
        ),
    ]
