"""Every page that axe looks at, by the name of its route; and the routes that are no page, with the reason why.

`tests/roof/test_routes.py` fails for a route that is in neither. An address may name a thing of the demo's world,
such as `{sujet}`: `PLACES` says how its number is found.
"""

C = "/communautes/police-de-l-eau/"

# Who looks at which pages: somebody not signed in, the animatrice of « Police de l’eau », a member of it.
VISITEUR: dict[str, tuple[str, ...]] = {
    "accueil": ("/",),
    "mentions-legales": ("/mentions-legales/",),
    "donnees-personnelles": ("/donnees-personnelles/",),
    "accessibilite": ("/accessibilite/",),
    "plan-du-site": ("/plan-du-site/",),
    "charte": ("/charte/",),
    "hors-ligne": ("/hors-ligne/",),
    "account_login": ("/compte/login/",),
    "account_signup": ("/compte/signup/",),
    "account_reset_password": ("/compte/password/reset/",),
    "account_reset_password_done": ("/compte/password/reset/done/",),
    "account_reset_password_from_key_done": ("/compte/password/reset/key/done/",),
    "account_email_verification_sent": ("/compte/confirm-email/",),
    "account_inactive": ("/compte/inactive/",),
    "notifications:desabonnement": ("{desabonnement}",),
    "reunions:exterieur": ("{invitation}",),
    "reunions:sondage-exterieur": ("{dates_exterieur}",),
    "demo:courriels": ("/demo/courriels/",),
    "demo:courriel": ("/demo/courriels/{courriel}/",),
}
ANIMATRICE: dict[str, tuple[str, ...]] = {
    "accueil": ("/",),
    "recherche": ("/recherche/?q=busage",),
    "annuaire:recherche": (
        "/annuaire/",
        "/annuaire/?q=loi+sur+l%27eau",
        "/annuaire/?q=loi+sur+l%27eau&choix=gaelle-estaque&choix=yvon-le-bihan",
        "/annuaire/?q=xylophage&territoire=48",
    ),
    "trouver:recherches": ("/annuaire/moi/recherches/",),
    "annuaire:modifier": ("/annuaire/moi/modifier/",),
    "annuaire:modifier-partie": (
        "/annuaire/moi/modifier/identite/",
        "/annuaire/moi/modifier/expertises/",
        "/annuaire/moi/modifier/missions/",
    ),
    "profils:changer-photo": ("/annuaire/moi/photo/",),
    "profils:ajouter-expertise": ("/annuaire/moi/expertises/ajouter/?q=DLE",),
    "profils:proposer-expertise": ("/annuaire/moi/expertises/proposer/",),
    "profils:recommandations": ("/annuaire/moi/recommandations/",),
    "profils:signaler-recommandation": ("/annuaire/recommandations/{recommandation}/signaler/",),
    "profils:recommander": ("/annuaire/gaelle-estaque/recommander/",),
    "profils:demander": ("/annuaire/gaelle-estaque/demander-recommandation/",),
    "annuaire:profil": ("/annuaire/aminata-sarr/", "/annuaire/gaelle-estaque/"),
    "annuaire:contributions": (
        "/annuaire/aminata-sarr/contributions/",
        "/annuaire/gaelle-estaque/contributions/",
    ),
    "organisation:services": ("/services/?territoire=48",),
    "organisation:service": ("/services/{service}/",),
    "couverture:ensemble": ("/annuaire/couverture/?tri_departements=-tenues",),
    "couverture:expertise": ("/annuaire/couverture/expertises/loi-sur-leau/?territoire=48",),
    "sollicitations:miennes": ("/sollicitations/",),
    "sollicitations:capacite": ("/sollicitations/capacite/",),
    "sollicitations:decliner": ("/sollicitations/fils/{fil_a_lire}/decliner/",),
    "sollicitations:rediriger": ("/sollicitations/fils/{fil_a_lire}/rediriger/",),
    "couverture:region": ("/annuaire/couverture/regions/R76/",),
    "presence:presence": ("/presence/",),
    "notifications:liste": ("/notifications/",),
    "notifications:reglages": ("/notifications/reglages/",),
    "communautes:liste": ("/communautes/",),
    "communautes:creer": ("/communautes/creer/",),
    "communautes:communaute": (C,),
    "communautes:a-propos": (f"{C}a-propos/",),
    "communautes:charte": (f"{C}charte/",),
    "communautes:membres": (f"{C}membres/",),
    "communautes:modifier": (f"{C}modifier/",),
    "fichiers:liste": (f"{C}documents/",),
    "fichiers:deposer": (f"{C}documents/deposer/",),
    "suites:decisions": (f"{C}decisions/", f"{C}decisions/?q=girafe"),
    "suites:nouvelle-decision": (f"{C}decisions/nouvelle/",),
    "suites:decision": ("/decisions/{decision}/",),
    "suites:modifier-decision": ("/decisions/{decision}/modifier/",),
    "suites:annuler-decision": ("/decisions/{decision}/annuler/",),
    "suites:taches": (f"{C}taches/", f"{C}taches/?etat=faites"),
    "suites:nouvelle-tache": (f"{C}taches/nouvelle/",),
    "suites:tache": ("/taches/{tache}/",),
    "suites:mes-taches": ("/mes-taches/", "/mes-taches/?vue=confiees"),
    "forum:liste": (f"{C}forum/", f"{C}forum/?genre=question"),
    "forum:ouvrir": (
        f"{C}forum/nouveau/",
        f"{C}forum/nouveau/?genre=retour",
        f"{C}forum/nouveau/?genre=sondage",
    ),
    "forum:sujet": ("/sujets/{sujet}/", "/sujets/{decide}/", "/sujets/{sondage}/", "/sujets/{retour}/"),
    "forum:resume": ("/sujets/{sujet}/resume/",),
    "forum:proches": ("/sujets/{sujet}/proches/",),
    "forum:memes-besoins": ("/sujets/{attendu}/memes-besoins/",),
    "forum:classer": ("/sujets/{sujet}/classer/",),
    "forum:etiquettes": (f"{C}forum/etiquettes/",),
    "forum:reactions": ("/messages/{apprecie}/reactions/",),
    "forum:modifier": ("/messages/{mien}/modifier/", "/messages/{message}/modifier/"),
    "forum:historique": ("/messages/{modifie}/historique/",),
    "forum:supprimer": ("/messages/{mien}/supprimer/",),
    "forum:favori": ("/messages/{message}/favori/",),
    "forum:noter-decision": ("/messages/{message}/decision/",),
    "forum:faire-tache": ("/messages/{message}/tache/",),
    "forum:faq": (f"{C}faq/",),
    "forum:proposer-faq": ("/messages/{message}/faq/",),
    "forum:faq-entree": ("/faq/{faq}/",),
    "forum:non-lus": ("/forum/non-lus/",),
    "forum:mes-sujets": ("/forum/mes-sujets/",),
    "forum:on-me-cite": ("/forum/on-me-cite/",),
    "forum:sans-reponse": ("/forum/sans-reponse/",),
    "forum:suivis": ("/forum/suivis/",),
    "forum:favoris": ("/forum/favoris/",),
    "forum:brouillons": ("/forum/brouillons/",),
    "forum:aide": ("/forum/mise-en-forme/",),
    "forum:cle-flux": ("/flux/",),
    "forum:signaler": ("/messages/{message}/signaler/",),
    "forum:moderation": (f"{C}moderation/", f"{C}moderation/?etat=traites"),
    "forum:signalement": (f"{C}moderation/messages/{{signale}}/",),
    "forum:journal-moderation": (f"{C}moderation/journal/",),
    "forum:reponses-types": (f"{C}moderation/reponses-types/",),
    "forum:reponse-type": (f"{C}moderation/reponses-types/{{reponse_type}}/",),
    "forum:moderation-recue": (f"{C}moderation/me-concernant/",),
    "forum:membre": (f"{C}moderation/membres/gaelle-estaque/",),
    "forum:masquer": ("/messages/{message}/masquer/",),
    "forum:avertir": ("/messages/{message}/avertir/",),
    "forum:masquer-sujet": ("/sujets/{sujet}/masquer/",),
    "forum:deplacer": ("/sujets/{sujet}/deplacer/",),
    "forum:fusionner": ("/sujets/{sujet}/fusionner/",),
    "forum:scinder": ("/sujets/{sujet}/scinder/",),
    "realtime:salons": ("/salons/",),
    "realtime:salon": ("/salons/{salon}/", "/salons/{salon_a_deux}/", "/salons/{groupe}/"),
    "realtime:gestes": (
        "/salons/{groupe}/messages/1/gestes/",
        "/salons/{salon}/messages/1/gestes/",
    ),
    "devenirs:sujet": ("/salons/{salon}/messages/1/sujet/", "/salons/{groupe}/messages/1/sujet/"),
    "devenirs:decisions": ("/salons/{groupe}/decisions/",),
    "devenirs:decision": ("/salons/{salon}/messages/1/decision/", "/salons/{groupe}/messages/1/decision/"),
    "devenirs:tache": ("/salons/{salon}/messages/1/tache/", "/salons/{groupe}/messages/1/tache/"),
    "realtime:fil": ("/salons/{groupe}/messages/1/fil/",),
    "realtime:modifier": ("/salons/{groupe}/messages/1/modifier/",),
    "realtime:versions": ("/salons/{groupe}/messages/2/versions/",),
    "realtime:ouvrir": (f"{C}salons/nouveau/",),
    "realtime:ouvrir-groupe": ("/salons/nouveau/",),
    "realtime:fichiers": ("/salons/{groupe}/fichiers/", "/salons/{salon}/fichiers/?q=pont"),
    "realtime:recherche": ("/salons/{salon}/recherche/?q=pont",),
    "realtime:reglages": ("/salons/{salon}/reglages/", "/salons/{groupe}/reglages/"),
    "reunions:liste": (f"{C}reunions/",),
    "reunions:miennes": ("/reunions/",),
    "reunions:planifier": (f"{C}reunions/planifier/",),
    "reunions:planifier-salon": ("/salons/{salon}/reunion/",),
    "reunions:planifier-entre-agents": ("/reunions/planifier/",),
    "reunions:agenda": ("/reunions/agenda/",),
    "reunions:reunion": ("/reunions/{reunion}/",),
    "reunions:modifier": ("/reunions/{reunion}/modifier/",),
    "reunions:annuler": ("/reunions/{reunion}/annuler/",),
    "reunions:dupliquer": ("/reunions/{reunion}/dupliquer/",),
    "reunions:convives": ("/reunions/{reunion}/personnes/",),
    "reunions:ajouter-point": ("/reunions/{reunion}/points/ajouter/",),
    "reunions:modifier-point": ("/reunions/points/{point}/",),
    "reunions:documents": ("/reunions/{reunion}/documents/",),
    "reunions:serie": ("/reunions/series/{serie}/",),
    "reunions:proposer-dates": (f"{C}reunions/dates/",),
    "reunions:proposer-dates-salon": ("/salons/{salon}/dates/",),
    "reunions:proposer-dates-entre-agents": ("/reunions/dates/",),
    "reunions:sondage": ("/reunions/dates/{dates}/",),
    "reunions:ajouter-creneaux": ("/reunions/dates/{dates}/creneaux/",),
    "reunions:reglages-sondage": ("/reunions/dates/{dates}/reglages/",),
    # One that nobody opened yet, and one that is being held.
    "seances:seance": ("/reunions/{reunion}/seance/", "/reunions/{seance}/seance/"),
    "seances:ecran": ("/reunions/{seance}/seance/ecran/",),
    "seances:presences": ("/reunions/{seance}/seance/presences/",),
    # What a meeting left, minutes that hold, their correction being written.
    "seances:compte-rendu": (
        "/reunions/{seance}/seance/compte-rendu/",
        "/reunions/{rendu}/seance/compte-rendu/?edition=0",
        "/reunions/{rendu}/seance/compte-rendu/",
    ),
    "seances:modifier-compte-rendu": ("/reunions/{rendu}/seance/compte-rendu/modifier/",),
    "seances:recomposer": ("/reunions/{rendu}/seance/compte-rendu/recomposer/",),
    "seances:versions": ("/reunions/{rendu}/seance/compte-rendu/versions/?version=2",),
    "seances:suivre": ("/reunions/{seance}/seance/suivi/",),
    "seances:nouveau-vote": ("/reunions/{seance}/seance/votes/nouveau/",),
    "seances:vote": ("/reunions/votes/{scrutin}/",),
    "seances:reprendre-notes": ("/reunions/points/{repris}/notes/reprendre/",),
    "account_logout": ("/compte/logout/",),
    "account_email": ("/compte/email/",),
    "account_change_password": ("/compte/password/change/",),
    "account_reauthenticate": ("/compte/reauthenticate/",),
    "mfa_index": ("/compte/2fa/",),
    "usersessions_list": ("/compte/sessions/",),
}
MEMBRE: dict[str, tuple[str, ...]] = {
    "accueil": ("/",),
    "communautes:communaute": (C, "/communautes/{sur_demande}/"),
    "forum:sujet": ("/sujets/{sujet}/",),
    "forum:faq": (f"{C}faq/",),
    "sollicitations:miennes": ("/sollicitations/?vue=envoyees",),
    "sollicitations:nouvelle": (
        "/sollicitations/nouvelle/?a=gaelle-estaque",
        "/sollicitations/nouvelle/?appel=1",
    ),
    "sollicitations:sollicitation": ("/sollicitations/{sollicitation}/", "/sollicitations/{brouillon}/"),
    "sollicitations:modifier": ("/sollicitations/{brouillon}/modifier/",),
    "sollicitations:clore": ("/sollicitations/{sollicitation}/clore/",),
    "sollicitations:fil": ("/sollicitations/fils/{fil}/",),
    "sollicitations:ajouter": ("/sollicitations/fils/{fil}/ajouter/",),
    "publications:publier": ("/sollicitations/fils/{fil}/publier/",),
    "seances:seance": ("/reunions/{seance}/seance/",),
}
# Pages behind a password asked again or a code: tests/parcours/test_axe.py goes there step by step.
SECOND_FACTEUR = {
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_authenticate",
    "mfa_deactivate_totp",
    "mfa_generate_recovery_codes",
    "mfa_list_webauthn",
    "mfa_view_recovery_codes",
}

