"""Create the ASGI application: event streams only; raci.wsgi serves pages."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from raci.wsgi import application as _pages

_stream_application: Any = import_string(settings.STREAM_APPLICATION)
application = _stream_application(_pages.get_response)
