"""Meetings have an app of their own (`reunions`), which took the table over."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("realtime", "0001_initial"),
        ("reunions", "0001_reunion"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.DeleteModel(name="Reunion")],
        ),
    ]
