from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig
from django.contrib.admin import site
from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig
from django.core.signals import request_started


class RaciConfig(AppConfig):
    """The site itself: accounts, the security log, and commands."""

    name = "raci"
    verbose_name = "サイト"

    def ready(self) -> None:
        import_module("raci.security_log.receivers")
        # Where no manage.py serve starts it: with the first request, after any fork.
        request_started.connect(import_module("raci.jobs.runner").start_beside_pages)


class AdminConfig(DjangoAdminConfig):
    """Use the site class that hides the admin from people without the right."""

    default_site = "raci.admin.Site"

    def ready(self) -> None:
        super().ready()
        import_module("raci.accounts.admin").arrange(site)
