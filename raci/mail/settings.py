"""Read the settings of mail from the environment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dj_email_url


def mail_settings(environment: Mapping[str, str], *, plain: bool) -> dict[str, Any]:
    """Return Django's EMAIL_* settings, empty when mails cannot be sent.

    Without RACI_EMAIL_URL mails go to the console of a `plain` site and nowhere else: in the log of
    a real server their links would be open to whoever reads it.
    """
    url = environment.get("RACI_EMAIL_URL") or ("console://" if plain else "")
    if not url:
        return {}
    parsed = {key: value for key, value in dj_email_url.parse(url).items() if value is not None}
    return {"EMAIL_TIMEOUT": 10, **parsed}