# No page of ours: nothing here for axe to look at.
SANS_PAGE: dict[str, tuple[str, ...]] = {
    "data, a script or a file": (
        "service-worker", "sante-vivant", "sante-pret", "notifications:nombre", "fichiers:telecharger", "forum:flux",
        "forum:flux-etiquette", "forum:flux-expertise", "forum:mentions", "forum:citation", "forum:piece",
        "realtime:fichier", "realtime:fichier-image",
        "forum:piece-image", "forum:emojis", "suites:export-decisions", "devenirs:export-decisions", "suites:export-taches", "suites:personnes",
        "reunions:personnes", "reunions:flux", "reunions:telecharger", "reunions:telecharger-exterieur", "reunions:fichier",
        "seances:compte-rendu-markdown", "seances:compte-rendu-pdf", "seances:compte-rendu-odt",
        "mfa_download_recovery_codes", "profils:photo", "profils:vcard",
        "couverture:export-departements", "couverture:export-expertises", "couverture:export-expertise",
        "sollicitations:personnes", "sollicitations:fichier",
    ),
    "leads to another page": (
        "annuaire:moi", "trouver:ouvrir", "trouver:solliciter", "notifications:ouvrir", "forum:message", "realtime:message", "forum:rappel", "account_set_password",
    ),
    "a part of a page, looked at within it": (
        "forum:etat", "forum:sondage", "forum:similaires", "forum:experts", "forum:nouveaux", "forum:fragment",
        "realtime:messages", "realtime:reponses", "seances:etat", "profils:carte",
    ),
    "an e-mail, as a mail program shows it": ("demo:courriel-html",),
    "for the platform’s team, which nobody of the demo is in: tests/parcours/test_profil.py": ("profils:moderation",),
    "Django’s administration": ("admin:index",),
}  # fmt: skip

