"""The length of profiles, which nothing reads any more. PostgreSQL drops a column without rewriting the table."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("annuaire", "0012_appellations"), ("profils", "0005_sans_longueur")]

    operations = [migrations.RemoveField("agent", "longueur")]
