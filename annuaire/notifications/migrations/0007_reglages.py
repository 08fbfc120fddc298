"""Whoever had said no to e-mails on their profile says so in their settings."""

from django.db import migrations

KEEP = """
INSERT INTO notifications_reglage (agent_id, voies, courriels, resume, fuseau, jours, calme_debut, calme_fin)
SELECT id, '{}', false, 'hebdo', '', '{0,1,2,3,4}', '20:00', '07:30'
FROM annuaire_agent WHERE NOT courriels_immediats
ON CONFLICT (agent_id) DO UPDATE SET courriels = false
"""
BACK = """
UPDATE annuaire_agent SET courriels_immediats = false
WHERE id IN (SELECT agent_id FROM notifications_reglage WHERE NOT courriels)
"""


class Migration(migrations.Migration):
    dependencies = [("notifications", "0006_envois"), ("annuaire", "0002_recherche")]

    operations = [migrations.RunSQL(KEEP, BACK)]