_SUJET = (
    "SELECT s.id FROM forum_sujet s"
    " JOIN communautes_communaute c ON c.id = s.communaute_id AND c.slug = 'police-de-l-eau'"
)
_MESSAGE = (
    "SELECT m.id FROM forum_message m JOIN forum_sujet s ON s.id = m.sujet_id"
    " JOIN communautes_communaute c ON c.id = s.communaute_id AND c.slug = 'police-de-l-eau'"
    " JOIN annuaire_agent a ON a.id = m.auteur_id"
    " WHERE m.numero > 1 AND m.supprime_le IS NULL AND m.masque_le IS NULL"
)


def _of_the_community(table: str) -> str:
    return (
        f"SELECT t.id FROM {table} t JOIN communautes_communaute c ON c.id = t.communaute_id"
        " WHERE c.slug = 'police-de-l-eau' ORDER BY t.id LIMIT 1"
    )


# How the number of each thing is found in the demo's database, whatever other tests have done there.
PLACES: dict[str, str] = {
    "sujet": f"{_SUJET} WHERE s.titre LIKE 'Busage d%18 m%'",
    "attendu": f"{_SUJET} WHERE s.nb_memes_besoins > 0 ORDER BY s.id LIMIT 1",
    "retour": f"{_SUJET} WHERE s.genre = 'retour' ORDER BY s.id LIMIT 1",
    "decide": "SELECT m.sujet_id FROM suites_decision d JOIN forum_suitemessage o ON o.decision_id = d.id"
    " JOIN forum_message m ON m.id = o.message_id JOIN communautes_communaute c ON c.id = d.communaute_id AND c.slug = 'police-de-l-eau' ORDER BY d.id LIMIT 1",
    "sondage": "SELECT v.sujet_id FROM forum_sondage v JOIN forum_sujet s ON s.id = v.sujet_id"
    " JOIN communautes_adhesion d ON d.communaute_id = s.communaute_id JOIN annuaire_agent a ON a.id = d.agent_id"
    " WHERE a.identifiant = 'aminata-sarr' ORDER BY v.sujet_id LIMIT 1",
    "message": f"{_MESSAGE} AND a.identifiant = 'gaelle-estaque' ORDER BY m.id LIMIT 1",
    "mien": f"{_MESSAGE} AND a.identifiant = 'aminata-sarr' ORDER BY m.id LIMIT 1",
    "modifie": f"{_MESSAGE} AND m.version > 1 ORDER BY m.id LIMIT 1",
    "apprecie": f"{_MESSAGE} AND m.nb_utile > 0 ORDER BY m.id LIMIT 1",
    "signale": "SELECT message_id FROM forum_signalement WHERE etat = 'ouvert' ORDER BY id LIMIT 1",
    "reponse_type": _of_the_community("forum_reponsetype"),
    "faq": _of_the_community("forum_entreefaq"),
    "decision": _of_the_community("suites_decision"),
    "tache": _of_the_community("suites_tache"),
    "salon": _of_the_community("realtime_salon"),
    "service": "SELECT service_id FROM organisation_entite WHERE code = 'DDT-48'",
    "salon_a_deux": "SELECT id FROM realtime_salon WHERE genre = 'direct' ORDER BY id LIMIT 1",
    "groupe": "SELECT id FROM realtime_salon WHERE genre = 'groupe' ORDER BY id LIMIT 1",
    "reunion": _of_the_community("reunions_reunion"),
    "serie": _of_the_community("reunions_serie"),
    "dates": _of_the_community("reunions_sondagedates"),
    "point": "SELECT p.id FROM reunions_pointordredujour p JOIN reunions_reunion r ON r.id = p.reunion_id"
    " JOIN communautes_communaute c ON c.id = r.communaute_id WHERE c.slug = 'police-de-l-eau' ORDER BY p.id LIMIT 1",
    "seance": "SELECT reunion_id FROM seances_seance ORDER BY reunion_id LIMIT 1",
    "rendu": "SELECT seance_id FROM seances_compterendu ORDER BY seance_id LIMIT 1",
    "repris": "SELECT n.point_id FROM seances_brouillonnote b JOIN seances_notepoint n ON n.id = b.note_id"
    " JOIN annuaire_agent a ON a.id = b.agent_id WHERE a.identifiant = 'aminata-sarr' LIMIT 1",
    "scrutin": "SELECT id FROM seances_scrutin ORDER BY id LIMIT 1",
    "sollicitation": "SELECT sollicitation_id FROM sollicitations_destinataire WHERE etat = 'acceptee' ORDER BY id LIMIT 1",
    "fil": "SELECT id FROM sollicitations_destinataire WHERE etat = 'acceptee' ORDER BY id LIMIT 1",
    "fil_a_lire": "SELECT d.id FROM sollicitations_destinataire d JOIN annuaire_agent a ON a.id = d.agent_id"
    " WHERE a.identifiant = 'aminata-sarr' ORDER BY d.id LIMIT 1",
    "brouillon": "SELECT id FROM sollicitations_sollicitation WHERE etat = 'brouillon' ORDER BY id LIMIT 1",
    "recommandation": "SELECT id FROM profils_recommandation ORDER BY id LIMIT 1",
    "sur_demande": "SELECT c.slug FROM communautes_communaute c WHERE c.visibilite = 'sur_demande' AND NOT EXISTS"
    " (SELECT FROM communautes_adhesion d JOIN annuaire_agent a ON a.id = d.agent_id"
    " WHERE d.communaute_id = c.id AND a.identifiant = 'nadia-ferhat') ORDER BY c.id LIMIT 1",
    "courriel": "SELECT id FROM demo_courriel ORDER BY id DESC LIMIT 1",
    "nadia": "SELECT id FROM annuaire_agent WHERE identifiant = 'nadia-ferhat'",
    "sonde": "SELECT id FROM reunions_sonde WHERE agent_id IS NULL ORDER BY id LIMIT 1",
    "exterieur": "SELECT id FROM reunions_participant WHERE agent_id IS NULL ORDER BY id LIMIT 1",
}
