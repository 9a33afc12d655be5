from __future__ import annotations

from django.urls import path

from projects.views import editing
from projects.views.columns import columns, legend, merge
from projects.views.export import export
from projects.views.history import history, history_csv, undo
from projects.views.item import item
from projects.views.matrix import matrix
from projects.views.projects import project_list

app_name = "projects"
urlpatterns = [
    path("", project_list, name="list"),
    path("<slug:slug>/", matrix, name="matrix"),
    path("<slug:slug>/phases/<path:number>/", matrix, name="phase"),
    path("<slug:slug>/items/<str:uid>/", item, name="item"),
    path("<slug:slug>/export.xlsx", export, name="export"),
    path("<slug:slug>/cells/", editing.cells, name="cells"),
    path("<slug:slug>/outline/", editing.outline, name="outline"),
    path("<slug:slug>/undo/", editing.undo, name="undo"),
    path("<slug:slug>/changes/", editing.changes, name="changes"),
    path("<slug:slug>/events/", editing.events, name="events"),
    path("<slug:slug>/columns/", columns, name="columns"),
    path("<slug:slug>/columns/merge/", merge, name="merge"),
    path("<slug:slug>/legend/", legend, name="legend"),
    path("<slug:slug>/history/", history, name="history"),
    path("<slug:slug>/history.csv", history_csv, name="history_csv"),
    path("<slug:slug>/history/<int:number>/undo/", undo, name="undo_act"),
]
