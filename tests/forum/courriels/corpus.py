"""Answers as the mail programs of the administration write them, and what is to be kept of each.

Each case: its name, how the body is sent (see `compose`), the body, the text expected.
"""

import base64
import quopri
from dataclasses import dataclass, field

CITATION = """De : Territoires en commun <ne-pas-repondre@territoires.gouv.fr>
Envoyé : mardi 4 mars 2025 09:12
À : FERHAT Nadia - DDT 48 <nadia.ferhat@lozere.gouv.fr>
Objet : [Police de l’eau] Busage d’un fossé

Gaëlle Estaque a répondu :
Quel seuil retenir pour 60 m ?
"""
CITEE = """> Gaëlle Estaque a répondu :
> Quel seuil retenir pour 60 m ?
>
> Lire et répondre : https://territoires.gouv.fr/messages/12/
"""
SIGNATURE = """Nadia FERHAT
Instructrice police de l’eau
Direction départementale des territoires de la Lozère
4 avenue de la Gare – 48000 Mende
Tél. : 04 66 00 00 00 – Port. : 06 00 00 00 00
"""
AVIS = """Ce message et toutes les pièces jointes sont établis à l’intention exclusive de ses destinataires
et sont confidentiels. Si vous recevez ce message par erreur, merci de le détruire
et d’en avertir immédiatement l’expéditeur.
"""
VERT = "Merci de nous aider à préserver l’environnement en n’imprimant ce courriel que si nécessaire.\n"
OUI = "Bonjour,\n\nOui, le seuil est de 100 m en cumulé."


@dataclass(frozen=True)
class Cas:
    nom: str
    corps: str
    attendu: str
    genre: str = "text/plain"
    codage: str = "8bit"
    jeu: str = "utf-8"
    parametres: str = ""
    entetes: dict[str, str] = field(default_factory=dict)


