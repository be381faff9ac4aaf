"""Settings of both doors.

Everything that differs between installations comes from the environment (names in
`docs/operations.md`); a secret may come as a file instead: `VELUM_SECRET_KEY_FILE=/run/secrets/key`.
With nothing set, an embedded installation under `var/` is used: SQLite, an in-memory broker, and
mail written to a folder.
"""

from __future__ import annotations

from pathlib import Path

from celery.schedules import schedule
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from trial.installation import (
    BASE_DIR,
    VELUM_DOOR,
    VELUM_HOME,
    database,
    env,
    need_secret_key,
    passkey_host,
    secret,
    whole,
    yes_or_no,
)

# --- Which door this process is ------------------------------------------------------------------

CLINIC = VELUM_DOOR == "clinic"

SECRET_KEY = need_secret_key()
SECRET_KEY_FALLBACKS = env.list("VELUM_SECRET_KEY_FALLBACKS", default=[])
DEBUG = False
PLAIN_HTTP = env.bool("VELUM_PLAIN_HTTP", False)
"""Serve without TLS, for a demonstration on one machine. Cookies are then not marked Secure."""

ALLOWED_HOSTS = env.list("VELUM_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_FAILURE_VIEW = "trial.pages.views.csrf_failure"
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if not host.startswith("[")]

# --- Keys of the pharmacy door -------------------------------------------------------------------

VELUM_KEYS = Path(env.str("VELUM_KEYS", str(VELUM_HOME / "keys")))
"""The public keys that seal (any door may hold them) and, on the pharmacy door, its private key."""

# --- Applications --------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "trial.people.log_in.library.SignOnWithoutTables",
    "rest_framework",
    "drf_spectacular",
    "knox",
    "csp",
    "trial",
    "randomization",
    "dosing",
]
# Each door keeps its own second factors: the clinic can neither read nor replace one of the pharmacy's.
if CLINIC:
    INSTALLED_APPS += ["trial.people.log_in.library.ClinicFactors"]
else:
    INSTALLED_APPS += ["allauth.mfa", "randomization.sealed", "dosing.pharmacy"]

AUTH_USER_MODEL = "trial.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Pages of the pharmacy are not compressed: their length would say more about what stands on them. In the
# clinic nothing sealed can stand on a page, form tokens are masked, and Django pads each answer at random.
MIDDLEWARE = [
    "trial.pages.middleware.ReadClock",
    "trial.pages.middleware.SecurityHeaders",
    "csp.middleware.CSPMiddleware",
    "trial.pages.middleware.EncipheredOnly",
    *([] if CLINIC else ["randomization.sealed.opening.outbox.EntersWhatWaits"]),
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    *(["django.middleware.gzip.GZipMiddleware"] if CLINIC else []),
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "trial.people.tries.watching.Watch",
    "allauth.account.middleware.AccountMiddleware",
    "trial.pages.middleware.PersonLanguage",
    "trial.pages.middleware.StillHere",
    "trial.pages.middleware.Door",
]

ROOT_URLCONF = "trial.urls" if CLINIC else "trial.urls_pharmacy"
WSGI_APPLICATION = "trial.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["trial.pages.filters"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "trial.pages.frame.page_frame",
            ],
        },
    }
]

# --- Database ------------------------------------------------------------------------------------


DATABASES = {"default": database()}

# Rate limits and sessions must survive a dead Redis, so they live in the database; each door has
# tables of its own, so that the clinic's database role cannot take over a session of the pharmacy.


def table_cache(name: str) -> dict[str, object]:
    """A cache in a table of this door. Nothing is culled that has not expired."""
    return {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": f"velum_{name}_{VELUM_DOOR}",
        "OPTIONS": {"MAX_ENTRIES": 1_000_000},
    }


CACHES = {"default": table_cache("cache"), "sessions": table_cache("sessions")}
SESSION_ENGINE = "trial.people.log_in.session_store"
SESSION_CACHE_ALIAS = "sessions"

