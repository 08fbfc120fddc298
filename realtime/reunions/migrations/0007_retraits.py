from django.db import migrations

from plateforme.socle.retraits import announce


class Migration(migrations.Migration):
    """Whoever is invited no more loses at once the live channels of the meeting."""

    dependencies = [("reunions", "0006_sondages_dates"), ("socle", "0003_retraits")]

    operations = [
        announce(
            "reunions_participant",
            "UPDATE OF retire_le",
            cible="agent",
            colonne="agent_id",
            quand="OLD.retire_le IS NULL AND NEW.retire_le IS NOT NULL AND NEW.agent_id IS NOT NULL",
        ),
    ]
