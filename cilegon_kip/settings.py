"""Settings: the environment is read here and nowhere else.

Production needs SECRET_KEY, ALLOWED_HOSTS, DATABASE_URL and REDIS_URL and refuses to start without
them. KIP_LOCAL=1 (set by `make run` and `make test`) makes a machine for trying the portal.
"""

import secrets
from decimal import Decimal
from pathlib import Path

from celery.schedules import crontab
from cryptography.fernet import Fernet
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from environs import Env

env = Env()
BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.str("KIP_VAR_DIR", str(BASE_DIR / "var")))

# --- where we are -----------------------------------------------------------------------------
LOCAL = env.bool("KIP_LOCAL", False)
DEBUG = env.bool("DEBUG", False)


def local_secret(name: str, fresh: str) -> str:
    """A key of this machine's own, kept so that log-ins and what is encrypted survive a restart."""
    path = VAR_DIR / name
    if not path.exists() or not path.read_text().strip():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(fresh)
        path.chmod(0o600)
    return path.read_text().strip()


def required(name: str) -> str:
    value = env.str(name, "")
    if not value:
        raise ImproperlyConfigured(f"{name} belum diisi. Lihat docs/production.md.")
    return value


SECRET_KEY = env.str("SECRET_KEY", "") or (
    local_secret("secret_key", secrets.token_urlsafe(50)) if LOCAL else required("SECRET_KEY")
)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"] if LOCAL else [])
if not ALLOWED_HOSTS:
    required("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])
SITE_URL = env.str("SITE_URL", "http://127.0.0.1:8000" if LOCAL else f"https://{ALLOWED_HOSTS[0]}").rstrip("/")

# --- the city: what another city changes --------------------------------------------------------
CITY_NAME = env.str("CITY_NAME", "Kota Cilegon")
PORTAL_NAME = env.str("PORTAL_NAME", "KIP Cilegon")
CONTACT_EMAIL = env.str("CONTACT_EMAIL", "")
#: What others may do with the files and the API; the city decides it.
DATA_LICENCE = env.str("DATA_LICENCE", "CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/deed.id)")
#: How often periodic information is to be renewed where its checklist item says nothing (Pasal 9: at least every six).
DIP_RENEWAL_MONTHS = env.int("DIP_RENEWAL_MONTHS", 6)
OBJECTION_WORKING_DAYS = env.int("OBJECTION_WORKING_DAYS", 5)
#: A draft with nothing open becomes final so many working days after the objection window; None: only by a person.
FINALISE_AFTER_DAYS: int | None = env.int("FINALISE_AFTER_DAYS", None)

#: Whether warnings and guidance letters stand in the public register too, beside rewards.
PUBLISH_WARNINGS = env.bool("PUBLISH_WARNINGS", False)

#: The unit that runs the portal: its name and address are the head of the letters.
PPID_UNIT = env.str("PPID_UNIT", "diskominfo")
#: Who signs them; the name below is the account's own.
LETTER_SIGNER = env.str("LETTER_SIGNER", f"PPID Utama {CITY_NAME}")

# --- requests for information: what the city and its rules decide; lengths in working days (UU 14/2008) ----------
REQUEST_NOTICE_DAYS = env.int("REQUEST_NOTICE_DAYS", 10)
REQUEST_EXTENSION_DAYS = env.int("REQUEST_EXTENSION_DAYS", 7)
REQUEST_COMPLETENESS_DAYS = env.int("REQUEST_COMPLETENESS_DAYS", 3)
REQUEST_COMPLETION_DAYS = env.int("REQUEST_COMPLETION_DAYS", 3)
OBJECTION_DAYS = env.int("OBJECTION_DAYS", 30)
OBJECTION_ANSWER_DAYS = env.int("OBJECTION_ANSWER_DAYS", 30)
DISPUTE_DAYS = env.int("DISPUTE_DAYS", 14)
#: Besides name and address (Pasal 22): which of identity_number, phone, occupation are asked, and which must be given.
REQUEST_FIELDS_ASKED: list[str] = env.list("REQUEST_FIELDS_ASKED", ["phone"])
REQUEST_FIELDS_REQUIRED: list[str] = env.list("REQUEST_FIELDS_REQUIRED", [])
#: Years after a request was closed for which its personal data is kept; and whether the worker takes it each night.
PERSONAL_DATA_YEARS = env.int("PERSONAL_DATA_YEARS", 5)
PURGE_PERSONAL_DATA = env.bool("PURGE_PERSONAL_DATA", False)
#: Fernet keys for personal data at rest, the current one first (`cilegon_kip.common.encryption`).
PERSONAL_DATA_KEYS: list[str] = env.list("PERSONAL_DATA_KEYS", []) or (
    [local_secret("personal_data_key", Fernet.generate_key().decode())] if LOCAL else [required("PERSONAL_DATA_KEYS")]
)
try:
    [Fernet(key) for key in PERSONAL_DATA_KEYS]
except ValueError:
    raise ImproperlyConfigured("PERSONAL_DATA_KEYS bukan kunci Fernet. Lihat docs/production.md.") from None

# --- parts --------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "opd.apps.WorkspaceAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "csp",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "pgtrigger",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "opd",
    "correspondence",
    "publications",
    "rankings",
    "requests_info",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "cilegon_kip.headers.CompressionMiddleware",
    "cilegon_kip.common.opendata.OpenDataMiddleware",
    "cilegon_kip.headers.NotModifiedMiddleware",
    "cilegon_kip.headers.SecretAddressMiddleware",
    "cilegon_kip.headers.PublicCacheMiddleware",
    "cilegon_kip.headers.RequestSizeMiddleware",
    "cilegon_kip.health.DatabaseDownMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "opd.second_factor.middleware.SecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "cilegon_kip.urls"
WSGI_APPLICATION = "cilegon_kip.wsgi.application"

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
                "cilegon_kip.context.portal",
            ],
        },
    },
]

