"""The one settings file. Everything that differs between two sites is read from the environment.

Safe by default: with nothing given but the required secrets, this is a production site.
`PLATEFORME_MODE` is `production` (default), `demo` (what `make run` starts) or `test`.
"""

import os
import re
from datetime import timedelta
from pathlib import Path

import dj_database_url
import structlog
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent


def env(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def env_list(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in env(name, default).split(",") if part.strip()]


def env_bool(name: str, default: bool = False) -> bool:
    value = env(name)
    return default if not value else value.lower() in {"1", "true", "yes", "oui"}


# --- Mode and secrets ----------------------------------------------------------------------

MODE = env("PLATEFORME_MODE", "production")
if MODE not in {"production", "demo", "test"}:
    raise ImproperlyConfigured(f"PLATEFORME_MODE vaut « {MODE} » : attendu production, demo ou test.")
PRODUCTION = MODE == "production"
# Demo mode offers accounts in one click and shows every e-mail: it must never be the default.
DEMO = MODE == "demo"

DEBUG = env_bool("DEBUG")
if PRODUCTION and DEBUG:
    raise ImproperlyConfigured("DEBUG est activé : une installation de production ne démarre pas ainsi.")

SECRET_KEY = env("SECRET_KEY")
if not SECRET_KEY and MODE == "test":
    SECRET_KEY = "cle-pour-les-tests-seulement-" + "0123456789abcdefghijklmnopqrstuvwxyz"
if len(SECRET_KEY) < 50:
    raise ImproperlyConfigured(
        "SECRET_KEY est absente ou trop courte (50 caractères au moins). "
        "Pour en créer une : python -c 'import secrets; print(secrets.token_urlsafe(64))'"
    )
# Old keys, so that a key can be changed without closing every session.
SECRET_KEY_FALLBACKS = env_list("SECRET_KEY_FALLBACKS")

SITE_URL = env("SITE_URL", "" if PRODUCTION else "http://localhost:8000").rstrip("/")
if PRODUCTION and not SITE_URL.startswith("https://"):
    raise ImproperlyConfigured(
        "SITE_URL est absente ou n’est pas en https:// (exemple : https://territoires.gouv.fr)."
    )
SITE_NOM = env("SITE_NOM", "Territoires en commun")

_site_host = SITE_URL.split("://", 1)[1].split("/", 1)[0].rsplit(":", 1)[0]
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS") or [_site_host]
if not PRODUCTION:
    # A demo or a test answers on whatever name the machine is reached by; it holds no real data.
    ALLOWED_HOSTS = ["*"]
CSRF_TRUSTED_ORIGINS = [SITE_URL] if PRODUCTION else []

# Addresses that may sign up by themselves. Partners of labs are invited one by one.
DOMAINES_COURRIEL = [
    domain.lower().lstrip("@")
    for domain in env_list("DOMAINES_COURRIEL", "gouv.fr" if PRODUCTION else "gouv.fr,demo.gouv.fr")
]

# --- Applications --------------------------------------------------------------------------

INSTALLED_APPS = [
    "daphne",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "plateforme.socle.statiques.StaticConfig",
    "django.forms",
    "widget_tweaks",
    "dsfr",
    "django_htmx",
    "channels",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "procrastinate.contrib.django",
    "django_structlog",
    "plateforme.socle",
    "annuaire",
    "annuaire.notifications",
    "annuaire.preuves",
    "annuaire.profils",
    "annuaire.presence",
    "annuaire.organisation",
    "annuaire.couverture",
    "annuaire.trouver",
    "annuaire.sollicitations",
    "communautes",
    "communautes.fichiers",
    "communautes.suites",
    "forum",
    "forum.publications",
    "realtime",
    "realtime.reunions",
    "realtime.seances",
    "realtime.devenirs",
]
if not PRODUCTION:
    INSTALLED_APPS.append("plateforme.demo")

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "plateforme.socle.middleware.JournalRequetes",
    "plateforme.socle.middleware.AdressesSansNul",
    "plateforme.socle.middleware.MaintenanceMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    # Closed by default: a page open to visitors says so itself, with login_not_required.
    "plateforme.socle.middleware.ConnexionRequise",
    "annuaire.horloge.HorlogeMiddleware",
]

