"""Indexes for what is due by e-mail and for when a conversation last wrote."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("notifications", "0005_decision")]

    operations = [
        AddIndexConcurrently(
            model_name="notification",
            index=models.Index(
                condition=models.Q(
                    ("courriel_prevu_le__isnull", False),
                    ("envoye_le__isnull", True),
                    ("lue_le__isnull", True),
                ),
                fields=["courriel_prevu_le"],
                name="notification_a_envoyer",
            ),
        ),
        AddIndexConcurrently(
            model_name="notification",
            index=models.Index(
                condition=models.Q(("envoye_le__isnull", False)),
                fields=["fil", "destinataire", "-envoye_le"],
                name="notification_fil_envoye",
            ),
        ),
    ]
