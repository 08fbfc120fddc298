"""What takes access away is told by the database itself, in the transaction that does it.

A row removed from the members, a session deleted, an account closed: whatever writes it (an action, a command, somebody
at the database's own prompt), a trigger notes it in a table and notifies those who listen, at the commit and not before.
The live layer of each process listens (`realtime.veille`); the table is for one that was cut off from the database
meanwhile. Redis has no part in it: it may lose an event.

An app that has a table of its own from which access follows puts a trigger on it in a migration:

    operations = [announce("communautes_adhesion", "DELETE", cible="agent", colonne="agent_id")]
"""

from datetime import timedelta

from django.db import migrations
from django.utils import timezone

NOTIFICATION = "plateforme_retraits"  # the channel of NOTIFY

FUNCTION = f"""
CREATE FUNCTION plateforme_annonce_retrait() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ligne jsonb := to_jsonb(CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END);
    valeur text := ligne ->> TG_ARGV[1];
    nom text;
BEGIN
    -- A session's key opens it: what is written and told is what only its holder can recognise.
    IF TG_ARGV[0] = 'session' THEN
        valeur := encode(sha256(convert_to(valeur, 'UTF8')), 'hex');
    END IF;
    nom := TG_ARGV[0] || '.' || valeur;
    INSERT INTO socle_retrait (cible, quand) VALUES (nom, clock_timestamp());
    PERFORM pg_notify('{NOTIFICATION}', nom);
    RETURN NULL;
END
$$
"""  # noqa: S608  (a constant)


def forget_old_withdrawals() -> None:
    """Remove what was told more than a day ago. For the nightly house-keeping."""
    from plateforme.socle.models import Retrait

    Retrait.objects.filter(quand__lt=timezone.now() - timedelta(days=1)).delete()


def announce(table: str, evenement: str, *, cible: str, colonne: str, quand: str = "") -> migrations.RunSQL:
    """A migration operation: tell of `evenement` (`DELETE`, `INSERT OR UPDATE`, `UPDATE OF a, b`) on a table's rows.

    What is told is `cible` and the row's `colonne`: `agent.3` has that person's access looked at again, `communaute.4`
    everybody's, `session.…` closes that session's lines. `quand` is the condition of the trigger's `WHEN`. Takes a
    short lock on the table and reads none of it.
    """
    name = f"retrait_{evenement.split()[0].lower()}"
    condition = f" WHEN ({quand})" if quand else ""
    return migrations.RunSQL(
        f"CREATE TRIGGER {name} AFTER {evenement} ON {table} FOR EACH ROW{condition}"
        f" EXECUTE FUNCTION plateforme_annonce_retrait('{cible}', '{colonne}')",
        f"DROP TRIGGER {name} ON {table}",
    )