# --- database, broker, cache -----------------------------------------------------------------------
required("DATABASE_URL")
DATABASES = {"default": env.dj_db_url("DATABASE_URL", conn_max_age=60, conn_health_checks=True)}
DATABASES["default"].setdefault("OPTIONS", {})["connect_timeout"] = 5
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = required("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "cilegon_kip.common.shared_cache.SharedRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "kip",
        "OPTIONS": {"SOCKET_CONNECT_TIMEOUT": 1, "SOCKET_TIMEOUT": 1},
    }
}
# Public pages and the API answer without Redis: a lost cache is logged and passed over.
DJANGO_REDIS_IGNORE_EXCEPTIONS = True
DJANGO_REDIS_LOG_IGNORED_EXCEPTIONS = True

CELERY_BROKER_URL = (
    f"redis+socket://{REDIS_URL.removeprefix('unix://')}" if REDIS_URL.startswith("unix://") else REDIS_URL
)
CELERY_TIMEZONE = "Asia/Jakarta"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for Redis as long as it takes
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 1800, "socket_timeout": 30, "socket_connect_timeout": 3}
#: Visits of channels have workers of their own: a slow site keeps no letter waiting. Files of months come last of all.
CELERY_TASK_ROUTES = {
    "publications.tasks.harvest_channel": {"queue": "harvest"},
    "publications.tasks.check_tokens": {"queue": "harvest"},
    "publications.tasks.check_existence": {"queue": "harvest"},
    "rankings.tasks.make_ranking_files": {"priority": 9},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    # Channels whose time has come; on the 1st from 00:15 on every channel once more (`harvest.schedule`).
    "harvest-due": {
        "task": "publications.tasks.harvest_due",
        "schedule": crontab(minute="*/5"),
        "options": {"expires": 290},
    },
    "thin-harvest-runs": {"task": "publications.tasks.thin_harvest_runs", "schedule": crontab(minute=40, hour=3)},
    "settle-postings": {"task": "publications.tasks.settle_postings", "schedule": crontab(minute="3-59/10")},
    "mark-bursts": {"task": "publications.tasks.mark_bursts", "schedule": crontab(minute=20)},
    "check-existence": {
        "task": "publications.tasks.check_existence",
        "schedule": crontab(minute="7-59/10"),
        "options": {"expires": 590},
    },
    "check-tokens": {"task": "publications.tasks.check_tokens", "schedule": crontab(minute=10, hour=7)},
    # Drafts of ended months that have none, and the running month. On the 1st the month before waits for the last
    # visit of every channel, at most until five.
    "compute-due-rankings": {"task": "rankings.tasks.compute_due_rankings", "schedule": crontab(minute=30)},
    "compute-month-before": {
        "task": "rankings.tasks.compute_due_rankings",
        "schedule": crontab(minute="*/10", hour="0-5", day_of_month=1),
    },
    "finalise-due-rankings": {"task": "rankings.tasks.finalise_due_rankings", "schedule": crontab(minute=45)},
    "make-missing-files": {"task": "rankings.tasks.make_missing_files", "schedule": crontab(minute=50)},
    "propose-due-rewards": {"task": "rankings.tasks.propose_due_rewards", "schedule": crontab(minute=55)},
    "sweep-outbox": {"task": "correspondence.tasks.sweep_outbox", "schedule": 60.0},
    # In office hours, for what it sends is read there; what a night missed is due still.
    "keep-request-limits": {"task": "requests_info.tasks.keep_limits", "schedule": crontab(minute=5, hour="6-18")},
    "send-waiting-tracking-codes": {"task": "requests_info.tasks.send_waiting_tracking_codes", "schedule": 60.0},
    "purge-tracking-codes": {"task": "requests_info.tasks.purge_tracking_codes", "schedule": crontab(minute=20)},
    "worker-heartbeat": {"task": "cilegon_kip.tasks.beat_heart", "schedule": 30.0},
}
if PURGE_PERSONAL_DATA:
    CELERY_BEAT_SCHEDULE["purge-personal-data"] = {
        "task": "requests_info.tasks.purge_personal_data",
        "schedule": crontab(minute=40, hour=3),
    }