ROOT_URLCONF = "plateforme.urls"
ASGI_APPLICATION = "plateforme.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "plateforme.socle.morceaux.csrf",
                "plateforme.socle.context.site",
                "annuaire.notifications.context.notifications",
                "annuaire.presence.context.presence",
                *([] if PRODUCTION else ["plateforme.demo.context.comptes"]),
            ],
            "builtins": ["django.templatetags.static", "plateforme.socle.templatetags.socle"],
        },
    },
]
# Field widgets are looked up in our own templates first, then in django-dsfr's.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- PostgreSQL, Redis, background work ----------------------------------------------------

_database_url = env("DATABASE_URL")
_redis_url = env("REDIS_URL")
if PRODUCTION and not (_database_url and _redis_url):
    raise ImproperlyConfigured("DATABASE_URL et REDIS_URL sont nécessaires en production.")

DATABASES = {
    "default": dj_database_url.parse(_database_url or "postgres://postgres@localhost/plateforme"),
}
DATABASES["default"]["CONN_MAX_AGE"] = 0
# Under ASGI each request runs in a thread of its own: connections kept per thread would never be
# used again, a pool per process is what keeps a request from paying a connection.
DATABASES["default"].setdefault("OPTIONS", {})
# Django's default, None, forbids prepared statements even to those who ask (plateforme.socle.requetes); with this, they
# alone have them.
DATABASES["default"]["OPTIONS"]["prepare_threshold"] = 10**9
# Those are few and written so that one plan serves all values; PostgreSQL, left to choose, plans some of them again each
# time, which takes longer than running them.
DATABASES["default"]["OPTIONS"]["options"] = "-c plan_cache_mode=force_generic_plan"
if MODE != "test":
    DATABASES["default"]["OPTIONS"]["pool"] = {
        "min_size": 2,
        "max_size": int(env("DATABASE_POOL", "16")),
        "timeout": 10,
    }
# Where a pooler in transaction mode stands in between, the address that leads straight to PostgreSQL: each process keeps
# one connection there, to hear of access that is withdrawn (`LISTEN`).
DATABASE_DIRECTE_URL = env("DATABASE_DIRECTE_URL")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = _redis_url or "redis://localhost:6379/0"
# Several sites (or parallel tests) may share one Redis: every key and channel starts with this.
_test_worker = env("PYTEST_XDIST_WORKER", "seul")
REDIS_PREFIX = env("REDIS_PREFIX", f"test-{_test_worker}" if MODE == "test" else "plateforme")

CACHES = {
    "default": {
        "BACKEND": "plateforme.socle.cache.TolerantRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": REDIS_PREFIX,
    }
}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL], "prefix": f"{REDIS_PREFIX}.direct"},
    }
}

PROCRASTINATE_ON_APP_READY = "plateforme.socle.travaux.on_app_ready"

# --- Accounts ------------------------------------------------------------------------------

