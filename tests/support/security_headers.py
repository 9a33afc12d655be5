"""The headers that every answer must have."""

from __future__ import annotations

EXACT = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


def check(headers: dict[str, str], *, tls: bool = False) -> None:
    """All that every answer must have."""
    found = {name.lower(): value for name, value in headers.items()}
    assert {name: found.get(name) for name in EXACT} == EXACT
    assert "camera=()" in found["permissions-policy"]
    policy = found["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert found["cache-control"]
    assert found["x-request-id"]
    hsts = found.get("strict-transport-security", "")
    assert ("max-age=31536000" in hsts and "includeSubDomains" in hsts) is tls
