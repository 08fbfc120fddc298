"""The database notes which expertises are to be counted again, whatever writes what the counts follow from.

Each trigger takes a short lock on its table and reads none of it. All expertises are noted once, to begin with.
"""

from django.db import migrations

DECLARATIONS = """
CREATE FUNCTION couverture_declarations() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO couverture_changement (expertise_id) SELECT DISTINCT expertise_id FROM apres;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO couverture_changement (expertise_id) SELECT DISTINCT expertise_id FROM avant;
    END IF;
    RETURN NULL;
END
$$
"""
# Of a person, or of a territory that they serve.
AGENT = """
CREATE FUNCTION couverture_agent() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ligne jsonb := to_jsonb(CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END);
BEGIN
    INSERT INTO couverture_changement (expertise_id)
        SELECT expertise_id FROM annuaire_declarationexpertise WHERE agent_id = (ligne ->> TG_ARGV[0])::bigint;
    RETURN NULL;
END
$$
"""
COUNTED = ("is_active", "partenaire", "territoire_id", "disponibilite", "disponibilite_jusqu_au")


def _trigger(name: str, table: str, event: str, rest: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER {name} AFTER {event} ON {table} {rest}", f"DROP TRIGGER {name} ON {table}"
    )


def _declarations(event: str, rows: str) -> migrations.RunSQL:
    return _trigger(
        f"couverture_{event.lower()}",
        "annuaire_declarationexpertise",
        event,
        f"REFERENCING {rows} FOR EACH STATEMENT EXECUTE FUNCTION couverture_declarations()",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("couverture", "0001_initial"),
        ("annuaire", "0007_profil"),
        ("profils", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(DECLARATIONS, "DROP FUNCTION couverture_declarations()"),
        migrations.RunSQL(AGENT, "DROP FUNCTION couverture_agent()"),
        _declarations("INSERT", "NEW TABLE AS apres"),
        _declarations("UPDATE", "OLD TABLE AS avant NEW TABLE AS apres"),
        _declarations("DELETE", "OLD TABLE AS avant"),
        _trigger(
            "couverture_update",
            "annuaire_agent",
            f"UPDATE OF {', '.join(COUNTED)}",
            f"FOR EACH ROW WHEN (({', '.join(f'OLD.{name}' for name in COUNTED)}) IS DISTINCT FROM"
            f" ({', '.join(f'NEW.{name}' for name in COUNTED)})) EXECUTE FUNCTION couverture_agent('id')",
        ),
        _trigger(
            "couverture_change",
            "profils_profil_territoires",
            "INSERT OR DELETE",
            "FOR EACH ROW EXECUTE FUNCTION couverture_agent('profil_id')",
        ),
        migrations.RunSQL(
            "INSERT INTO couverture_changement (expertise_id) SELECT id FROM annuaire_expertise",
            migrations.RunSQL.noop,
        ),
    ]
