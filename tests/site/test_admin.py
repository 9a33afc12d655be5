"""The admin: the same rules as everywhere, and the history under the person's name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from projects import store
from projects.models import Assignment, LegendMark, Membership, Project, Role, WorkItem
from vendors.models import Contract, Vendor

ITEMS = "/admin/projects/workitem/"


@pytest.fixture
def admin(sign_in: Callable[[str], Client]) -> Client:
    return sign_in("admin")


def row_form(item: WorkItem, **changes: Any) -> dict[str, Any]:
    """What the browser would send for the row, with some fields changed."""
    marks = dict(Assignment.objects.filter(item=item).values_list("role", "symbol"))
    data: dict[str, Any] = {
        "number": item.number,
        "name": item.name,
        "parent": item.parent_id or "",
        "description": item.description,
    }
    for role in Role.objects.filter(project=item.project):
        data[f"role_{role.pk}"] = marks.get(role.pk, "")
    return data | changes


def save(client: Client, item: WorkItem, **changes: Any) -> Any:
    return client.post(f"{ITEMS}{item.pk}/change/", row_form(item, **changes))


def last_event(model: str) -> Any:
    events = apps.get_model("projects", model)._default_manager
    return events.select_related("pgh_context").order_by("pgh_id").last()


def test_a_row_has_a_field_for_every_role(admin: Client, besshi10: Project) -> None:
    item = besshi10.items.get(number="71")
    html = admin.get(f"{ITEMS}{item.pk}/change/").content.decode()
    for role in besshi10.roles.all():
        assert f'name="role_{role.pk}"' in html


def test_marks_and_texts_are_saved_and_recorded_under_the_name(
    admin: Client, besshi10: Project
) -> None:
    item = besshi10.items.get(number="7")
    role = besshi10.roles.get(position=1)
    response = save(admin, item, name="新しい名前", **{f"role_{role.pk}": "○"})
    assert response.status_code == 302
    assert besshi10.items.get(number="7").name == "新しい名前"
    assert item.assignments.get(role=role).symbol == "○"
    context = last_event("AssignmentEvent").pgh_context.metadata
    assert (context["name"], context["kind"]) == ("admin", "admin")


def test_an_edit_raises_the_revision_once(admin: Client, besshi10: Project) -> None:
    item = besshi10.items.get(number="7")
    revision = besshi10.revision
    save(admin, item, name="別", description="別")
    besshi10.refresh_from_db()
    assert besshi10.revision == revision + 1


def test_a_moved_row_takes_its_subtree_along_and_everything_is_renumbered(
    admin: Client, besshi10: Project
) -> None:
    heading, target = besshi10.items.get(number="3"), besshi10.items.get(number="15")
    assert save(admin, heading, parent=target.pk).status_code == 302
    grid = store.load(besshi10)
    assert [item.number for item in grid.items] == [str(n) for n in range(1, 649)]
    names = [item.name for item in grid.items]
    assert names.index("実施計画") > names.index("テスト基本計画")


def test_a_row_below_itself_is_refused_at_the_form(admin: Client, besshi10: Project) -> None:
    top, below = besshi10.items.get(number="1"), besshi10.items.get(number="4")
    response = save(admin, top, parent=below.pk)
    assert response.status_code == 200
    assert "自分自身または自分の下位" in response.content.decode()


def test_an_empty_name_is_refused(admin: Client, besshi10: Project) -> None:
    response = save(admin, besshi10.items.get(number="4"), name="　")
    assert response.status_code == 200
    assert besshi10.items.get(number="4").name == "全体実施計画書作成"


def test_a_new_row_stands_last_under_its_parent(admin: Client, besshi10: Project) -> None:
    parent = besshi10.items.get(number="3")
    data = {"project": besshi10.pk, "name": "追加の計画書", "parent": parent.pk, "description": ""}
    assert admin.post(f"{ITEMS}add/", data).status_code == 302
    assert besshi10.items.get(name="追加の計画書").number == "15"


def test_a_new_row_under_a_row_of_another_project_is_refused(
    admin: Client, besshi10: Project
) -> None:
    other = store.create(slug="other", title="別", by=None)
    parent = besshi10.items.get(number="3")
    data = {"project": other.pk, "name": "x", "parent": parent.pk, "description": ""}
    assert "同じ案件の項目" in admin.post(f"{ITEMS}add/", data).content.decode()


def test_deleting_a_heading_deletes_what_is_below(admin: Client, besshi10: Project) -> None:
    heading = besshi10.items.get(number="3")
    assert admin.post(f"{ITEMS}{heading.pk}/delete/", {"post": "yes"}).status_code == 302
    assert besshi10.items.count() == 648 - 12
    assert last_event("WorkItemEvent").pgh_context.metadata["name"] == "admin"


def test_deleting_chosen_rows_renumbers_the_rest(admin: Client, besshi10: Project) -> None:
    chosen = besshi10.items.filter(number__in=["4", "5"]).values_list("pk", flat=True)
    data = {"action": "delete_selected", "_selected_action": list(chosen), "post": "yes"}
    assert admin.post(ITEMS, data).status_code == 302
    assert [i.number for i in store.load(besshi10).items] == [str(n) for n in range(1, 647)]


def test_the_list_shows_the_tree_at_a_constant_cost(
    admin: Client, besshi10: Project, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(14):
        html = admin.get(ITEMS).content.decode()
    assert '<span class="level-4">全体実施計画書作成</span>' in html


def project_form(project: Project, **changes: Any) -> dict[str, Any]:
    marks = list(LegendMark.objects.filter(project=project))
    data: dict[str, Any] = {
        "slug": project.slug,
        "title": project.title,
        "document_number": project.document_number,
        "issuer": project.issuer,
        "date": project.date,
        "numbering": project.numbering,
        "lead_share": project.lead_share,
        "legend-TOTAL_FORMS": len(marks),
        "legend-INITIAL_FORMS": len(marks),
        "memberships-TOTAL_FORMS": 0,
        "memberships-INITIAL_FORMS": 0,
    }
    for place, mark in enumerate(marks):
        for name in ("id", "position", "symbol", "label"):
            data[f"legend-{place}-{name}"] = getattr(mark, name)
        if mark.leads:
            data[f"legend-{place}-leads"] = "on"
    return data | changes


def test_a_mark_in_use_cannot_be_deleted_from_the_legend(
    admin: Client, besshi10: Project, cast: Any
) -> None:
    Membership.objects.all().delete()
    data = project_form(besshi10, **{"legend-0-DELETE": "on"})
    response = admin.post(f"/admin/projects/project/{besshi10.pk}/change/", data)
    assert response.status_code == 200
    assert "530個のセルで使われている" in response.content.decode()


def test_a_renamed_symbol_is_renamed_in_the_cells(
    admin: Client, besshi10: Project, cast: Any
) -> None:
    Membership.objects.all().delete()
    data = project_form(besshi10, **{"legend-0-symbol": "●"})
    response = admin.post(f"/admin/projects/project/{besshi10.pk}/change/", data)
    assert response.status_code == 302
    assert Assignment.objects.filter(symbol="●").count() == 530


def test_a_wrong_date_is_refused(admin: Client, besshi10: Project) -> None:
    Membership.objects.all().delete()
    data = project_form(besshi10, date="平成26年")
    response = admin.post(f"/admin/projects/project/{besshi10.pk}/change/", data)
    assert response.status_code == 200
    besshi10.refresh_from_db()
    assert besshi10.date == "2014-05"


def test_a_role_is_renamed_under_the_persons_name(admin: Client, besshi10: Project) -> None:
    role = besshi10.roles.get(position=12)
    data = {"position": 12, "name": "機構LAN保守業者等", "short_name": "", "kind": "vendor",
            "aliases": "機械LAN保守業者"}  # fmt: skip
    assert admin.post(f"/admin/projects/role/{role.pk}/change/", data).status_code == 302
    event = last_event("RoleEvent")
    assert event.name == "機構LAN保守業者等"
    assert event.pgh_context.metadata["name"] == "admin"


def test_two_roles_on_one_place_are_refused_at_the_form(admin: Client, besshi10: Project) -> None:
    role = besshi10.roles.get(position=12)
    data = {"position": 1, "name": role.name, "short_name": "", "kind": "vendor", "aliases": ""}
    response = admin.post(f"/admin/projects/role/{role.pk}/change/", data)
    assert "この順序の列は既にあります" in response.content.decode()


def test_two_marks_on_one_place_are_refused_at_the_form(
    admin: Client, besshi10: Project, cast: Any
) -> None:
    Membership.objects.all().delete()
    data = project_form(besshi10, **{"legend-0-position": 2})
    response = admin.post(f"/admin/projects/project/{besshi10.pk}/change/", data)
    assert response.status_code == 200
    positions = besshi10.legend.values_list("position", flat=True)
    assert sorted(positions) == [1, 2]


def test_a_role_under_contract_cannot_be_deleted(
    admin: Client, besshi10: Project, cast: Any
) -> None:
    role = besshi10.roles.get(name="保守業者")
    admin.post(f"/admin/projects/role/{role.pk}/delete/", {"post": "yes"})
    assert besshi10.roles.filter(name="保守業者").exists()


def test_a_contract_for_a_role_of_another_project_is_refused(
    admin: Client, besshi10: Project
) -> None:
    other = store.create(slug="other", title="別", by=None)
    role = besshi10.roles.get(position=1)
    data = {
        "name": "新会社",
        "contracts-TOTAL_FORMS": 1,
        "contracts-INITIAL_FORMS": 0,
        "contracts-0-project": other.pk,
        "contracts-0-role": role.pk,
        "members-TOTAL_FORMS": 0,
        "members-INITIAL_FORMS": 0,
    }
    response = admin.post("/admin/vendors/vendor/add/", data)
    assert "選んだ案件の列" in response.content.decode()
    assert not Vendor.objects.filter(name="新会社").exists()


def test_a_published_project_cannot_be_deleted(admin: Client, besshi10: Project) -> None:
    url = f"/admin/projects/project/{besshi10.pk}/delete/"
    assert "第1版" in admin.post(url, {"post": "yes"}).content.decode()
    assert Project.objects.exists()


def test_a_project_with_contracts_can_be_deleted_as_a_whole(
    admin_client: Client, besshi10: Project
) -> None:
    vendor = Vendor.objects.create(name="会社")
    Contract.objects.create(vendor=vendor, project=besshi10, role=besshi10.roles.all()[0])
    admin = admin_client
    url = f"/admin/projects/project/{besshi10.pk}/delete/"
    assert admin.post(url, {"post": "yes"}).status_code == 302
    assert not Project.objects.exists()
    assert not Contract.objects.exists()
