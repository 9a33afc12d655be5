"""Create the WSGI application. Exits with an explanation without the database."""

from __future__ import annotations

import os
import sys

from django.core.wsgi import get_wsgi_application
from django.db import connection

from raci import database
from raci.database import UnusableDatabaseError, explain, require

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "raci.settings")
application = get_wsgi_application()
try:
    if not database.reached:  # a worker that starts anew in an outage serves the page that says so
        require(connection)
except UnusableDatabaseError as error:
    sys.stderr.write(f"{explain(error)}\n")
    sys.exit(2)
finally:
    connection.close()
