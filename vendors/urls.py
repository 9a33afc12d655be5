from __future__ import annotations

from django.urls import path

from vendors.access.decorators import POST, own
from vendors.questions.task_page import confirm, post_message, task_page
from vendors.tasks.change_views import change_export, change_list
from vendors.tasks.list_views import task_export, task_list

app_name = "vendors"
urlpatterns = [
    path("", own(task_list), name="tasks"),
    path("export.xlsx", own(task_export), name="export"),
    path("changes/", own(change_list), name="changes"),
    path("changes/export.xlsx", own(change_export), name="changes_export"),
    path("confirm/", own(confirm, POST), name="confirm"),
    path("<slug:project>/<str:uid>/", own(task_page), name="task"),
    path("<slug:project>/<str:uid>/say/", own(post_message, POST), name="say"),
]
