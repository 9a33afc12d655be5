"""Route every address of the site. Login is required unless a view says otherwise."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from raci.http.health import healthz, readyz
from raci.metrics.page import metrics
from vendors.home.views import home
from vendors.security_log.views import security

handler500 = "raci.http.error_pages.server_error"
urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("", home, name="home"),
    path("", include("raci.accounts.urls")),
    path("projects/<slug:slug>/security/", security, name="security"),
    path("projects/", include("projects.urls")),
    path("projects/", include("vendors.urls_companies")),
    path("tasks/", include("vendors.urls")),
    path("admin/", admin.site.urls),
]
