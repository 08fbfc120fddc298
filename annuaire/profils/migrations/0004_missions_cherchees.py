"""Missions and cases handled are among the words that somebody is found by (weight C).

They do not count in the profile's length: one more must not make the others weigh less. Profiles that hold missions
are composed again here, the others when they change.
"""

from django.db import migrations

COMPOSE = """
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

CREATE TRIGGER profils_mission_ajout AFTER INSERT ON profils_mission
    REFERENCING NEW TABLE AS lignes FOR EACH STATEMENT EXECUTE FUNCTION annuaire_declaration_apres();
CREATE TRIGGER profils_mission_change AFTER UPDATE ON profils_mission
    REFERENCING NEW TABLE AS lignes FOR EACH STATEMENT EXECUTE FUNCTION annuaire_declaration_apres();
CREATE TRIGGER profils_mission_retrait AFTER DELETE ON profils_mission
    REFERENCING OLD TABLE AS lignes FOR EACH STATEMENT EXECUTE FUNCTION annuaire_declaration_apres();

SELECT annuaire_rafraichir(ARRAY(SELECT DISTINCT agent_id FROM profils_mission));
"""

BACKWARD = """
DROP TRIGGER profils_mission_ajout ON profils_mission;
DROP TRIGGER profils_mission_change ON profils_mission;
DROP TRIGGER profils_mission_retrait ON profils_mission;
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

SELECT annuaire_rafraichir(ARRAY(SELECT DISTINCT agent_id FROM profils_mission));
"""


class Migration(migrations.Migration):
    dependencies = [("annuaire", "0011_longueur"), ("profils", "0003_propositions")]
    operations = [migrations.RunSQL(COMPOSE, BACKWARD)]
