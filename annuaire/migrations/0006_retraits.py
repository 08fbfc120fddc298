from django.db import migrations

from plateforme.socle.retraits import announce

# What a person's open lines depend on.
COLONNES = ("is_active", "password", "partenaire", "montre_ecriture", "prenom", "nom")


class Migration(migrations.Migration):
    dependencies = [("annuaire", "0005_montrer_que_j_ecris"), ("socle", "0003_retraits")]

    operations = [
        announce(
            "annuaire_agent",
            f"UPDATE OF {', '.join(COLONNES)}",
            cible="agent",
            colonne="id",
            quand=f"({', '.join(f'OLD.{name}' for name in COLONNES)})"
            f" IS DISTINCT FROM ({', '.join(f'NEW.{name}' for name in COLONNES)})",
        ),
        announce("annuaire_agent", "DELETE", cible="agent", colonne="id"),
    ]
