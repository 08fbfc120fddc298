"""An index for the news of one conversation, unread and read apart, in their order."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import ExpressionWrapper, F, Q


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("notifications", "0009_suites")]

    operations = [
        AddIndexConcurrently(
            "notification",
            models.Index(
                F("destinataire"),
                F("fil"),
                ExpressionWrapper(Q(lue_le__isnull=True), output_field=models.BooleanField()),
                F("id").desc(),
                name="notification_groupe",
                condition=~Q(fil=""),
            ),
        )
    ]