AUTH_USER_MODEL = "annuaire.Agent"
# The e-mail is unique whatever its case: a constraint on lower(email), which this check does not see.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
AUTHENTICATION_BACKENDS = [
    "annuaire.authentification.Backend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
if MODE == "test":
    # A test signs in hundreds of times; the strength of the hash is Django's to test.
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    # 12 characters, no composition rule: ANSSI's and ASVS's advice.
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "accueil"
LOGOUT_REDIRECT_URL = "accueil"

ACCOUNT_ADAPTER = "annuaire.comptes.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_SIGNUP_FORM_CLASS = "annuaire.inscription.InscriptionForm"
ACCOUNT_FORMS = {
    "login": "annuaire.forms.ConnexionForm",
    "signup": "annuaire.forms.CompteForm",
    "add_email": "annuaire.forms.AdresseForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# The same answer whether an address has an account or not, at sign-up and at password reset.
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_CHANGE_EMAIL = True
# Whatever weakens an account (password, address, second factor) is told by e-mail to its owner.
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if PRODUCTION else "http"
ACCOUNT_SESSION_REMEMBER = None
# allauth trusts X-Forwarded-For only as far as it is told to: one reverse proxy in production.
ALLAUTH_TRUSTED_PROXY_COUNT = int(env("PROXYS_DE_CONFIANCE", "1" if PRODUCTION else "0"))
MFA_ADAPTER = "allauth.mfa.adapter.DefaultMFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {"add_webauthn": "annuaire.forms.CleForm"}
MFA_TOTP_ISSUER = SITE_NOM
# Browsers accept passkeys over http only on localhost.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
USERSESSIONS_TRACK_ACTIVITY = False

# In PostgreSQL alone: a session closed there is closed, whatever a Redis that comes back remembers.
SESSION_ENGINE = "plateforme.socle.sessions"
SESSION_COOKIE_AGE = int(env("SESSION_JOURS", "14")) * 86400
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "plateforme.views.csrf_failure"
if PRODUCTION:
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrftoken"

# --- HTTP safety ---------------------------------------------------------------------------

if PRODUCTION:
    SECURE_SSL_REDIRECT = True
    # The health checks are asked for by the local supervisor, in plain http.
    SECURE_REDIRECT_EXEMPT = [r"^sante/"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        # The design system draws its small icons with data: addresses in its own style sheet.
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        # Safari does not count wss: under 'self'.
        "connect-src": [SELF, SITE_URL.replace("http", "ws", 1)],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: []
    for name in (
        "accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "geolocation",
        "gyroscope", "magnetometer", "microphone", "midi", "payment", "usb",
    )
}  # fmt: skip

# --- Video meetings --------------------------------------------------------------------------

# Addresses that new rooms are made from: `{lettres}` becomes abc-defg-hij, `{nom}` letters and digits, all drawn at
# random. Empty: that service is not offered.
VISIO_MODELES = {
    "webconf": env("VISIO_WEBCONF", "https://webconf.numerique.gouv.fr/{nom}"),
    "visio": env("VISIO_VISIO", "https://visio.numerique.gouv.fr/{lettres}"),
}
for _modele in VISIO_MODELES.values():
    if _modele and not (_modele.startswith("https://") and re.search(r"\{(nom|lettres)\}", _modele)):
        raise ImproperlyConfigured(
            "VISIO_WEBCONF et VISIO_VISIO sont des adresses https:// qui contiennent {nom} ou {lettres}, ou sont vides."
        )

# --- Files ---------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = Path(env("STATIC_ROOT", str(BASE_DIR / ".local" / "static")))
STATICFILES_DIRS = [BASE_DIR / "plateforme" / "static"]
MEDIA_ROOT = Path(env("MEDIA_ROOT", str(BASE_DIR / ".local" / "fichiers")))
# Files of agents have no public address: views hand them out, after the permission door.
MEDIA_URL = "/fichiers-inaccessibles/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if MODE == "test"
            else "plateforme.socle.statiques.StaticStorage"
        )
    },
}
# A test reads the files where they are, when they are asked for: listing them at each start of a test client
# was three quarters of the time of the tests of pages.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = MODE == "test"
# Hashed names never change content.
WHITENOISE_MAX_AGE = 3600
# 100 MB a file, streamed to the disk; a form without file stays in memory up to 2.5 MB.
FICHIER_TAILLE_MAX = int(env("FICHIER_TAILLE_MAX_MO", "100")) * 1024 * 1024
# Files put in messages: smaller, as they are read in the thread; others belong among the documents.
PIECE_TAILLE_MAX = min(int(env("PIECE_TAILLE_MAX_MO", "25")) * 1024 * 1024, FICHIER_TAILLE_MAX)
PIECES_PAR_MESSAGE = 20
# Sent while writing but in no message yet: per person, and before the house-keeping removes them.
PIECES_EN_ATTENTE = 60
PIECES_EN_ATTENTE_JOURS = 7
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o640
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000

# --- E-mail --------------------------------------------------------------------------------

if PRODUCTION:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
elif DEMO:
    EMAIL_BACKEND = "plateforme.demo.courriels.EmailBackend"
else:
    EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