HEARTBEAT_SECONDS = 120

# --- mail ---------------------------------------------------------------------------------------------
# On a machine for trying the portal mails are files under var/mail; nothing leaves it.
EMAIL_IS_SET = bool(env.str("EMAIL_URL", ""))
EMAIL = env.dj_email_url("EMAIL_URL", f"file:///{VAR_DIR / 'mail'}" if LOCAL else "smtp://localhost:25")
if "EMAIL_BACKEND" not in EMAIL:
    raise ImproperlyConfigured("EMAIL_URL tidak dikenal. Contoh: submission://pengguna:sandi@surel.contoh.go.id:587")
EMAIL_BACKEND = EMAIL["EMAIL_BACKEND"]
EMAIL_HOST = EMAIL["EMAIL_HOST"]
EMAIL_PORT = EMAIL["EMAIL_PORT"]
EMAIL_HOST_USER = EMAIL["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD = EMAIL["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS = EMAIL["EMAIL_USE_TLS"]
EMAIL_USE_SSL = EMAIL["EMAIL_USE_SSL"]
EMAIL_FILE_PATH = EMAIL["EMAIL_FILE_PATH"]
EMAIL_TIMEOUT = 30
DEFAULT_FROM_EMAIL = env.str(
    "DEFAULT_FROM_EMAIL", f"{PORTAL_NAME} <tidak-dibalas@{ALLOWED_HOSTS[0].lstrip('.') if not LOCAL else 'localhost'}>"
)
SERVER_EMAIL = DEFAULT_FROM_EMAIL
REPLY_TO: list[str] = env.list("REPLY_TO", [CONTACT_EMAIL] if CONTACT_EMAIL else [])

# --- harvest ------------------------------------------------------------------------------------------
#: Off on a machine for trying the portal: the units' real sites are not asked by everybody who tries it.
HARVEST_ENABLED = env.bool("HARVEST_ENABLED", not LOCAL)
#: Pause between two requests to one host, over all workers.
HARVEST_GAP_SECONDS = env.float("HARVEST_GAP_SECONDS", 5.0)
#: Domains whose sites stand on one server, and have one turn together.
HARVEST_SHARED_DOMAINS: list[str] = env.list("HARVEST_SHARED_DOMAINS", ["cilegon.go.id"])
#: Certificate authorities instead of the usual ones, for a city whose sites have their own.
HARVEST_CA_FILE = env.str("HARVEST_CA_FILE", "")
#: The city's own professional account and its token read every unit's (docs/production.md); empty: off.
INSTAGRAM_ACCOUNT_ID = env.str("INSTAGRAM_ACCOUNT_ID", "")
INSTAGRAM_TOKEN = env.str("INSTAGRAM_TOKEN", "")
#: The token's last day, where Meta does not tell it.
INSTAGRAM_TOKEN_EXPIRES_ON = env.date("INSTAGRAM_TOKEN_EXPIRES_ON", None)
#: Each off until it is set (docs/connectors.md): no platform is read without its own permission.
FACEBOOK_TOKEN = env.str("FACEBOOK_TOKEN", "")
THREADS_TOKEN = env.str("THREADS_TOKEN", "")
X_TOKEN = env.str("X_TOKEN", "")
#: US$ that X may cost in a month; without it X stays off, for each post that is read costs money.
X_MONTHLY_BUDGET = Decimal(env.str("X_MONTHLY_BUDGET", "0"))
TIKTOK_CLIENT_KEY = env.str("TIKTOK_CLIENT_KEY", "")
TIKTOK_CLIENT_SECRET = env.str("TIKTOK_CLIENT_SECRET", "")
#: Finds the number behind a handle, and what the public feed no longer shows; never a score.
YOUTUBE_API_KEY = env.str("YOUTUBE_API_KEY", "")
#: Calls a day for each interface, below what the platform allows.
HARVEST_DAILY_CALLS = env.int("HARVEST_DAILY_CALLS", 4000)

# --- people -----------------------------------------------------------------------------------------
AUTH_USER_MODEL = "opd.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "opd.permissions.MembershipBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 1  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
# Not the proxy's own: behind it all would share one, and anyone could lock a colleague out.
AXES_CLIENT_IP_CALLABLE = "cilegon_kip.common.attempts.client_address"
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "cilegon_kip.errors.locked_out"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
#: Staff without a second step are led to set it up before anything else.
REQUIRE_SECOND_FACTOR = env.bool("REQUIRE_SECOND_FACTOR", False)
OTP_TOTP_ISSUER = PORTAL_NAME

# --- language and time ---------------------------------------------------------------------------
LANGUAGE_CODE = "id"
LANGUAGES = [("id", "Bahasa Indonesia")]
#: Better words for some of Django's own sentences; after a change: msgfmt -o django.mo django.po
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Jakarta"
USE_TZ = True
USE_THOUSAND_SEPARATOR = False
FORMAT_MODULE_PATH = "cilegon_kip.formats"

# --- files -----------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", str(VAR_DIR / "media")))
#: Files that only a view gives out, after looking at who asks. Never inside a folder that a web server shows.
PRIVATE_ROOT = Path(env.str("PRIVATE_ROOT", str(VAR_DIR / "private")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 31_536_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
PHOTO_MAX_BYTES = 15 * 1024 * 1024
PHOTO_MAX_PIXELS = 60_000_000
DOCUMENT_MAX_BYTES = env.int("DOCUMENT_MAX_MEGABYTES", 20) * 1024 * 1024
REQUEST_MAX_BYTES = 100 * 1024 * 1024
#: Files of a request (power of attorney, attachments): the largest one, how many at once, how many in all.
REQUEST_FILE_MAX_BYTES = env.int("REQUEST_FILE_MAX_MEGABYTES", 10) * 1024 * 1024
REQUEST_FILES_AT_ONCE = env.int("REQUEST_FILES_AT_ONCE", 5)
REQUEST_FILES_MOST = env.int("REQUEST_FILES_MOST", 30)
#: Requests and objections that one network may send within an hour; on mobile networks many people share one.
REQUEST_FORMS_PER_HOUR = env.int("REQUEST_FORMS_PER_HOUR", 30)
#: Messages that a requester may send about one request within 24 hours.
REQUEST_MESSAGES_PER_DAY = env.int("REQUEST_MESSAGES_PER_DAY", 10)

# --- security ----------------------------------------------------------------------------------------
HTTPS = env.bool("HTTPS", not LOCAL)
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 12 * 3600
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "cilegon_kip.errors.csrf_failure"
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}

# --- API -------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "cilegon_kip.common.api.errors.answer",
    "URL_FORMAT_OVERRIDE": None,
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.AnonRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"anon": env.str("API_RATE", "300/min")},
    "NUM_PROXIES": env.int("NUM_PROXIES", 0 if LOCAL else 1),
}
#: Files of a year (`/data/kegiatan-2023.csv.gz`) per address; None: as many as they like.
DUMP_RATE: str | None = env.str("DUMP_RATE", "60/hour")
SPECTACULAR_SETTINGS = {
    "TITLE": "KIP Cilegon",
    "DESCRIPTION": "Data publik portal keterbukaan informasi Kota Cilegon.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "cilegon_kip.api_schema.describe_for_people",
    ],
    "ENUM_NAME_OVERRIDES": {
        "CategoryEnum": "opd.models.Category",
        "ChannelKindEnum": "opd.models.ChannelKind",
        "PublicationKindEnum": "publications.models.PublicationKind",
        "InfoClassEnum": "publications.models.InfoClass",
        "EntryStateEnum": "rankings.models.Entry.State",
        "RankingStatusEnum": "rankings.models.Ranking.Status",
    },
}

# --- logging: no request bodies, no personal data ---------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"class": "cilegon_kip.logs.QuietFormatter", "format": "%(asctime)s %(levelname)s %(name)s %(message)s"}
    },
    "filters": {"secrets": {"()": "cilegon_kip.logs.HideSecretAddresses"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["secrets"]}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "WARNING")},
    "loggers": {
        # Without handlers: Django's own would mail reports of errors, with what was typed, to ADMINS. Never DEBUG: it
        # would write what pages are made of, and the parameters of queries.
        "django": {"level": "INFO"},
        "rankings": {"level": "INFO"},
        "publications": {"level": "INFO"},
        "opd": {"level": "INFO"},
    },
}
DEFAULT_EXCEPTION_REPORTER_FILTER = "cilegon_kip.logs.QuietReport"
