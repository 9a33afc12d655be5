"""A provider of OpenID Connect: in the transport of requests, or a server on this machine."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests
from django.test import Client

from raci.accounts import single_sign_on

URL = "https://id.example.jp/realm"
ENVIRONMENT = {
    "RACI_OIDC_URL": URL,
    "RACI_OIDC_CLIENT_ID": "raci",
    "RACI_OIDC_SECRET": "a secret of thirty-two characters",
    "RACI_OIDC_NAME": "職員認証",
}


@dataclass
class Provider:
    """Says of everybody what `claims` say, to whoever holds the verifier of the challenge."""

    claims: dict[str, Any] = field(default_factory=dict)
    url: str = URL
    challenge: str = ""
    down: bool = False

    def answer(self, path: str, body: str) -> tuple[int, dict[str, Any]]:
        if self.down:
            raise requests.ConnectionError("no route")
        if path.endswith("/openid-configuration"):
            ends = {"authorization": "auth", "token": "token", "userinfo": "userinfo"}
            found = {f"{name}_endpoint": f"{self.url}/{end}" for name, end in ends.items()}
            return 200, {**found, "issuer": self.url, "jwks_uri": f"{self.url}/keys"}
        return self._token(parse_qs(body)) if path.endswith("/token") else (200, self.claims)

    def sent_back(self, path: str) -> str:
        """Where the browser goes from the provider's page: back, with a code."""
        asked = {name: each[0] for name, each in parse_qs(urlsplit(path).query).items()}
        self.challenge = asked["code_challenge"]
        return f"{asked['redirect_uri']}?code=c&state={asked['state']}"

    def _token(self, given: dict[str, list[str]]) -> tuple[int, dict[str, Any]]:
        digest = hashlib.sha256(given["code_verifier"][0].encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != self.challenge:
            return 400, {"error": "invalid_grant"}
        said = {"iss": self.url, "aud": "raci", "exp": int(time.time()) + 60, **self.claims}
        token = jwt.encode(said, ENVIRONMENT["RACI_OIDC_SECRET"], algorithm="HS256")
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": token}


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Provider:
    """The site is set up for it."""
    made = Provider({"sub": "1", "email": "tanaka@example.jp", "email_verified": True})
    settings.SOCIALACCOUNT_PROVIDERS = single_sign_on.providers(ENVIRONMENT)

    def send(_: Any, request: requests.PreparedRequest, **__: Any) -> requests.Response:
        response = requests.Response()
        path, sent = urlsplit(str(request.url)).path, str(request.body or "")
        response.status_code, body = made.answer(path, sent)
        response._content = json.dumps(body).encode()
        response.headers["Content-Type"] = "application/json"
        response.request, response.url = request, str(request.url)
        return response

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", send)
    return made


@pytest.fixture
def served_provider(settings: Any) -> Iterator[Provider]:
    """The site is set up for a provider that a browser reaches too."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        url = f"http://127.0.0.1:{server.server_port}"
        made = _Handler.provider = Provider(url=url)
        environment = ENVIRONMENT | {"RACI_OIDC_URL": url}
        settings.SOCIALACCOUNT_PROVIDERS = single_sign_on.providers(environment)
        policy = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
        targets = [*policy["form-action"], *single_sign_on.form_targets(environment)]
        settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": policy | {"form-action": targets}}
        Thread(target=server.serve_forever, daemon=True).start()
        yield made
        server.shutdown()


class _Handler(BaseHTTPRequestHandler):
    provider: ClassVar[Provider]

    def do_GET(self) -> None:
        if self.path.startswith("/auth"):
            self.send_response(302)
            self.send_header("Location", self.provider.sent_back(self.path))
            self.end_headers()
        else:
            self.do_POST()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status, said = self.provider.answer(self.path, body.decode())
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(said).encode())

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


def leave(client: Client, provider: Provider, **data: str) -> dict[str, str]:
    """Presses the button; what the browser carries to the provider."""
    response = client.post("/login/sso/", data)
    assert response.status_code == 302
    assert response["Location"].startswith(f"{URL}/auth?")
    sent = {name: each[0] for name, each in parse_qs(urlsplit(response["Location"]).query).items()}
    provider.challenge = sent["code_challenge"]
    return sent


def come_back(client: Client, provider: Provider, **data: str) -> Any:
    state = leave(client, provider, **data)["state"]
    return client.get("/login/sso/callback/", {"code": "c", "state": state})
