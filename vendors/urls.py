from __future__ import annotations

from django.urls import path

from vendors.views.tasks import task_export, task_list

app_name = "vendors"
urlpatterns = [
    path("", task_list, name="tasks"),
    path("export.xlsx", task_export, name="export"),
]
