"""An index for « who was told of this event », which withdrawing it asks."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("notifications", "0007_reglages")]

    operations = [AddIndexConcurrently("notification", models.Index(fields=["cle"], name="notification_cle"))]
