#!/usr/bin/env python
"""Django's command line for the site."""

from __future__ import annotations

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "raci.settings")
    if sys.argv[1:2] == ["demo"]:
        os.environ.setdefault("RACI_PLAIN_HTTP", "1")
    from django.core.management import execute_from_command_line

    from raci.database import UnusableDatabaseError, explain

    try:
        execute_from_command_line(sys.argv)
    except UnusableDatabaseError as error:
        sys.stderr.write(f"{explain(error)}\n")
        sys.exit(2)


if __name__ == "__main__":
    main()
