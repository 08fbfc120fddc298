"""The right to export the people found."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("annuaire", "0009_telephone"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="agent",
            options={
                "permissions": [
                    ("exporter_annuaire", "Peut exporter les personnes trouvées dans l’annuaire")
                ],
                "verbose_name": "agent",
                "verbose_name_plural": "agents",
            },
        ),
    ]
