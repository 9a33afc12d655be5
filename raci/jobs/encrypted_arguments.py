"""Arguments of jobs that the table of jobs, and whoever reads a backup of it, must not tell."""

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
    """What was sealed with this site's key. cryptography.fernet.InvalidToken for anything else."""
    values: dict[str, Any] = json.loads(_box().decrypt(text.encode()))
    return values


def _box() -> Fernet:
    key = hashlib.sha256(b"raci.jobs.encrypted_arguments" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
