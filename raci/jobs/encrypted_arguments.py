"""Encrypt arguments of jobs, so that the table and its backups do not reveal them."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings


def seal(values: dict[str, Any]) -> str:
    return _box().encrypt(json.dumps(values).encode()).decode()


def unseal(text: str) -> dict[str, Any]:
    """Decrypt what `seal` returned. Raises cryptography.fernet.InvalidToken."""
    values: dict[str, Any] = json.loads(_box().decrypt(text.encode()))
    return values


def _box() -> Fernet:
    key = hashlib.sha256(b"raci.jobs.encrypted_arguments" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