EMAIL_HOST = env("EMAIL_HOST", "localhost")
EMAIL_PORT = int(env("EMAIL_PORT", "25"))
EMAIL_HOST_USER = env("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env_bool("EMAIL_USE_TLS")
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", f"{SITE_NOM} <ne-pas-repondre@{_site_host}>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
CONTACT_EMAIL = env("CONTACT_EMAIL", f"assistance@{_site_host}")

# --- Answers by e-mail -----------------------------------------------------------------------

# The address that receives them, such as `reponse@territoires.gouv.fr`; empty: nobody answers by e-mail.
REPONSE_COURRIEL = env("REPONSE_COURRIEL").lower()
if REPONSE_COURRIEL and not re.fullmatch(r"[a-z0-9._-]{1,18}@[a-z0-9.-]+\.[a-z]+", REPONSE_COURRIEL):
    # 64 characters before the @, of which 46 are for the token.
    raise ImproperlyConfigured(
        "REPONSE_COURRIEL n’est pas une adresse utilisable : 18 lettres ou chiffres au plus avant l’arobase, sans « + »."
    )
# Name under which our own mail server writes what it checked of senders (Authentication-Results).
COURRIEL_AUTHSERV_ID = env("COURRIEL_AUTHSERV_ID")
COURRIEL_TAILLE_MAX = int(env("COURRIEL_TAILLE_MAX_MO", "25")) * 1024 * 1024
IMAP_HOST = env("IMAP_HOST")
IMAP_PORT = int(env("IMAP_PORT", "993"))
IMAP_CHIFFREMENT = env("IMAP_CHIFFREMENT", "tls")
if IMAP_CHIFFREMENT not in {"tls", "starttls", "aucun"}:
    raise ImproperlyConfigured("IMAP_CHIFFREMENT vaut tls, starttls ou aucun.")
if PRODUCTION and IMAP_CHIFFREMENT == "aucun" and IMAP_HOST not in {"", "localhost", "127.0.0.1", "::1"}:
    raise ImproperlyConfigured("IMAP_CHIFFREMENT=aucun n’est admis que sur la machine elle-même.")
# A file of certificate authorities, where the mailbox's certificate is signed by one's own.
IMAP_AUTORITES = env("IMAP_AUTORITES")
IMAP_USER = env("IMAP_USER")
IMAP_PASSWORD = env("IMAP_PASSWORD")
IMAP_DOSSIER = env("IMAP_DOSSIER", "INBOX")
# Where e-mails go once read; empty: they are deleted.
IMAP_DOSSIER_TRAITES = env("IMAP_DOSSIER_TRAITES", "Traités")
IMAP_DOSSIER_REFUSES = env("IMAP_DOSSIER_REFUSES", "Refusés")
# An e-mail waits that long for its reader to see the thing on the site, and one conversation's e-mails are at
# least so far apart. Tests wait for nothing.
COURRIEL_DELAI = timedelta(seconds=0 if MODE == "test" else int(env("COURRIEL_DELAI_S", "120")))
COURRIEL_ESPACEMENT = timedelta(minutes=0 if MODE == "test" else int(env("COURRIEL_ESPACEMENT_MN", "15")))
# When nobody is written to unless they say otherwise, in the hours of their territory; empty: never quiet.
HEURES_CALMES = env("HEURES_CALMES", "" if MODE == "test" else "20:00-07:30")

# --- Browser notifications: off without a key ------------------------------------------------

VAPID_CLE_PRIVEE = env("VAPID_CLE_PRIVEE")
# Hosts of the browsers' push services: the only ones ever written to. A name covers those that end with it.
PUSH_SERVICES = env_list(
    "PUSH_SERVICES",
    "fcm.googleapis.com,updates.push.services.mozilla.com,push.apple.com,notify.windows.com",
)
# A test plays the push service on this machine; in a demo too, when asked.
PUSH_LOCAL = MODE == "test" or (MODE == "demo" and env("PUSH_LOCAL") == "oui")

# --- Language and time ---------------------------------------------------------------------

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Paris"

# --- Logs: one event a line, each with the request's id -------------------------------------

_shared_processors = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
    structlog.processors.format_exc_info,
    structlog.processors.UnicodeDecoder(),
]
LOG_LEVEL = env("LOG_LEVEL", "INFO" if PRODUCTION else "WARNING")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processor": structlog.processors.JSONRenderer(ensure_ascii=False),
            "foreign_pre_chain": _shared_processors,
        },
        "ligne": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processor": structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
            "foreign_pre_chain": _shared_processors,
        },
    },
    "filters": {"secrets": {"()": "plateforme.socle.masque.MasqueSecrets"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "json" if PRODUCTION else "ligne",
            "filters": ["secrets"],
        }
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
}
structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *_shared_processors,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)

# --- Limits: what one person may do, per minute ---------------------------------------------