# --- People --------------------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
VELUM_PASSWORDS = "" if CLINIC else "randomization.sealed.enrolment.passwords.password_at_this_door"
"""What says which digest of a password counts at this door; empty for the account's own."""
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "trial.people.log_in.words.NoWordsOfTheTrial"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_FORMS = {"change_password": "trial.people.log_in.new_password.NewPassword"}
ACCOUNT_ADAPTER = "trial.people.accounts.ClosedDoorAdapter"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None}
"""Tries are counted by `trial.people.tries`. Those of the library refuse everybody at an address, or count by
what `Host` says."""
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("VELUM_PROXIES", 0)
MFA_ADAPTER = "trial.people.second_factor.SealedSeeds"
VELUM_SECOND_FACTOR = not CLINIC or yes_or_no("VELUM_CLINIC_SECOND_FACTOR", default=False)
"""Whether nobody comes in without one. A setting of the clinic; whoever has set one up is asked for it."""
VELUM_PASSKEY_HOST = passkey_host(ALLOWED_HOSTS)
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", *(["webauthn"] if VELUM_PASSKEY_HOST else [])]
MFA_FORMS = {
    "authenticate": "trial.people.log_in.used_once.LogInWithCode",
    "reauthenticate": "trial.people.log_in.used_once.ConfirmWithCode",
    "add_webauthn": "trial.people.log_in.passkeys.AddPasskeyForm",
    "authenticate_webauthn": "trial.people.log_in.passkeys.LogInWithPasskey",
    "reauthenticate_webauthn": "trial.people.log_in.passkeys.ConfirmWithPasskey",
}
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be half a minute off
MFA_TOTP_ISSUER = f"Velum {VELUM_DOOR}"

VELUM_SIGN_ON_ISSUER = env.str("VELUM_SIGN_ON_ISSUER", "")
"""The hospital's own log-in (OpenID Connect), asked by this door who somebody is; empty for none."""
VELUM_SIGN_ON_CLIENT = env.str("VELUM_SIGN_ON_CLIENT", "")
VELUM_SIGN_ON_SECRET = secret("VELUM_SIGN_ON_SECRET")
VELUM_SIGN_ON_NAME = env.str("VELUM_SIGN_ON_NAME", "")
VELUM_SIGN_ON_LINKS = "trial.SignOnLink" if CLINIC else "sealed.SealedSignOnLink"
"""Where this door keeps whose account at the hospital is whose here."""
SOCIALACCOUNT_ADAPTER = "trial.people.sign_on.wire.OverTheWire"

_PREFIX = "" if PLAIN_HTTP else "__Host-"
SESSION_COOKIE_NAME = f"{_PREFIX}velum-{VELUM_DOOR}-sid"
CSRF_COOKIE_NAME = f"{_PREFIX}velum-{VELUM_DOOR}-csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not PLAIN_HTTP
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Strict"
MESSAGE_STORAGE = "trial.pages.said_once.SaidOnce"
SESSION_COOKIE_AGE = 15 * 60 if CLINIC else 5 * 60
VELUM_OPEN_SESSIONS = "trial.OpenSession" if CLINIC else "sealed.SealedSession"
"""Where this door lists who is signed in."""
VELUM_SESSION_HOURS = whole("VELUM_SESSION_HOURS", 8, least=1, most=24)
"""No session lasts longer, however busy it is."""
SESSION_SAVE_EVERY_REQUEST = False  # trial.pages.middleware.StillHere saves it once a minute
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

# --- What browsers are told ----------------------------------------------------------------------

SECURE_SSL_REDIRECT = not PLAIN_HTTP
# Programs are not led on to https: what they sent in clear goes unnoticed (`EncipheredOnly` refuses it).
SECURE_REDIRECT_EXEMPT = [r"^health$", r"^api/", r"^feeds/"]
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("VELUM_BEHIND_PROXY", False) else None
)
SECURE_HSTS_SECONDS = 0 if PLAIN_HTTP else 63_072_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not PLAIN_HTTP
# With `no-referrer` browsers send `Origin: null` with every form, and no form would be taken.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
# A statistician's list names arms: an uploaded file stays in memory, and one that is too long is dropped.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024 + 64 * 1024

# --- Static files --------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = env.str("VELUM_STATIC", str(VELUM_HOME / "static"))
WHITENOISE_ALLOW_ALL_ORIGINS = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- Language and time ---------------------------------------------------------------------------

LANGUAGE_CODE = env.str("VELUM_LANGUAGE", "en-gb")
LANGUAGES = [("en-gb", _("English")), ("fr", _("French"))]
LOCALE_PATHS = [BASE_DIR / "trial" / "locale"]
LANGUAGE_COOKIE_NAME = f"{_PREFIX}velum-{VELUM_DOOR}-language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- Mail ----------------------------------------------------------------------------------------

