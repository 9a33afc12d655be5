"""Single sign-on by OpenID Connect: the settings of the environment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

PROVIDER = "sso"


def providers(environment: Mapping[str, str]) -> dict[str, Any]:
    """allauth's SOCIALACCOUNT_PROVIDERS; empty when RACI_OIDC_URL is not set."""
    url = environment.get("RACI_OIDC_URL")
    if not url:
        return {}
    app = {
        "provider_id": PROVIDER,
        "name": environment.get("RACI_OIDC_NAME") or "シングルサインオン",
        "client_id": environment.get("RACI_OIDC_CLIENT_ID", ""),
        "secret": environment.get("RACI_OIDC_SECRET", ""),
        "settings": {"server_url": url.rstrip("/"), "oauth_pkce_enabled": True},
    }
    return {"openid_connect": {"APPS": [app]}}


def form_targets(environment: Mapping[str, str]) -> list[str]:
    """Origins to which our forms may lead: the provider's, for the redirect of its button."""
    parts = urlsplit(environment.get("RACI_OIDC_URL", ""))
    return [f"{parts.scheme}://{parts.netloc}"] if parts.netloc else []
