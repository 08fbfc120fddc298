from django.db import migrations

from plateforme.socle.retraits import announce


class Migration(migrations.Migration):
    dependencies = [("communautes", "0004_rappels_charte"), ("socle", "0003_retraits")]

    operations = [
        announce("communautes_adhesion", "DELETE", cible="agent", colonne="agent_id"),
        announce(
            "communautes_adhesion",
            "UPDATE OF role",
            cible="agent",
            colonne="agent_id",
            quand="OLD.role IS DISTINCT FROM NEW.role",
        ),
        announce("communautes_suspension", "INSERT OR UPDATE", cible="agent", colonne="agent_id"),
        announce(
            "communautes_communaute",
            "UPDATE OF visibilite",
            cible="communaute",
            colonne="id",
            quand="OLD.visibilite IS DISTINCT FROM NEW.visibilite",
        ),
    ]
