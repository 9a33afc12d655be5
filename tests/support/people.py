"""What the people of the tests sign in with."""

from __future__ import annotations

PASSWORD = "correct horse battery staple"
