"""An index of 0010, without keeping anybody from writing."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("realtime", "0010_fichiers")]

    operations = [
        AddIndexConcurrently(
            model_name="messagesalon",
            index=models.Index(
                condition=models.Q(("nb_fichiers__gt", 0), ("supprime_le__isnull", False)),
                fields=["supprime_le"],
                name="message_salon_fichiers",
            ),
        ),
    ]
