"""The site's settings as the tests need them: plain HTTP, nothing collected, a fast hasher."""

from raci.settings import *  # noqa: F403

SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
JOBS_INLINE = True
LOGGING["loggers"]["raci.request"]["level"] = "WARNING"  # type: ignore[index]  # noqa: F405
