"""The French text-search configuration that every full-text column of the house uses.

`fr`: accents removed, then the French stemmer. The stop words of PostgreSQL's stemmer are written with their
accents, so that they no longer match once accents are gone ("même", "été"), and elided articles (l', d', qu')
are not all in its list: `fr_vecteur` takes these away. It is declared immutable so that generated columns and
indexes may use it; change the list only together with a rewrite of those columns.
"""

from django.contrib.postgres.operations import BtreeGinExtension, TrigramExtension, UnaccentExtension
from django.db import migrations

STOP_WORDS = """
a afin ai aie aient aies ainsi ait alors apres as au aucun aucune aujourd aupres auquel aura aurai auraient aurais
aurait auras aurez auriez aurions aurons auront aussi autre autres aux auxquelles auxquels avaient avais avait avant
avec avez aviez avoir avons ayant bien bonjour c car ce ceci cela celle celles celui cependant certain certaine
certaines certains ces cet cette ceux chaque chez comme comment cordialement d dans de depuis des desquelles
desquels deux dire dit doit doivent donc dont du duquel elle elles en encore entre est et etaient etais etait etant ete
etes etiez etions etre eu eue eues eumes eurent eus eusse eut eux fait faire faut font fumes furent fus fut hors hui il
ils j je jusqu jusque l la laquelle le lequel les lesquelles lesquels leur leurs lors lorsqu lorsque lui m ma mais me
meme memes merci mes mien mienne moi moins mon n ne ni nos notamment notre nous on ont ou par parce pas pendant peu
peut peuvent plus plusieurs plutot pour pourquoi pourrait pouvez puis puisqu puisque qu quand que quel quelle quelles
quelqu quelque quelques quels qui quoi quoique s sa sans sauf se selon sera serai seraient serais serait seras serez
seriez serions serons seront ses seulement si sien soi soient sois soit son sont sous suis sur t ta
tandis tant te tel telle telles tels tes toi ton tous tout toute toutes tres trop tu un une unes uns vers via voici
voila vos votre vous vu y
""".split()


FORWARD = f"""
CREATE TEXT SEARCH CONFIGURATION public.fr (COPY = pg_catalog.french);
ALTER TEXT SEARCH CONFIGURATION public.fr
    ALTER MAPPING FOR hword, hword_part, word, asciiword, asciihword, hword_asciipart
    WITH public.unaccent, pg_catalog.french_stem;

-- unaccent() is only "stable" because its dictionary could be changed; an index needs it immutable.
CREATE FUNCTION public.sans_accent(texte text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $f$
    SELECT public.unaccent('public.unaccent'::regdictionary, lower(texte))
$f$;

DO $do$
DECLARE
    lexemes text[];
BEGIN
    -- The list holds words; what a vector holds is their stems. Worked out once, here.
    SELECT tsvector_to_array(to_tsvector('public.fr'::regconfig, '{" ".join(STOP_WORDS)}')) INTO lexemes;
    EXECUTE format(
        'CREATE FUNCTION public.fr_vecteur(texte text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $f$
            SELECT ts_delete(to_tsvector(''public.fr''::regconfig, coalesce(texte, '''')), %L::text[])
        $f$', lexemes);
END
$do$;
"""

BACKWARD = """
DROP FUNCTION public.fr_vecteur(text);
DROP FUNCTION public.sans_accent(text);
DROP TEXT SEARCH CONFIGURATION public.fr;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        UnaccentExtension(),
        TrigramExtension(),
        BtreeGinExtension(),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
