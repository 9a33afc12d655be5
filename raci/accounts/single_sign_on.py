"""Read the settings of single sign-on by OpenID Connect from the environment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

PROVIDER = "sso"


def providers(environment: Mapping[str, str]) -> dict[str, Any]:
    """Return allauth's SOCIALACCOUNT_PROVIDERS, empty when RACI_OIDC_URL is not set."""
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
    """Return the origins to which forms may redirect: the provider's."""
    parts = urlsplit(environment.get("RACI_OIDC_URL", ""))
    return [f"{parts.scheme}://{parts.netloc}"] if parts.netloc else []