def compose(cas: Cas, *, de: str = "nadia@lozere.gouv.fr", a: str = "x@y.fr") -> bytes:
    """The bytes of a case, as they would arrive."""
    body = cas.corps.encode(cas.jeu, "replace").replace(b"\n", b"\r\n")
    if cas.codage == "base64":
        body = base64.encodebytes(body).replace(b"\n", b"\r\n")
    elif cas.codage == "quoted-printable":
        body = quopri.encodestring(body.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")
    headers = {
        "From": f"Nadia FERHAT <{de}>",
        "To": a,
        "Subject": "Re: Busage",
        "Message-ID": f"<{abs(hash(cas.nom))}@lozere.gouv.fr>",
        "MIME-Version": "1.0",
        "Content-Type": f"{cas.genre}; charset={cas.jeu}{cas.parametres}",
        "Content-Transfer-Encoding": cas.codage,
        **cas.entetes,
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return head.encode() + b"\r\n" + body


def outlook_html(reponse: str) -> str:
    """HTML as Outlook desktop writes it: a MsoNormal paragraph a line, conditional comments, o:p."""
    lines = "".join(f'<p class="MsoNormal">{line or "&nbsp;"}<o:p></o:p></p>' for line in reponse.split("\n"))
    quoted = "".join(f"<b>{line}</b><br>" for line in CITATION.split("\n")[:4])
    return f"""<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta charset="utf-8">
<!--[if !mso]><style>v\\:* {{behavior:url(#default#VML);}}</style><![endif]-->
<style><!-- p.MsoNormal {{margin:0cm;}} --></style></head><body lang="FR"><div class="WordSection1">{lines}
<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal">{quoted}</p></div>
<p class="MsoNormal">Quel seuil retenir ?</p></div></body></html>"""


CORPUS = [
    Cas("simple", "Oui, à Foix.\n", "Oui, à Foix."),
    Cas("outlook bureau", f"{OUI}\n\nCordialement,\n\n{SIGNATURE}\n{CITATION}", OUI),
    Cas("outlook bureau windows-1252", f"{OUI}\n\n{CITATION}", OUI, jeu="windows-1252"),
    Cas("outlook 365 avec trait", f"{OUI}\n\n{SIGNATURE}\n________________________________\n{CITATION}", f"{OUI}\n\n{SIGNATURE.strip()}"),
    Cas("outlook en gras", f"{OUI}\n\n*De :* Territoires <x@y.fr>\n*Envoyé :* mardi 4 mars 2025 09:12\n*À :* Nadia\n*Objet :* Busage\n\nTexte", OUI),
    Cas("outlook en anglais", f"{OUI}\n\nFrom: Territoires <x@y.fr>\nSent: Tuesday, March 4, 2025 9:12 AM\nTo: Nadia\nSubject: Busage\n\nTexte", OUI),
    Cas("outlook message d'origine", f"{OUI}\n\n-----Message d'origine-----\n{CITATION}", OUI),
    Cas("outlook espaces insécables", f"{OUI}\n\n{CITATION.replace(' :', chr(0xA0) + ':')}", OUI),
    Cas("outlook html", outlook_html(OUI), OUI, genre="text/html"),
    Cas("outlook html base64", outlook_html(OUI), OUI, genre="text/html", codage="base64"),
    Cas("outlook mobile", f"{OUI}\n\nTélécharger Outlook pour Android<https://aka.ms/AAb9ysg>\n________________________________\n{CITATION}", OUI),
    Cas("outlook ios", f"{OUI}\n\nObtenir Outlook pour iOS<https://aka.ms/o0ukef>\n________________________________\n{CITATION}", OUI),
    Cas(
        "outlook web html",
        '<div class="elementToProof">Bonjour,</div><div><br></div><div>Oui, le seuil est de 100 m en cumulé.</div><div id="Signature"><p>Nadia FERHAT</p></div><div id="appendonsend"></div><hr style="display:inline-block"><div id="divRplyFwdMsg"><b>De :</b> Territoires<br><b>Envoyé :</b> mardi</div><div>Quel seuil ?</div>',
        OUI,
        genre="text/html",
    ),
    Cas("thunderbird", f"{OUI}\n\nLe 04/03/2025 à 09:12, Territoires en commun a écrit :\n{CITEE}", OUI),
    Cas("thunderbird sous la citation", f"Le 04/03/2025 à 09:12, Territoires en commun a écrit :\n{CITEE}\n{OUI}\n\n-- \n{SIGNATURE}", OUI),
    Cas(
        "thunderbird point par point",
        "Bonjour,\n\nLe 04/03/2025 à 09:12, Gaëlle Estaque a écrit :\n> Quel seuil retenir ?\n\n100 m.\n\n> Et pour un pont ?\n\nPareil.\n\n> Merci\n\n-- \nNadia\n",
        "Bonjour,\n\n> Quel seuil retenir ?\n\n100 m.\n\n> Et pour un pont ?\n\nPareil.",
    ),
    Cas(
        "format=flowed",
        "Le busage est soumis à déclaration au-delà de dix mètres, et à \nautorisation au-delà de cent mètres.\n\nVoir l'arrêté.\n-- \nNadia\n",
        "Le busage est soumis à déclaration au-delà de dix mètres, et à autorisation au-delà de cent mètres.\n\nVoir l'arrêté.",
        parametres="; format=flowed",
    ),
    Cas(
        "format=flowed delsp",
        "Voir https://www.legi \nfrance.gouv.fr/\n> citation \n> suite\n",
        "Voir https://www.legifrance.gouv.fr/",
        parametres="; format=flowed; delsp=yes",
    ),
    Cas("mélanie2", f"{OUI}\n\nLe 04/03/2025 à 09:12, > Territoires en commun (par Internet, dépôt ne-pas-repondre@territoires.gouv.fr)\na écrit :\n{CITEE}\n", OUI),
    Cas("courrielleur signature", f"{OUI}\n\n--\n{SIGNATURE}\nLe 04/03/2025 à 09:12, Territoires en commun a écrit :\n{CITEE}", OUI),
    Cas("iphone", f"{OUI}\n\nEnvoyé de mon iPhone\n\n> Le 4 mars 2025 à 09:12, Territoires en commun <reponse+abc@x.gouv.fr> a écrit :\n> \n> Quel seuil ?\n", OUI),
    Cas("apple mail espace fine", f"{OUI}\n\nLe 4 mars 2025 à 09:12, Territoires en commun <r@x.gouv.fr> a écrit\u202f:\n\n{CITEE}", OUI),
    Cas("ipad", f"{OUI}\n\nEnvoyé de mon iPad\n", OUI),
    Cas("android samsung", f"{OUI}\n\nEnvoyé depuis mon appareil Galaxy\n\n-------- Message d'origine --------\nDe : Territoires <x@y.fr>\nDate : 04/03/2025 09:12 (GMT+01:00)\nÀ : nadia@lozere.gouv.fr\nObjet : Busage\n\nTexte", OUI),
    Cas("gmail", f"{OUI}\n\nLe mar. 4 mars 2025 à 09:12, Territoires en commun <\nreponse+mzxw6ytboi@territoires.gouv.fr> a écrit :\n\n{CITEE}", OUI),
    Cas("gmail sur téléphone", f"{OUI}\n\nLe mar. 4 mars 2025, 09:12, Territoires <x@y.fr> a écrit :\n\n{CITEE}", OUI),
    Cas(
        "gmail html",
        '<div dir="ltr">Bonjour,<div><br></div><div>Oui, le seuil est de 100&nbsp;m en cumulé.</div></div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">Le&nbsp;mar. 4 mars 2025 à&nbsp;09:12, Territoires &lt;<a href="mailto:x@y.fr">x@y.fr</a>&gt; a écrit&nbsp;:<br></div><blockquote class="gmail_quote"><div>Quel seuil ?</div></blockquote></div>',
        OUI.replace("100 m", "100\u00a0m"),
        genre="text/html",
        codage="quoted-printable",
    ),
    Cas("zimbra", f"{OUI}\n\nCordialement,\n{SIGNATURE}\n----- Mail original -----\nDe: \"Territoires\" <x@y.fr>\nÀ: \"nadia\" <n@lozere.gouv.fr>\nEnvoyé: Mardi 4 Mars 2025 09:12:33\nObjet: Busage\n\nTexte", OUI),
    Cas("zimbra web", f"{OUI}\n\n\nDe: \"Territoires\" <x@y.fr>\nÀ: \"nadia\" <n@lozere.gouv.fr>\nEnvoyé: Mardi 4 Mars 2025 09:12:33\nObjet: Busage\n\nTexte", OUI),
    Cas(
        "zimbra html",
        '<div style="font-family:arial"><div>Bonjour,</div><div><br></div><div>Oui, le seuil est de 100 m en cumulé.</div><div data-marker="__SIG_PRE__"><div>Nadia FERHAT</div></div><hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__"><b>De: </b>Territoires<br></div><blockquote>Quel seuil ?</blockquote></div>',
        OUI,
        genre="text/html",
    ),
    Cas("ligne de séparation du site", f"{OUI}\n\nLe 04/03/2025 à 09:12, Territoires a écrit :\n> — Répondez au-dessus de cette ligne —\n> Texte\n", OUI),
    Cas("cordialement et mention d'État", f"{OUI}\n\nBien cordialement,\n\n{SIGNATURE}\n{AVIS}\n{VERT}", OUI),
    Cas("mention seule", f"{OUI}\n\n{AVIS}", OUI),
    Cas("antivirus", f"{OUI}\n\nCe courriel a été vérifié, l'absence de virus a été constatée : ce message ne contient aucun virus.\nwww.avast.com\n", OUI),
    Cas("formule dans une phrase", "Je réponds cordialement à Gaëlle : oui.\n\nLe seuil a été écrit dans l'arrêté de 2019 :\n100 m.\n", "Je réponds cordialement à Gaëlle : oui.\n\nLe seuil a été écrit dans l'arrêté de 2019 :\n100 m."),
    Cas(
        "post-scriptum gardé",
        "Oui.\n\nBonne journée,\nNadia\n\nPS : l'arrêté est en ligne depuis hier.\n",
        "Oui.\n\nBonne journée,\nNadia\n\nPS : l'arrêté est en ligne depuis hier.",
    ),
    Cas("liste à puces", "Trois pièces :\n\n- le plan ;\n- la coupe ;\n- l'avis.\n\nBonne journée\nNadia\n", "Trois pièces :\n\n- le plan ;\n- la coupe ;\n- l'avis."),
    Cas("puces d'outlook", "Trois pièces :\n\n  •\tle plan\n  •\tla coupe\n", "Trois pièces :\n\n  - le plan\n  - la coupe"),
    Cas(
        "liste en html",
        '<p>Trois pièces&nbsp;:</p><ul><li>le plan</li><li>la <b>coupe</b></li></ul><p>Voir <a href="https://www.legifrance.gouv.fr/x">l’arrêté</a>.</p><script>alert(1)</script>',
        "Trois pièces\u00a0:\n\n- le plan\n- la coupe\n\nVoir l’arrêté (https://www.legifrance.gouv.fr/x).",
        genre="text/html",
    ),
    Cas("phrase qui cite un écrit", "Le 12 mars 2025, la DREAL a écrit :\n« Le seuil est de 100 m. »\n\nQu'en pensez-vous ?\n", "Le 12 mars 2025, la DREAL a écrit :\n« Le seuil est de 100 m. »\n\nQu'en pensez-vous ?"),
    Cas("trajet", "Le convoi :\nDe : Mende\nÀ : Foix\nDate : 12 mars\n\nVotre avis ?\n", "Le convoi :\nDe : Mende\nÀ : Foix\nDate : 12 mars\n\nVotre avis ?"),
    Cas("question après la formule", "Je regarde.\n\nMerci\nNadia\n\nAu fait, avez-vous le plan ?\n", "Je regarde.\n\nMerci\nNadia\n\nAu fait, avez-vous le plan ?"),
    Cas("en anglais", f"{OUI}\n\nOn 4 Mar 2025, at 09:12, Territoires <x@y.fr> wrote:\n\n{CITEE}", OUI),
    Cas("base64 latin", OUI, OUI, codage="base64", jeu="iso-8859-1"),
    Cas("charset inconnu", OUI, OUI, parametres="; x=y", jeu="utf-8", entetes={"Content-Type": "text/plain; charset=x-inconnu"}),
    Cas("charset faux", OUI, OUI, jeu="windows-1252", entetes={"Content-Type": "text/plain; charset=utf-8"}),
    Cas("sans type", OUI, OUI, entetes={"Content-Type": ""}),
    Cas("citation seule", f"\n\nLe 04/03/2025 à 09:12, Territoires a écrit :\n{CITEE}", ""),
    Cas("signature seule", f"Cordialement,\n\n{SIGNATURE}", ""),
    Cas("texte retiré en alinéa", "Voici :\n\n        article 4\n        article 5\n", "Voici :\n\n   article 4\n   article 5"),
    Cas("orange", f"{OUI}\n\n> Message du 04/03/25 09:12\n> De : \"Territoires\" <x@y.fr>\n> A : nadia@lozere.gouv.fr\n> Objet : Busage\n>\n> Texte\n", OUI),
    Cas("courrier pour windows", f"{OUI}\n\nProvenance : Courrier pour Windows\n\n{CITATION}", OUI),
]  # fmt: skip

# Subjects and headers that machines write.
MACHINES: list[tuple[dict[str, str], str]] = [
    ({"Auto-Submitted": "auto-replied"}, "auto_reponse"),
    ({"Auto-Submitted": "auto-generated; x=y"}, "auto_reponse"),
    ({"X-Autoreply": "yes"}, "auto_reponse"),
    ({"Precedence": "bulk"}, "envoi_en_nombre"),
    ({"Return-Path": "<>"}, "sans_retour"),
    ({"From": "MAILER-DAEMON@mx.gouv.fr (Mail Delivery System)"}, "machine"),
    ({"Content-Type": "multipart/report; report-type=delivery-status; boundary=x"}, "avis_de_remise"),
    ({"Subject": "Réponse automatique : Busage"}, "absence"),
    ({"Subject": "=?utf-8?q?R=C3=A9ponse_automatique_=3A_Busage?="}, "absence"),
    ({"Subject": "Absence du bureau"}, "absence"),
    ({"Subject": "Absente jusqu’au 12 mars"}, "absence"),
    ({"Subject": "Undelivered Mail Returned to Sender"}, "absence"),
    ({"X-Loop": "reponse@essai.gouv.fr"}, "boucle"),
    ({"Message-ID": "<abc@localhost>"}, "boucle"),
    ({"List-Id": "Police de l’eau <police.localhost>"}, "boucle"),
    ({"From": "reponse+abc@essai.gouv.fr"}, "boucle"),
    # Real answers.
    ({"X-Auto-Response-Suppress": "All"}, ""),
    ({"Auto-Submitted": "no"}, ""),
    ({"Subject": "Re: Absence de réponse de la DREAL"}, ""),
    ({"Return-Path": "<nadia@lozere.gouv.fr>"}, ""),
]
