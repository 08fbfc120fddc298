"""Whether one wants e-mails is a setting of notifications (notifications 0007)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("annuaire", "0003_mentions"),
        ("notifications", "0007_reglages"),
    ]

    operations = [migrations.RemoveField(model_name="agent", name="courriels_immediats")]
