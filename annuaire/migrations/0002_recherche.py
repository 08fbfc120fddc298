"""What the directory searches in, kept by the database.

An agent's `recherche` gathers their name (weight A), declared expertises with synonyms (A), fonction, service and
territory (B), presentation (D); `mots` holds the same words without accents, for typing errors. A change of the
agent's row, or of what they declare, rewrites it in the same transaction. A change of the vocabulary, of a service
or of a territory does so through `annuaire_rafraichir()`, which the loading commands call.
"""

from django.db import migrations

FORWARD = """
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

CREATE FUNCTION annuaire_agent_avant() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN
    SELECT c.vecteur, c.mots INTO NEW.recherche, NEW.mots FROM annuaire_composer(NEW) AS c;
    RETURN NEW;
END
$f$;

CREATE TRIGGER annuaire_agent_recherche BEFORE INSERT OR UPDATE OF
    prenom, nom, fonction, service_id, organisme, territoire_id, biographie
    ON annuaire_agent FOR EACH ROW EXECUTE FUNCTION annuaire_agent_avant();

CREATE FUNCTION annuaire_rafraichir(agents bigint[]) RETURNS void LANGUAGE sql AS $f$
    UPDATE annuaire_agent AS a SET recherche = c.vecteur, mots = c.mots
      FROM annuaire_agent AS b, annuaire_composer(b) AS c
     WHERE a.id = b.id AND b.id = ANY(agents) AND (a.recherche IS DISTINCT FROM c.vecteur OR a.mots <> c.mots);
$f$;

-- Once per statement, not per row: loading a hundred thousand declarations must not rewrite agents one by one.
CREATE FUNCTION annuaire_declaration_apres() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN
    PERFORM annuaire_rafraichir(ARRAY(SELECT DISTINCT agent_id FROM lignes));
    RETURN NULL;
END
$f$;

CREATE TRIGGER annuaire_declaration_ajout AFTER INSERT ON annuaire_declarationexpertise
    REFERENCING NEW TABLE AS lignes FOR EACH STATEMENT EXECUTE FUNCTION annuaire_declaration_apres();
CREATE TRIGGER annuaire_declaration_change AFTER UPDATE ON annuaire_declarationexpertise
    REFERENCING NEW TABLE AS lignes FOR EACH STATEMENT EXECUTE FUNCTION annuaire_declaration_apres();
CREATE TRIGGER annuaire_declaration_retrait AFTER DELETE ON annuaire_declarationexpertise
    REFERENCING OLD TABLE AS lignes FOR EACH STATEMENT EXECUTE FUNCTION annuaire_declaration_apres();
"""

BACKWARD = """
DROP TRIGGER annuaire_declaration_ajout ON annuaire_declarationexpertise;
DROP TRIGGER annuaire_declaration_change ON annuaire_declarationexpertise;
DROP TRIGGER annuaire_declaration_retrait ON annuaire_declarationexpertise;
DROP FUNCTION annuaire_declaration_apres();
DROP TRIGGER annuaire_agent_recherche ON annuaire_agent;
DROP FUNCTION annuaire_agent_avant();
DROP FUNCTION annuaire_rafraichir(bigint[]);
DROP FUNCTION annuaire_composer(annuaire_agent);
"""


class Migration(migrations.Migration):
    dependencies = [("annuaire", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