LIMITES_PAR_MINUTE = {
    "message": 20,
    # Salons opened, people added to them.
    "salon": 20,
    "vote": 30,
    # Asked as a title is typed, after a pause.
    "proches": 120,
    "sujet": 5,
    "recherche": 60,
    "apercu": 120,
    "brouillon": 120,
    "completion": 240,
    "fichier": 20,
    "adhesion": 20,
    "profil": 30,
    # Pictures decoded and encoded again.
    "photo": 10,
    "presence": 30,
    "recommandation": 10,
    # Asks, answers, people added: what is said in a thread counts as messages.
    "sollicitation": 30,
    "reunion": 10,
    "reponse_reunion": 60,
    # Hands raised, calls for help.
    "parole": 30,
    "invitation_reunion": 30,
    # Of each guest without account.
    "invitation_exterieure": 30,
    "flux": 60,
    "reaction": 60,
    "favori": 60,
    "faq": 20,
    "decision": 20,
    "tache": 30,
    "export": 6,
    "signalement": 10,
    "moderation": 30,
}
# (age of the account up to which it holds, what multiplies the limits of messages and sujets), youngest first.
# Whoever animates the community writes twice as fast as the ordinary (communautes.access.rate_factor).
ANCIENNETE = [
    (timedelta(hours=24), float(env("DEBIT_PREMIER_JOUR", "0.25"))),
    (timedelta(days=30), float(env("DEBIT_PREMIER_MOIS", "0.5"))),
]

# --- Live layer: what one line bears (docs/protocole-temps-reel.md says what happens beyond) ---

# The limits are told to browsers in the first frame.
DIRECT = {
    # Characters of a frame.
    "trame_max": int(env("DIRECT_TRAME_MAX", "16384")),
    # Frames of one line at once, then every ten seconds; and how many too many before it is cut.
    "trames_par_10_s": int(env("DIRECT_TRAMES_PAR_10_S", "60")),
    "trames_refusees": int(env("DIRECT_TRAMES_REFUSEES", "300")),
    # Channels that one line follows.
    "abonnements": int(env("DIRECT_ABONNEMENTS", "50")),
    # Lines of one person on one process; the oldest makes room.
    "connexions": int(env("DIRECT_CONNEXIONS", "20")),
    # What waits for a line that reads slowly: frames, bytes.
    "file_trames": int(env("DIRECT_FILE_TRAMES", "500")),
    "file_octets": int(env("DIRECT_FILE_OCTETS", "2000000")),
    # Seconds between two heartbeats: how long a lost last event may go unnoticed. The proxy's timeout is thrice that.
    "battement_s": int(env("DIRECT_BATTEMENT_S", "25")),
}

# What may be done with a line of a salon after it was said, and for how long.
SALONS = {
    # Seconds during which its author may change or delete it; 0: always.
    "retouche_s": int(env("SALONS_RETOUCHE_S", "86400")),
    # Seconds during which an author may take a deletion back.
    "repentir_s": int(env("SALONS_REPENTIR_S", "600")),
    # Days that the text of a deleted line is kept, for the animation to put it back.
    "suppression_j": int(env("SALONS_SUPPRESSION_J", "30")),
    # Lines pinned at once in one salon.
    "epingles": int(env("SALONS_EPINGLES", "20")),
    # Files of one line; megabytes that one person sends in a day; hours that a file waits for its line.
    "fichiers": int(env("SALONS_FICHIERS", "10")),
    "fichiers_jour_mo": int(env("SALONS_FICHIERS_JOUR_MO", "500")),
    "fichiers_attente_h": int(env("SALONS_FICHIERS_ATTENTE_H", "24")),
}

# Asking colleagues for help (docs/guide-exploitant.md).
SOLLICITATIONS = {
    # Of one person in a day: sollicitations sent, of which calls.
    "par_jour": int(env("SOLLICITATIONS_PAR_JOUR", "10")),
    "appels_par_jour": int(env("SOLLICITATIONS_APPELS_PAR_JOUR", "3")),
    # People chosen in one sollicitation; people whom a call reaches.
    "personnes": int(env("SOLLICITATIONS_PERSONNES", "8")),
    "appel_personnes": int(env("SOLLICITATIONS_APPEL_PERSONNES", "50")),
    # Reminders of who has not answered, at most.
    "rappels": int(env("SOLLICITATIONS_RAPPELS", "2")),
    # Days without a word before its end is proposed to who asked, then as many before it is ended.
    "silence_j": int(env("SOLLICITATIONS_SILENCE_J", "30")),
    # Months that the words and files are kept after the end.
    "conservation_mois": int(env("SOLLICITATIONS_CONSERVATION_MOIS", "24")),
}

# Maintenance: the file's presence is enough, so that an operator can close the doors without a restart.
MAINTENANCE_FILE = Path(env("MAINTENANCE_FILE", str(BASE_DIR / ".local" / "maintenance")))
