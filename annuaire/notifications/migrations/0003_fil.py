"""An index for « what was told of this conversation », and the conversation of what was told before."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("notifications", "0002_complet")]

    operations = [
        migrations.RunSQL(
            "UPDATE notifications_notification SET fil = 'sujet.' || substring(url from '^/sujets/([0-9]+)/')"
            " WHERE lue_le IS NULL AND url ~ '^/sujets/[0-9]+/'",
            migrations.RunSQL.noop,
        ),
        AddIndexConcurrently(
            "notification",
            models.Index(
                fields=["destinataire", "fil"],
                name="notification_fil_non_lu",
                condition=models.Q(lue_le__isnull=True),
            ),
        ),
    ]
