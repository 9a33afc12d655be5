"""Route the PMO's pages about companies and their tasks, below /projects/."""

from __future__ import annotations

from django.urls import path

from vendors.access.decorators import shown
from vendors.companies import people_views, views
from vendors.progress.reminder_views import remind
from vendors.progress.views import board_export, board_page
from vendors.publishing.views import publish
from vendors.questions.task_page import task_page
from vendors.questions.views import question_list, thread
from vendors.tasks.change_views import change_export, change_list
from vendors.tasks.list_views import task_export, task_list

_ALL = "<slug:slug>/companies/"
_COMPANY = f"{_ALL}<str:company>/"
_PERSON = f"{_COMPANY}people/<int:key>/"

app_name = "companies"
urlpatterns = [
    path("<slug:slug>/editions/new/", publish, name="publish"),
    path("<slug:slug>/questions/", question_list, name="questions"),
    path(_ALL, board_page, name="board"),
    path(f"{_ALL}export.xlsx", board_export, name="board_export"),
    path(f"{_ALL}remind/", remind, name="remind"),
    path(f"{_ALL}new/", views.new_company, name="new"),
    path(_COMPANY, views.company, name="company"),
    path(f"{_COMPANY}roles/<int:role>/", views.contract, name="contract"),
    path(f"{_COMPANY}invite/", people_views.invite, name="invite"),
    path(f"{_PERSON}invite/", people_views.invite_again, name="invite_again"),
    path(f"{_PERSON}deactivate/", people_views.deactivate, name="deactivate"),
    path(f"{_PERSON}activate/", people_views.activate, name="activate"),
    path(f"{_COMPANY}questions/<str:uid>/", thread, name="thread"),
    path(f"{_COMPANY}tasks/", shown(task_list, logged=True), name="tasks"),
    path(f"{_COMPANY}tasks/export.xlsx", shown(task_export), name="tasks_export"),
    path(f"{_COMPANY}tasks/changes/", shown(change_list), name="changes"),
    path(f"{_COMPANY}tasks/changes/export.xlsx", shown(change_export), name="changes_export"),
    path(f"{_COMPANY}tasks/<slug:project>/<str:uid>/", shown(task_page), name="task"),
]
