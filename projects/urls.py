from __future__ import annotations

from django.urls import path

from projects.catalogue.lifecycle_views import archive, copy, reopen
from projects.catalogue.views import project_list
from projects.comparison.views import compare, compare_export
from projects.editing import views
from projects.editing.role_views import columns, legend, merge
from projects.editions.views import edition, edition_export, edition_list
from projects.exports.views import export, export_text, output, output_file, output_status
from projects.findings import actions
from projects.findings.views import checks, checks_export, rows, walk
from projects.history.views import history, history_csv, undo
from projects.imports.actions import apply, cancel, choices, wishes
from projects.imports.views import download, import_list, preview, status
from projects.matrix.item_view import item
from projects.matrix.views import matrix
from projects.workload.views import role, workload, workload_export

app_name = "projects"
urlpatterns = [
    path("", project_list, name="list"),
    path("<slug:slug>/", matrix, name="matrix"),
    path("<slug:slug>/phases/<path:number>/", matrix, name="phase"),
    path("<slug:slug>/items/<str:uid>/", item, name="item"),
    path("<slug:slug>/export.xlsx", export, name="export"),
    path("<slug:slug>/export.csv", export_text, {"suffix": ".csv"}, name="export_csv"),
    path("<slug:slug>/export.md", export_text, {"suffix": ".md"}, name="export_md"),
    path("<slug:slug>/outputs/<int:key>/", output, name="output"),
    path("<slug:slug>/outputs/<int:key>/status/", output_status, name="output_status"),
    path("<slug:slug>/outputs/<int:key>/file.xlsx", output_file, name="output_file"),
    path("<slug:slug>/copy/", copy, name="copy"),
    path("<slug:slug>/archive/", archive, name="archive"),
    path("<slug:slug>/reopen/", reopen, name="reopen"),
    path("<slug:slug>/workload/", workload, name="workload"),
    path("<slug:slug>/workload.xlsx", workload_export, name="workload_export"),
    path("<slug:slug>/roles/<int:role>/", role, name="role"),
    path("<slug:slug>/cells/", views.cells, name="cells"),
    path("<slug:slug>/outline/", views.outline, name="outline"),
    path("<slug:slug>/undo/", views.undo, name="undo"),
    path("<slug:slug>/changes/", views.changes, name="changes"),
    path("<slug:slug>/events/", views.events, name="events"),
    path("<slug:slug>/columns/", columns, name="columns"),
    path("<slug:slug>/columns/merge/", merge, name="merge"),
    path("<slug:slug>/legend/", legend, name="legend"),
    path("<slug:slug>/imports/", import_list, name="imports"),
    path("<slug:slug>/imports/<int:key>/", preview, name="import"),
    path("<slug:slug>/imports/<int:key>/choices/", choices, name="import_choices"),
    path("<slug:slug>/imports/<int:key>/wishes/", wishes, name="import_wishes"),
    path("<slug:slug>/imports/<int:key>/apply/", apply, name="import_apply"),
    path("<slug:slug>/imports/<int:key>/cancel/", cancel, name="import_cancel"),
    path("<slug:slug>/imports/<int:key>/status/", status, name="import_status"),
    path("<slug:slug>/imports/<int:key>/file/", download, name="import_file"),
    path("<slug:slug>/checks/", checks, name="checks"),
    path("<slug:slug>/checks.xlsx", checks_export, name="checks_export"),
    path("<slug:slug>/checks/walk/", walk, name="checks_walk"),
    path("<slug:slug>/checks/rows/", rows, name="checks_rows"),
    path("<slug:slug>/checks/repair/", actions.repair, name="checks_repair"),
    path("<slug:slug>/checks/waive/", actions.waive, name="checks_waive"),
    path("<slug:slug>/checks/waivers/<int:key>/", actions.unwaive, name="checks_unwaive"),
    path("<slug:slug>/checks/share/", actions.share, name="checks_share"),
    path("<slug:slug>/editions/", edition_list, name="editions"),
    path("<slug:slug>/editions/<int:number>/", edition, name="edition"),
    path("<slug:slug>/editions/<int:number>/export.xlsx", edition_export, name="edition_export"),
    path("<slug:slug>/compare/", compare, name="compare"),
    path("<slug:slug>/compare.xlsx", compare_export, name="compare_export"),
    path("<slug:slug>/history/", history, name="history"),
    path("<slug:slug>/history.csv", history_csv, name="history_csv"),
    path("<slug:slug>/history/<int:number>/undo/", undo, name="undo_act"),
]
