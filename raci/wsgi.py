"""The WSGI application. It says at once, and in words, when the database is not there."""

from __future__ import annotations

import os
import sys

from django.core.wsgi import get_wsgi_application
from django.db import NotSupportedError, OperationalError, connection

from raci.database import explain, require

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "raci.settings")
application = get_wsgi_application()
try:
    require(connection)
except (OperationalError, NotSupportedError) as error:
    sys.exit(explain(error))
finally:
    connection.close()
