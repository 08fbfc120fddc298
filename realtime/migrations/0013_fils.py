"""Threads: a line may answer another of its salon. Columns with a default of the database's, or none: nothing is
rewritten, and a new empty column needs no look at the rows to know that its foreign key holds."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# One level, in one salon, for ever: what a join or a page takes for granted. Lines that answer nothing cost nothing.
FONCTION = """
CREATE FUNCTION realtime_reponse_dans_son_fil() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        RAISE EXCEPTION 'a line never changes its salon nor its thread' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM realtime_messagesalon racine
        WHERE racine.id = NEW.racine_id AND racine.salon_id = NEW.salon_id AND racine.racine_id IS NULL
    ) THEN
        RAISE EXCEPTION 'a reply answers a line of its salon that answers nothing itself'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$
"""
DECLENCHEURS = """
CREATE TRIGGER reponse_dans_son_fil BEFORE INSERT ON realtime_messagesalon FOR EACH ROW
    WHEN (NEW.racine_id IS NOT NULL) EXECUTE FUNCTION realtime_reponse_dans_son_fil();
CREATE TRIGGER ligne_a_sa_place BEFORE UPDATE OF salon_id, racine_id ON realtime_messagesalon FOR EACH ROW
    WHEN (OLD.salon_id <> NEW.salon_id OR OLD.racine_id IS DISTINCT FROM NEW.racine_id)
    EXECUTE FUNCTION realtime_reponse_dans_son_fil();
"""
RETOUR = """
DROP TRIGGER ligne_a_sa_place ON realtime_messagesalon;
DROP TRIGGER reponse_dans_son_fil ON realtime_messagesalon;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("realtime", "0012_lectures_montrees"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="messagesalon",
            name="au_salon",
            field=models.BooleanField(db_default=True, default=True, editable=False),
        ),
        migrations.AddField(
            model_name="messagesalon",
            name="derniere_reponse_le",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="messagesalon",
            name="nb_reponses",
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name="messagesalon",
            name="racine",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="reponses",
                to="realtime.messagesalon",
            ),
        ),
        migrations.CreateModel(
            name="SuiviFil",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "suit",
                    models.BooleanField(db_default=True, default=True, verbose_name="suit ce fil"),
                ),
                ("lu", models.PositiveIntegerField(db_default=0, default=0)),
                ("repondu", models.PositiveIntegerField(db_default=0, default=0)),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "racine",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="suivis",
                        to="realtime.messagesalon",
                    ),
                ),
            ],
            options={"verbose_name": "suivi d’un fil", "verbose_name_plural": "suivis de fils"},
        ),
        migrations.AddConstraint(
            model_name="suivifil",
            constraint=models.UniqueConstraint(fields=("racine", "agent"), name="suivi_fil_unique"),
        ),
        migrations.RunSQL(FONCTION, "DROP FUNCTION realtime_reponse_dans_son_fil()"),
        migrations.RunSQL(DECLENCHEURS, RETOUR),
    ]
