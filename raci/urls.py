"""Every address of the site. Login is required unless a view says otherwise."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth import views as auth
from django.urls import include, path

from raci.forms import LoginForm
from raci.health import healthz, readyz
from raci.home import home
from raci.security import security

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("", home, name="home"),
    path(
        "login/",
        auth.LoginView.as_view(authentication_form=LoginForm, redirect_authenticated_user=True),
        name="login",
    ),
    path("logout/", auth.LogoutView.as_view(), name="logout"),
    path("password/", auth.PasswordChangeView.as_view(), name="password_change"),
    path("password/done/", auth.PasswordChangeDoneView.as_view(), name="password_change_done"),
    path("projects/<slug:slug>/security/", security, name="security"),
    path("projects/", include("projects.urls")),
    path("projects/", include("vendors.urls_companies")),
    path("tasks/", include("vendors.urls")),
    path("admin/", admin.site.urls),
]
