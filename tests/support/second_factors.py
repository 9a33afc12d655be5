"""Second factors for tests: a person with an app, and the code that it shows."""

from __future__ import annotations

import base64
import hmac
import struct
import time
from typing import Any

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import User
from django.test import Client

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PASSWORD = "correct horse battery staple"


def code(secret: str = SECRET, *, steps: int = 0) -> str:
    """The six digits of RFC 6238 now, or some half minutes later."""
    counter = struct.pack(">Q", int(time.time()) // 30 + steps)
    digest = hmac.digest(base64.b32decode(secret), counter, "sha1")
    (number,) = struct.unpack_from(">I", digest, digest[-1] & 15)
    return f"{(number & 0x7FFFFFFF) % 1_000_000:06}"


def wrong_code() -> str:
    """A code that is none of those an app shows around now."""
    near = {code(steps=steps) for steps in range(-3, 4)}
    return next(each for each in ("000000", "111111", "222222", "333333") if each not in near)


def with_app(user: User) -> User:
    TOTP.activate(user, SECRET)
    return user


def recovery_codes(user: User) -> list[str]:
    codes: list[str] = RecoveryCodes.activate(user).get_unused_codes()
    return codes


def give_password(name: str, client: Client | None = None, **more: str) -> tuple[Client, Any]:
    """The first step, and the answer to it."""
    client = client or Client()
    data = {"username": name, "password": PASSWORD, **more}
    return client, client.post("/login/", data)


def give_code(client: Client, given: str) -> Any:
    return client.post("/login/code/", {"code": given})


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session
