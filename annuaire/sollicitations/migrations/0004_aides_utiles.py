from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # The index is built while others write.
    atomic = False
    dependencies = [("sollicitations", "0003_aides_comptees")]

    operations = [
        AddIndexConcurrently(
            "destinataire",
            models.Index(
                condition=models.Q(("compte", True), ("utile", "oui")),
                fields=["sollicitation"],
                include=("agent",),
                name="destinataire_utiles",
            ),
        ),
    ]