MAIL_FOLDER = Path(env.str("VELUM_MAIL_FOLDER", str(VELUM_HOME / "mail")))
EMAIL_HOST = env.str("VELUM_SMTP_HOST", "")
EMAIL_PORT = env.int("VELUM_SMTP_PORT", 25)
EMAIL_HOST_USER = env.str("VELUM_SMTP_USER", "")
EMAIL_HOST_PASSWORD = secret("VELUM_SMTP_PASSWORD")
EMAIL_USE_TLS = env.bool("VELUM_SMTP_TLS", False)
EMAIL_TIMEOUT = 10
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'filebased'}.EmailBackend"
EMAIL_FILE_PATH = MAIL_FOLDER
VELUM_ALARM_MAIL = env.list("VELUM_ALARM_MAIL", default=[])
"""Who is told, beside the administrators, that somebody tries again and again to get in."""
DEFAULT_FROM_EMAIL = env.str("VELUM_MAIL_FROM", "velum@localhost")

# --- Anchors -------------------------------------------------------------------------------------

VELUM_ANCHORS = Path(env.str("VELUM_ANCHORS", str(VELUM_HOME / "anchors" / VELUM_DOOR)))
VELUM_ANCHORS_TO = env.list("VELUM_ANCHORS_TO", default=[])
"""Where this door puts the nightly heads of its audit chains, and the addresses to which it mails them."""

# --- Tasks ---------------------------------------------------------------------------------------

TICK_SECONDS = env.int("VELUM_TICK_SECONDS", 30)
PHARMACY_TICK_SECONDS = env.int("VELUM_PHARMACY_TICK_SECONDS", 5)
CELERY_BROKER_URL = secret("REDIS_URL") or "memory://"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {
        "visibility_timeout": 300,
        "unacked_restore_interval": 1,
        "unacked_restore_throttle": 1,
        "socket_timeout": 5,
    }
    if CELERY_BROKER_URL.startswith("redis")
    else {}
)
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SOFT_TIME_LIMIT = 30
CELERY_TASK_TIME_LIMIT = 60
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_ENABLE_UTC = True
CELERY_BEAT_SCHEDULE_FILENAME = str(VELUM_HOME / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "send-due-reminders": {
        "task": "dosing.tasks.send_due_reminders",
        "schedule": schedule(TICK_SECONDS),
        "options": {"expires": TICK_SECONDS},
    }
}

# --- REST API ------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["trial.rest.tokens.BearerToken"],
    "DEFAULT_PERMISSION_CLASSES": ["trial.rest.Nobody"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["trial.rest.StrictJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "trial.rest.problem",
    "UNAUTHENTICATED_USER": None,
    "COERCE_DECIMAL_TO_STRING": True,
}
VELUM_TRIES, VELUM_ALARMS = (
    ("trial.TryCount", "trial.Alarm") if CLINIC else ("sealed.SealedTryCount", "sealed.SealedAlarm")
)
"""Where this door counts tries that failed, and keeps the alarms that they raise."""
VELUM_DOOR_TRAIL = "trial.audit.record" if CLINIC else "randomization.sealed.vault.trail.record_at_door"
"""What enters who came to this door and who tried to."""
VELUM_ANSWERS = "trial.IdempotentRequest" if CLINIC else "sealed.SealedAnswer"
"""Where this door keeps the answers that it gave under an Idempotency-Key."""
KNOX_TOKEN_MODEL = "trial.ApiToken"  # noqa: S105 - a model, not a token
MIGRATION_MODULES: dict[str, None] = {
    "knox": None,  # our own token model takes its place; its table is not made
    "socialaccount": None,  # of that library the protocol alone is used: it keeps no link and no secret
}
if CLINIC:
    MIGRATION_MODULES |= {"mfa": None}  # its rows lie in a table of ours
REST_KNOX = {"AUTH_HEADER_PREFIX": "Bearer", "TOKEN_TTL": None}
SPECTACULAR_SETTINGS = {
    "TITLE": f"Velum, {VELUM_DOOR} door",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": r"/api/v1/trials/{trial}",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [],  # choices stay where they are said; shared names would be guessed
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
}

# --- Logs ----------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "trial.walls.logs.JsonLine"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("VELUM_LOG_LEVEL", "WARNING")},
    "loggers": {"django": {"handlers": [], "propagate": True}, "velum.start": {"level": "INFO"}},
}

SILENCED_SYSTEM_CHECKS: list[str] = []
