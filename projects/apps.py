from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = "役割分担表"

    def ready(self) -> None:
        import_module("projects.membership_log")
