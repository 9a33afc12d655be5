"""Below /projects/: what the PMO does with companies and their tasks."""

from __future__ import annotations

from django.urls import path

from vendors.views.desk import shown
from vendors.views.task import task_page
from vendors.views.tasks import task_export, task_list

_COMPANY = "<slug:slug>/companies/<str:company>/"

app_name = "companies"
urlpatterns = [
    path(f"{_COMPANY}tasks/", shown(task_list), name="tasks"),
    path(f"{_COMPANY}tasks/export.xlsx", shown(task_export), name="tasks_export"),
    path(f"{_COMPANY}tasks/<slug:project>/<str:uid>/", shown(task_page), name="task"),
]
