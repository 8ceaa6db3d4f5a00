"""Settings of the portal, one file, driven by environment variables.

Nothing set means the embedded default: SQLite in WAL mode and Valkey on a Unix
socket, everything under `DIBUC_DATA` (var/), reachable on the loopback only.
docs/operations.md lists every variable.
"""

import sys
from pathlib import Path

import django_stubs_ext
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from dibuc import env

# Django's generic classes can be written with their types, as in ModelAdmin[Customer].
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = env.get_path("DIBUC_DATA", BASE_DIR / "var")

# --- The server and who may call it ------------------------------------------
PORT = env.get_int("PORT", 8000, least=1, most=65535)
# So many server processes, on PORT and the ports after it; a proxy in front spreads them.
WEB_PROCESSES = env.get_int("WEB_PROCESSES", 1, least=1, most=64)
# Which of them this process is; the supervisor says it.
WEB_NUMBER = env.get_int("WEB_NUMBER", 1, least=1, most=64)
LISTEN_PORT = PORT + WEB_NUMBER - 1
# The name of this process in the relay's addresses. Where several machines share the
# database, each has a RELAY of its own that the names begin with.
RELAY = env.get_name("RELAY") + str(WEB_NUMBER)
# The address to listen on: the loopback unless a container's network is wanted.
BIND = env.get_str("BIND", "127.0.0.1")
DEBUG = env.get_bool("DEBUG", default=False)
# The address that customers and technicians type, scheme and port included.
PUBLIC_URL = env.origin("PUBLIC_URL", f"http://127.0.0.1:{PORT}")
IS_HTTPS = PUBLIC_URL.startswith("https://")
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", env.host_of(PUBLIC_URL)]
# Exactly these origins may open a browser socket: host, scheme and port count.
ALLOWED_ORIGINS = [PUBLIC_URL]
if not env.get_str("PUBLIC_URL"):
    ALLOWED_ORIGINS.append(f"http://localhost:{PORT}")
CSRF_TRUSTED_ORIGINS = ALLOWED_ORIGINS
SECRET_KEY_FILE = DATA_DIR / "secret-key"
SECRET_KEY = env.secret_key("SECRET_KEY", SECRET_KEY_FILE)

ROOT_URLCONF = "dibuc.urls"
ASGI_APPLICATION = "dibuc.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "dibuc.apps.DibucConfig",
    "portal",
    "invoices",
    "sessions.apps.SessionsConfig",
    "customers",
    "company",
    "technicians",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "channels",
    "csp",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "dibuc.headers.permissions_policy",
    # Before the static files: a worker obeys the policy that its own script came with.
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

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
                "company.context.company",
            ],
        },
    },
]

# --- Data ----------------------------------------------------------------------
DATABASE_EMBEDDED = not env.get_str("DATABASE_URL")
DATABASES = {"default": env.database("DATABASE_URL", DATA_DIR / "dibuc.sqlite3")}
REDIS_EMBEDDED = not env.get_str("REDIS_URL")
REDIS_SOCKET = DATA_DIR / "valkey.sock"
VALKEY_DIR = DATA_DIR / "valkey"
REDIS_URL, CELERY_BROKER_URL = env.redis_urls(env.get_str("REDIS_URL"), REDIS_SOCKET)
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "dibuc",
    }
}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        "CONFIG": {
            # A listener waits for 5 s at a time; redis-py would break off at exactly that.
            "hosts": [{"address": REDIS_URL, "socket_timeout": 30}],
            "prefix": "dibuc",
        },
    }
}
MEDIA_ROOT = DATA_DIR / "media"
# Issued invoices: written once, verified by hash, never served from a web root.
ARCHIVE_DIR = DATA_DIR / "archive"
EXPORT_DIR = DATA_DIR / "exports"
# The agent for each system and manifest.json, as the build leaves them.
DOWNLOAD_DIR = DATA_DIR / "downloads"
AGENT_BUILD_DIR = BASE_DIR / "build" / "downloads"
# Where the proxy in front keeps DATA_DIR for X-Accel-Redirect; empty: the portal streams.
ACCEL_PREFIX = env.get_str("ACCEL_PREFIX").rstrip("/")
# Demo log-ins have published addresses: nobody but this computer may reach them.
DEMO_ALLOWED = (
    DATABASE_EMBEDDED and env.is_loopback(BIND) and env.is_loopback(env.host_of(PUBLIC_URL))
)
DEMO_FILE = DATA_DIR / "demo-logins"

# --- Background work -------------------------------------------------------------
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CONCURRENCY = env.get_int("WORKERS", 2, least=1, most=64)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Celery would close the database's connection after so many tasks, by default after each one.
# Opening it takes PostgreSQL longer than an invoice's rows; dibuc/celery.py closes stale ones.
CELERY_DB_REUSE_MAX = sys.maxsize
CELERY_TIMEZONE = "Europe/Berlin"
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "celerybeat-schedule")
# A sweep that could not begin before the next one is due has lost its meaning.
CELERY_BEAT_SCHEDULE = {
    "sessions-sweep": {
        "task": "sessions.sweep",
        "schedule": 10.0,
        "options": {"expires": 10},
    },
    "invoices-sweep": {
        "task": "invoices.sweep",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    "invoices-tidy": {
        "task": "invoices.tidy",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
}

# --- People ----------------------------------------------------------------------
AUTH_USER_MODEL = "technicians.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "portal:home"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "technicians.adapters.InvitationOnlyAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
# Who is unknown gets no mail: it would only invite them to sign up, which nobody can.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = False
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True

# --- Mail ----------------------------------------------------------------------------
# Without a server no mail leaves, and the pages that would send one say so.
EMAIL_HOST = env.get_str("EMAIL_HOST")
EMAIL_PORT = env.get_int("EMAIL_PORT", 587, least=1, most=65535)
EMAIL_HOST_USER = env.get_str("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.get_str("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.get_bool("EMAIL_USE_TLS", default=True)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.get_str("DEFAULT_FROM_EMAIL", EMAIL_HOST_USER or "webmaster@localhost")

# --- Language and time -------------------------------------------------------------
LANGUAGE_CODE = "de"
LANGUAGES = [("de", _("German")), ("en", _("English"))]
# English for readers in Europe: Django's own puts the month before the day.
FORMAT_MODULE_PATH = ["dibuc.formats"]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Berlin"
USE_THOUSAND_SEPARATOR = True

# --- Static files ------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "dibuc.staticfiles.ModuleManifestStorage"},
}

# --- Security ------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, "'wasm-unsafe-eval'"],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF, *(o.replace("http", "ws", 1) for o in ALLOWED_ORIGINS)],
        "worker-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
if IS_HTTPS:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-login"
    CSRF_COOKIE_NAME = "__Host-csrf"
    LANGUAGE_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True

# --- Log ----------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"quiet_health": {"()": "dibuc.health.NotHealth"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["quiet_health"],
        }
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    # It counts the sockets that it closes at each end.
    "loggers": {
        "daphne": {"level": "WARNING"},
        # They tell of each step, and of each character that no font has.
        "weasyprint": {"level": "ERROR"},
        "fontTools": {"level": "ERROR"},
    },
}
