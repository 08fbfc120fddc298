from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

from plateforme.socle.recherche import FrenchVector


class Migration(migrations.Migration):
    """Each index is built beside the writes of a table that may hold millions of lines."""

    atomic = False

    # The words, the salon and its numbers share one index by an extension that the first one installs.
    dependencies = [("realtime", "0004_lieux_retraits"), ("socle", "0001_recherche")]

    operations = [
        AddIndexConcurrently(
            model_name="messagesalon",
            index=GinIndex(models.F("salon"), FrenchVector("texte"), name="message_salon_mots"),
        ),
        AddIndexConcurrently(
            model_name="messagesalon",
            index=models.Index(fields=["salon", "cree_le"], name="message_salon_jour"),
        ),
    ]
