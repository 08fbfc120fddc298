"""A profile's length no longer counts in the search (decision 0023): it is no longer written.

The column goes with `annuaire` 0013, once nothing writes it.
"""

from django.db import migrations

COMPOSE = """
DROP FUNCTION annuaire_composer(annuaire_agent);

CREATE FUNCTION annuaire_composer(agent annuaire_agent, OUT vecteur tsvector, OUT mots text)
LANGUAGE plpgsql STABLE AS $f$
DECLARE
    competences text;
    lieu text;
BEGIN
    SELECT string_agg(e.libelle || ' ' || array_to_string(e.synonymes, ' '), ' . ')
      INTO competences
      FROM annuaire_declarationexpertise d JOIN annuaire_expertise e ON e.id = d.expertise_id
     WHERE d.agent_id = agent.id;
    SELECT concat_ws(' ', s.nom, ts.sigle, ts.nom, s.ville, t.nom)
      INTO lieu
      FROM (SELECT agent.service_id AS service_id, agent.territoire_id AS territoire_id) AS a
      LEFT JOIN annuaire_service s ON s.id = a.service_id
      LEFT JOIN annuaire_typeservice ts ON ts.id = s.type_id
      LEFT JOIN annuaire_territoire t ON t.code = a.territoire_id;
    vecteur := setweight(fr_vecteur(agent.prenom || ' ' || agent.nom), 'A')
        || setweight(fr_vecteur(competences), 'A')
        || setweight(fr_vecteur(concat_ws(' ', agent.fonction, agent.organisme, lieu)), 'B')
        || setweight(fr_vecteur(agent.biographie), 'D');
    vecteur := vecteur || setweight(fr_vecteur((
        SELECT string_agg(concat_ws(' ', m.titre, m.precision), ' . ' ORDER BY m.debut, m.titre, m.id)
          FROM profils_mission m WHERE m.agent_id = agent.id)), 'C');
    mots := sans_accent(concat_ws(' ', agent.prenom, agent.nom, agent.fonction, agent.organisme, lieu, competences));
END
$f$;

CREATE OR REPLACE FUNCTION annuaire_agent_avant() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN
    SELECT c.vecteur, c.mots INTO NEW.recherche, NEW.mots FROM annuaire_composer(NEW) AS c;
    RETURN NEW;
END
$f$;

CREATE OR REPLACE FUNCTION annuaire_rafraichir(agents bigint[]) RETURNS void LANGUAGE sql AS $f$
    UPDATE annuaire_agent AS a SET recherche = c.vecteur, mots = c.mots
      FROM annuaire_agent AS b, annuaire_composer(b) AS c
     WHERE a.id = b.id AND b.id = ANY(agents) AND (a.recherche IS DISTINCT FROM c.vecteur OR a.mots <> c.mots);
$f$;
"""

BACKWARD = """
DROP FUNCTION annuaire_composer(annuaire_agent);

CREATE FUNCTION annuaire_composer(agent annuaire_agent, OUT vecteur tsvector, OUT mots text, OUT longueur smallint)
LANGUAGE plpgsql STABLE AS $f$
DECLARE
    competences text;
    lieu text;
BEGIN
    SELECT string_agg(e.libelle || ' ' || array_to_string(e.synonymes, ' '), ' . ')
      INTO competences
      FROM annuaire_declarationexpertise d JOIN annuaire_expertise e ON e.id = d.expertise_id
     WHERE d.agent_id = agent.id;
    SELECT concat_ws(' ', s.nom, ts.sigle, ts.nom, s.ville, t.nom)
      INTO lieu
      FROM (SELECT agent.service_id AS service_id, agent.territoire_id AS territoire_id) AS a
      LEFT JOIN annuaire_service s ON s.id = a.service_id
      LEFT JOIN annuaire_typeservice ts ON ts.id = s.type_id
      LEFT JOIN annuaire_territoire t ON t.code = a.territoire_id;
    vecteur := setweight(fr_vecteur(agent.prenom || ' ' || agent.nom), 'A')
        || setweight(fr_vecteur(competences), 'A')
        || setweight(fr_vecteur(concat_ws(' ', agent.fonction, agent.organisme, lieu)), 'B')
        || setweight(fr_vecteur(agent.biographie), 'D');
    longueur := least(length(vecteur), 32767);
    vecteur := vecteur || setweight(fr_vecteur((
        SELECT string_agg(concat_ws(' ', m.titre, m.precision), ' . ' ORDER BY m.debut, m.titre, m.id)
          FROM profils_mission m WHERE m.agent_id = agent.id)), 'C');
    mots := sans_accent(concat_ws(' ', agent.prenom, agent.nom, agent.fonction, agent.organisme, lieu, competences));
END
$f$;

CREATE OR REPLACE FUNCTION annuaire_agent_avant() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN
    SELECT c.vecteur, c.mots, c.longueur INTO NEW.recherche, NEW.mots, NEW.longueur FROM annuaire_composer(NEW) AS c;
    RETURN NEW;
END
$f$;

CREATE OR REPLACE FUNCTION annuaire_rafraichir(agents bigint[]) RETURNS void LANGUAGE sql AS $f$
    UPDATE annuaire_agent AS a SET recherche = c.vecteur, mots = c.mots, longueur = c.longueur
      FROM annuaire_agent AS b, annuaire_composer(b) AS c
     WHERE a.id = b.id AND b.id = ANY(agents) AND (a.recherche IS DISTINCT FROM c.vecteur OR a.mots <> c.mots);
$f$;
"""


class Migration(migrations.Migration):
    dependencies = [("profils", "0004_missions_cherchees")]
    operations = [migrations.RunSQL(COMPOSE, BACKWARD)]
