"""The vector that `vecteur` replaces. Dropping a column is a change of the catalogue only.

Going back writes the table again, as any generated column does: site closed.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("preuves", "0002_vecteurs")]
    operations = [migrations.RemoveField("preuve", "recherche")]
