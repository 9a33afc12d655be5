"""All settings of the site, from the environment, with safe defaults.

| variable | default | meaning |
|---|---|---|
| DATABASE_URL | unset: embedded PostgreSQL | the PostgreSQL server, 14 or later |
| RACI_STREAM_PORT | the next after that of `serve` | port of the streams of changes |
| RACI_LISTEN_URL | DATABASE_URL | the PostgreSQL behind a pooler, for what must not be pooled |
| RACI_DATA_DIR | .data | cluster of the embedded PostgreSQL, collected static files, secret key |
| RACI_SECRET_KEY | made once and kept in the data folder | signing key |
| RACI_ALLOWED_HOSTS | localhost,127.0.0.1,[::1] | host names to answer to |
| RACI_TRUSTED_ORIGINS | none | origins for CSRF, with scheme |
| RACI_PLAIN_HTTP | 0 | 1 serves without TLS (the demo on one machine) |
| RACI_BEHIND_PROXY | 0 | 1 trusts X-Forwarded-Proto and the last of X-Forwarded-For |
| RACI_LOG | json; quiet with RACI_PLAIN_HTTP=1 | json: a line for every request; quiet: warnings |
| RACI_SLOW_MS | 500 | a statement that takes longer gets a line in the log |
| RACI_LOCK_TIMEOUT | 3 | seconds for which a migration waits for a lock before it tries again |
| RACI_METRICS_TOKEN | none: no /metrics | what Prometheus says to read /metrics |
| RACI_SESSION_HOURS | 12 | after so long everybody signs in again |
| RACI_IDLE_MINUTES | 60 | so long without activity ends a session |
| RACI_REQUIRE_MFA | 0 | 1: PMO people and administrators need a second factor |
| RACI_OIDC_URL | none | issuer of single sign-on (OpenID Connect), with scheme |
| RACI_OIDC_CLIENT_ID, RACI_OIDC_SECRET | none | this site as the provider knows it |
| RACI_OIDC_NAME | シングルサインオン | what the button says |
| RACI_OIDC_COUNTS_AS_MFA | 0 | 1: the provider asks for the second factor |
| RACI_EMAIL_URL | none (with RACI_PLAIN_HTTP: the console) | smtp://user:pass@host:587/?tls=True |
| RACI_EMAIL_FROM | raci@ and the first of RACI_ALLOWED_HOSTS | sender of mails |
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import django_stubs_ext
import pghistory
import pgtrigger
from csp.constants import NONE, SELF

from raci.accounts import single_sign_on
from raci.database import from_environment, listening
from raci.mail.settings import mail_settings
from raci.secret import secret_key

django_stubs_ext.monkeypatch()  # lets Django's generic classes be subscripted at run time

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("RACI_DATA_DIR", BASE_DIR / ".data")).absolute()
PLAIN_HTTP = os.environ.get("RACI_PLAIN_HTTP") == "1"


def _names(variable: str, default: str = "") -> list[str]:
    return [name.strip() for name in os.environ.get(variable, default).split(",") if name.strip()]


SECRET_KEY = os.environ.get("RACI_SECRET_KEY") or secret_key(DATA_DIR)
DEBUG = False
ALLOWED_HOSTS = _names("RACI_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = _names("RACI_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "raci.apps.RaciConfig",
    "raci.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_tables2",
    "pgtrigger",
    "pghistory",
    "csp",
    "django_tasks",
    "django_tasks_db",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "projects.apps.ProjectsConfig",
    "vendors.apps.VendorsConfig",
]

MIDDLEWARE = [
    "raci.http.request_log.RequestMiddleware",
    "raci.metrics.counting_middleware.CountingMiddleware",
    "raci.http.security_headers.HeadersMiddleware",
    "raci.http.health.HealthMiddleware",
    "raci.metrics.page.MetricsMiddleware",
    "raci.http.body_limit.BodyLimitMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "raci.http.compression.BrotliMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "raci.accounts.sessions.ActivityMiddleware",
    "raci.accounts.sign_in_attempts.AttemptsMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "raci.accounts.required_factor_middleware.RequiredFactorMiddleware",
    "raci.http.path_middleware.PathMiddleware",
]

ROOT_URLCONF = "raci.urls"
WSGI_APPLICATION = "raci.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES: dict[str, Any] = {"default": from_environment(os.environ, DATA_DIR)}
LISTEN_DATABASE = listening(os.environ)

# Finished pages by revision, in each process: a revision never changes, so nothing goes stale.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "pages": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "pages",
        "TIMEOUT": 3600,
        "OPTIONS": {"MAX_ENTRIES": 24},
    },
}

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
            ]
        },
    }
]

LANGUAGE_CODE = "ja"
TIME_ZONE = "Asia/Tokyo"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "raci.http.static_storage.ModuleStorage"},
}

SESSION_ENGINE = "raci.accounts.sessions"
SESSION_LIFETIME = timedelta(hours=float(os.environ.get("RACI_SESSION_HOURS", "12")))
SESSION_IDLE = timedelta(minutes=float(os.environ.get("RACI_IDLE_MINUTES", "60")))
SESSION_COOKIE_AGE = int(SESSION_LIFETIME.total_seconds())  # the server decides the end
AUTHENTICATION_BACKENDS = ["raci.accounts.sessions.Backend"]
# People are created by invitation or by administrators; docs/adr/0009-sign-in.md.
ACCOUNT_ADAPTER = "raci.accounts.adapters.Accounts"
ACCOUNT_FORMS = {
    "login": "raci.accounts.forms.SignInForm",
    "reauthenticate": "raci.accounts.forms.ConfirmForm",
}
ACCOUNT_EMAIL_VERIFICATION = "none"
# allauth counts per process; ours count in the database (raci.accounts.rate_limit).
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False
MFA_ADAPTER = "raci.accounts.adapters.Factors"
MFA_FORMS = {
    "authenticate": "raci.accounts.forms.SecondStepForm",
    "reauthenticate": "raci.accounts.forms.ConfirmByCodeForm",
    "activate_totp": "raci.accounts.forms.AppForm",
    "add_webauthn": "raci.accounts.forms.PasskeyForm",
    "edit_webauthn": "raci.accounts.forms.PasskeyNameForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_TOLERANCE = 1  # clocks of telephones go wrong by half a minute
REQUIRE_MFA = os.environ.get("RACI_REQUIRE_MFA") == "1"
SOCIALACCOUNT_ADAPTER = "raci.accounts.adapters.SingleSignOn"
SOCIALACCOUNT_PROVIDERS = single_sign_on.providers(os.environ)
OIDC_COUNTS_AS_MFA = os.environ.get("RACI_OIDC_COUNTS_AS_MFA") == "1"
PASSWORD_RESET_TIMEOUT = 3600

EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"  # unless the environment says
_MAIL = mail_settings(os.environ, plain=PLAIN_HTTP)
CAN_MAIL = bool(_MAIL)
globals().update(_MAIL)
MAIL_TRANSPORT = EMAIL_BACKEND  # which the jobs use; whoever writes a mail uses the queue
if CAN_MAIL:
    EMAIL_BACKEND = "raci.mail.queued_backend.Backend"
DEFAULT_FROM_EMAIL = os.environ.get("RACI_EMAIL_FROM") or f"raci@{next(iter(ALLOWED_HOSTS), '')}"

LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = not PLAIN_HTTP
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "raci.accounts.csrf_failure.refused"
CSRF_USE_SESSIONS = True  # one secret per session, so that a page's ETag holds as long as that
SECURE_HSTS_SECONDS = 0 if PLAIN_HTTP else 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not PLAIN_HTTP
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
WHITENOISE_ALLOW_ALL_ORIGINS = False
BEHIND_PROXY = os.environ.get("RACI_BEHIND_PROXY") == "1"
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Some 100,000 marks in one paste; everything else is far below.
DATA_UPLOAD_MAX_MEMORY_SIZE = 32 * 1024 * 1024
# A preview has a field per sheet, column and question of the file, and one per change left out.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
FILE_UPLOAD_HANDLERS = [
    "raci.http.upload_limit.CappedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# The streams of changes; `serve` sets the ports on which people reach pages and streams.
STREAM_APPLICATION = "projects.live.stream_app.stream_application"
PAGE_PORT, STREAM_PORT = 0, int(os.environ.get("RACI_STREAM_PORT", "0"))

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["long", "quick"]}}
# Jobs that an older release queued, by the names that their functions had there.
MOVED_JOBS = {
    "projects.import_jobs.read": "projects.imports.jobs.read",
    "projects.import_jobs.apply": "projects.imports.jobs.apply",
    "projects.outputs.write": "projects.exports.jobs.write",
    "raci.post.deliver": "raci.mail.queued_backend.deliver",
    "raci.accounts.resetting.write": "raci.accounts.password_reset.write",
}
JOBS_INLINE = False  # tests: long work is done before the answer, in the same transaction

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "base-uri": [NONE],
        "form-action": [SELF, *single_sign_on.form_targets(os.environ)],
        "frame-ancestors": [NONE],
    }
}

PGHISTORY_APPEND_ONLY = True
PGHISTORY_LEVEL = pgtrigger.Statement
PGHISTORY_FOREIGN_KEY_FIELD = pghistory.ForeignKey(db_index=False)

DJANGO_TABLES2_TEMPLATE = "_table.html"

# Gauges from the database, queried at each scrape.
METRICS_COLLECTORS = ["projects.findings.metrics.Findings", "raci.metrics.queue.Queue"]
METRICS_TOKEN = os.environ.get("RACI_METRICS_TOKEN", "")
LOCK_SECONDS = float(os.environ.get("RACI_LOCK_TIMEOUT", "3"))
SLOW_STATEMENT_MS = float(os.environ.get("RACI_SLOW_MS", "500"))
LOG = os.environ.get("RACI_LOG") or ("quiet" if PLAIN_HTTP else "json")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "quiet": {
            "()": "raci.http.request_log.QuietFormatter",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        },
        "json": {"()": "raci.http.request_log.Formatter", "json_ensure_ascii": False},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": LOG}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"raci.request": {"level": "INFO" if LOG == "json" else "WARNING"}},
}
