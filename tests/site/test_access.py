"""Every URL × method × person. A URL that is not listed here fails the tests."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from projects.imports import proposal
from projects.models import Import, Output, Project
from tests.support import besshi10 as documents
from tests.support.people import PASSWORD
from vendors.models import Contract, Member, Question

LISTED = ("anonymous", "outsider", "vendor", "vendor2", "viewer", "editor", "manager", "admin")
# person: like whom of those listed. `both` works for the companies of vendor and of vendor2;
# `former` and `gone` did for that of vendor, and `gone` may no more sign in.
ALIKE = {"both": "vendor", "former": "outsider", "gone": "anonymous"}
PEOPLE = (*LISTED, *ALIKE)
LOGIN = 302


def _all(status: int) -> tuple[int, ...]:
    """The same for everybody, also for those who are not signed in."""
    return (status,) * len(LISTED)


def _signed_in(status: int) -> tuple[int, ...]:
    return (LOGIN, *_all(status)[1:])


TABLE: dict[tuple[str, str], tuple[int, ...]] = {
    # route, method: status for each of LISTED
    ("healthz", "GET"): (200, 200, 200, 200, 200, 200, 200, 200),
    ("healthz", "POST"): (405, 405, 405, 405, 405, 405, 405, 405),
    ("readyz", "GET"): (200, 200, 200, 200, 200, 200, 200, 200),
    ("readyz", "POST"): (405, 405, 405, 405, 405, 405, 405, 405),
    ("metrics", "GET"): _all(404),
    ("metrics", "POST"): _all(404),
    ("", "GET"): _signed_in(200),
    ("login/", "GET"): (200, 302, 302, 302, 302, 302, 302, 302),
    ("login/", "POST"): (200, 302, 302, 302, 302, 302, 302, 302),
    ("login/code/", "GET"): _all(LOGIN),
    ("login/code/", "POST"): _all(LOGIN),
    ("login/passkey/", "GET"): _all(302),
    ("login/passkey/", "POST"): _all(302),
    ("login/sso/", "GET"): _all(405),
    ("login/sso/", "POST"): _all(404),
    ("login/sso/callback/", "GET"): _all(404),
    ("login/sso/callback/", "POST"): _all(404),
    ("logout/", "GET"): _all(405),
    ("logout/", "POST"): _all(302),
    ("invitations/<str:uidb64>/<str:token>/", "GET"): _all(410),
    ("invitations/<str:uidb64>/<str:token>/", "POST"): _all(410),
    ("password/", "GET"): _signed_in(200),
    ("password/", "POST"): _signed_in(200),
    ("password/done/", "GET"): _signed_in(200),
    ("password/done/", "POST"): _signed_in(405),
    ("password/reset/", "GET"): _all(200),
    ("password/reset/", "POST"): _all(200),
    ("password/reset/sent/", "GET"): _all(200),
    ("password/reset/sent/", "POST"): _all(405),
    ("password/reset/done/", "GET"): _all(200),
    ("password/reset/done/", "POST"): _all(405),
    ("password/reset/<str:uidb64>/<str:token>/", "GET"): _all(200),
    ("password/reset/<str:uidb64>/<str:token>/", "POST"): _all(200),
    ("account/", "GET"): _signed_in(200),
    ("account/", "POST"): _signed_in(405),
    ("account/confirm/", "GET"): _signed_in(200),
    ("account/confirm/", "POST"): _signed_in(200),
    # there only for people with a code or a passkey: on to the way that they have
    ("account/confirm/code/", "GET"): _signed_in(302),
    ("account/confirm/code/", "POST"): _signed_in(302),
    ("account/confirm/passkey/", "GET"): _signed_in(302),
    ("account/confirm/passkey/", "POST"): _signed_in(302),
    # only after the person has just been confirmed
    ("account/app/", "GET"): _signed_in(302),
    ("account/app/", "POST"): _signed_in(302),
    ("account/app/remove/", "GET"): _signed_in(404),
    ("account/app/remove/", "POST"): _signed_in(404),
    ("account/codes/", "GET"): _signed_in(404),
    ("account/codes/", "POST"): _signed_in(405),
    ("account/codes/new/", "GET"): _signed_in(302),
    ("account/codes/new/", "POST"): _signed_in(302),
    ("account/codes/download/", "GET"): _signed_in(404),
    ("account/codes/download/", "POST"): _signed_in(404),
    ("account/passkeys/add/", "GET"): _signed_in(302),
    ("account/passkeys/add/", "POST"): _signed_in(302),
    ("account/passkeys/<int:pk>/", "GET"): _signed_in(302),
    ("account/passkeys/<int:pk>/", "POST"): _signed_in(302),
    ("account/passkeys/<int:pk>/remove/", "GET"): _signed_in(302),
    ("account/passkeys/<int:pk>/remove/", "POST"): _signed_in(302),
    ("projects/", "GET"): (LOGIN, 404, 404, 404, 200, 200, 200, 200),
    ("projects/", "POST"): (LOGIN, 405, 405, 405, 405, 405, 405, 405),
    ("projects/<slug:slug>/", "GET"): (LOGIN, 404, 404, 404, 200, 200, 200, 200),
    ("projects/<slug:slug>/", "POST"): (LOGIN, 405, 405, 405, 405, 405, 405, 405),
    ("projects/<slug:slug>/phases/<path:number>/", "GET"): (
        LOGIN, 404, 404, 404, 200, 200, 200, 200,
    ),
    ("projects/<slug:slug>/phases/<path:number>/", "POST"): (
        LOGIN, 405, 405, 405, 405, 405, 405, 405,
    ),
    ("projects/<slug:slug>/items/<str:uid>/", "GET"): (LOGIN, 404, 404, 404, 200, 200, 200, 200),
    ("projects/<slug:slug>/items/<str:uid>/", "POST"): (LOGIN, 405, 405, 405, 405, 405, 405, 405),
    ("projects/<slug:slug>/export.xlsx", "GET"): (LOGIN, 404, 404, 404, 200, 200, 200, 200),
    ("projects/<slug:slug>/export.xlsx", "POST"): (LOGIN, 405, 405, 405, 405, 405, 405, 405),
    ("projects/<slug:slug>/cells/", "GET"): (LOGIN, 405, 405, 405, 405, 405, 405, 405),
    ("projects/<slug:slug>/cells/", "POST"): (LOGIN, 404, 404, 404, 403, 400, 400, 400),
    ("projects/<slug:slug>/outline/", "GET"): (LOGIN, 405, 405, 405, 405, 405, 405, 405),
    ("projects/<slug:slug>/outline/", "POST"): (LOGIN, 404, 404, 404, 403, 400, 400, 400),
    ("projects/<slug:slug>/undo/", "GET"): (LOGIN, 405, 405, 405, 405, 405, 405, 405),
    ("projects/<slug:slug>/undo/", "POST"): (LOGIN, 404, 404, 404, 403, 400, 400, 400),
    ("projects/<slug:slug>/changes/", "GET"): (LOGIN, 404, 404, 404, 400, 400, 400, 400),
    ("projects/<slug:slug>/changes/", "POST"): (LOGIN, 405, 405, 405, 405, 405, 405, 405),
    ("projects/<slug:slug>/events/", "GET"): (LOGIN, 404, 404, 404, 204, 204, 204, 204),
    ("projects/<slug:slug>/events/", "POST"): (LOGIN, 405, 405, 405, 405, 405, 405, 405),
    ("projects/<slug:slug>/columns/", "GET"): (LOGIN, 404, 404, 404, 403, 200, 200, 200),
    ("projects/<slug:slug>/columns/", "POST"): (LOGIN, 404, 404, 404, 403, 400, 400, 400),
    ("projects/<slug:slug>/columns/merge/", "GET"): (LOGIN, 404, 404, 404, 403, 400, 400, 400),
    ("projects/<slug:slug>/columns/merge/", "POST"): (LOGIN, 404, 404, 404, 403, 400, 400, 400),
    ("projects/<slug:slug>/legend/", "GET"): (LOGIN, 404, 404, 404, 403, 200, 200, 200),
    ("projects/<slug:slug>/legend/", "POST"): (LOGIN, 404, 404, 404, 403, 400, 400, 400),
    ("projects/<slug:slug>/imports/", "GET"): (LOGIN, 404, 404, 404, 200, 200, 200, 200),
    ("projects/<slug:slug>/imports/", "POST"): (LOGIN, 404, 404, 404, 403, 400, 400, 400),
    ("projects/<slug:slug>/imports/<int:key>/", "GET"): (
        LOGIN, 404, 404, 404, 200, 200, 200, 200,
    ),
    ("projects/<slug:slug>/imports/<int:key>/", "POST"): (
        LOGIN, 405, 405, 405, 405, 405, 405, 405,
    ),
    ("projects/<slug:slug>/imports/<int:key>/status/", "GET"): (
        LOGIN, 404, 404, 404, 200, 200, 200, 200,
    ),
    ("projects/<slug:slug>/imports/<int:key>/status/", "POST"): (
        LOGIN, 405, 405, 405, 405, 405, 405, 405,
    ),
    ("projects/<slug:slug>/imports/<int:key>/file/", "GET"): (
        LOGIN, 404, 404, 404, 403, 403, 200, 200,
    ),
    ("projects/<slug:slug>/imports/<int:key>/file/", "POST"): (
        LOGIN, 405, 405, 405, 405, 405, 405, 405,
    ),
    **{
        (f"projects/<slug:slug>/imports/<int:key>/{step}/", method): statuses
        for step, posted in (("choices", 302), ("wishes", 409), ("apply", 409), ("cancel", 302))
        for method, statuses in (
            ("GET", (LOGIN, 405, 405, 405, 405, 405, 405, 405)),
            ("POST", (LOGIN, 404, 404, 404, 403, posted, posted, posted)),
        )
    },
    ("projects/<slug:slug>/compare/", "GET"): (LOGIN, 404, 404, 404, 200, 200, 200, 200),
    ("projects/<slug:slug>/compare/", "POST"): (LOGIN, 405, 405, 405, 405, 405, 405, 405),
    ("projects/<slug:slug>/compare.xlsx", "GET"): (LOGIN, 404, 404, 404, 200, 200, 200, 200),
    ("projects/<slug:slug>/compare.xlsx", "POST"): (LOGIN, 405, 405, 405, 405, 405, 405, 405),
    ("projects/<slug:slug>/history/", "GET"): (LOGIN, 404, 404, 404, 200, 200, 200, 200),
    ("projects/<slug:slug>/history/", "POST"): (LOGIN, 405, 405, 405, 405, 405, 405, 405),
    ("projects/<slug:slug>/history.csv", "GET"): (LOGIN, 404, 404, 404, 200, 200, 200, 200),
    ("projects/<slug:slug>/history.csv", "POST"): (LOGIN, 405, 405, 405, 405, 405, 405, 405),
    ("projects/<slug:slug>/history/<int:number>/undo/", "GET"): (
        LOGIN, 404, 404, 404, 403, 200, 200, 200,
    ),
    ("projects/<slug:slug>/history/<int:number>/undo/", "POST"): (
        LOGIN, 404, 404, 404, 403, 409, 409, 409,
    ),
    **{
        (f"projects/<slug:slug>/{act}/", method): (LOGIN, 404, 404, 404, 403, 403, status, status)
        for act, posted in (("copy", 400), ("archive", 302), ("reopen", 302))
        for method, status in (("GET", 200), ("POST", posted))
    },
    **{
        (f"projects/<slug:slug>/{place}", method): statuses
        for place in ("checks/", "checks.xlsx", "checks/walk/", "checks/rows/")
        for method, statuses in (
            ("GET", (LOGIN, 404, 404, 404, 200, 200, 200, 200)),
            ("POST", (LOGIN, 405, 405, 405, 405, 405, 405, 405)),
        )
    },
    **{
        (f"projects/<slug:slug>/checks/{act}/", method): statuses
        for act, posted in (
            ("repair", (400, 400, 400)),
            ("waive", (400, 400, 400)),
            ("waivers/<int:key>", (404, 404, 404)),
            ("share", (403, 400, 400)),
        )
        for method, statuses in (
            ("GET", (LOGIN, 405, 405, 405, 405, 405, 405, 405)),
            ("POST", (LOGIN, 404, 404, 404, 403, *posted)),
        )
    },
    ("projects/<slug:slug>/security/", "GET"): (LOGIN, 404, 404, 404, 403, 403, 200, 200),
    ("projects/<slug:slug>/security/", "POST"): (LOGIN, 405, 405, 405, 405, 405, 405, 405),
    **{
        (f"projects/<slug:slug>/{place}", method): statuses
        for place in (
            "workload/",
            "workload.xlsx",
            "roles/<int:role>/",
            "editions/",
            "editions/<int:number>/",
            "editions/<int:number>/export.xlsx",
            "export.csv",
            "export.md",
            "outputs/<int:key>/",
            "outputs/<int:key>/status/",
            "outputs/<int:key>/file.xlsx",
            "questions/",
            "companies/",
            "companies/export.xlsx",
            "companies/<str:company>/",
        )
        for method, statuses in (
            ("GET", (LOGIN, 404, 404, 404, 200, 200, 200, 200)),
            ("POST", (LOGIN, 405, 405, 405, 405, 405, 405, 405)),
        )
    },
    **{
        (f"projects/<slug:slug>/{place}", method): (
            LOGIN, 404, 404, 404, 403, 403, status, status,
        )
        for place in (
            "editions/new/",
            "companies/remind/",
            "companies/new/",
            "companies/<str:company>/roles/<int:role>/",
            "companies/<str:company>/invite/",
        )
        for method, status in (("GET", 200), ("POST", 400))
    },
    **{
        (f"projects/<slug:slug>/companies/<str:company>/people/<int:key>/{act}/", method): statuses
        for act in ("deactivate", "activate", "invite")
        for method, statuses in (
            (
                "GET",
                (LOGIN, 404, 404, 404, 403, 403, 200, 200)
                if act == "deactivate"
                else (LOGIN, 405, 405, 405, 405, 405, 405, 405),
            ),
            ("POST", (LOGIN, 404, 404, 404, 403, 403, 302, 302)),
        )
    },
    ("projects/<slug:slug>/companies/<str:company>/questions/<str:uid>/", "GET"): (
        LOGIN, 404, 404, 404, 200, 200, 200, 200,
    ),
    ("projects/<slug:slug>/companies/<str:company>/questions/<str:uid>/", "POST"): (
        LOGIN, 404, 404, 404, 403, 400, 400, 400,
    ),
    **{
        (f"projects/<slug:slug>/companies/<str:company>/tasks/{place}", method): statuses
        for place in (
            "",
            "export.xlsx",
            "changes/",
            "changes/export.xlsx",
            "<slug:project>/<str:uid>/",
        )
        for method, statuses in (
            ("GET", (LOGIN, 404, 404, 404, 403, 403, 200, 200)),
            ("POST", (LOGIN, 405, 405, 405, 405, 405, 405, 405)),
        )
    },
    ("tasks/", "GET"): (LOGIN, 404, 200, 200, 404, 404, 404, 404),
    ("tasks/", "POST"): (LOGIN, 405, 405, 405, 405, 405, 405, 405),
    ("tasks/export.xlsx", "GET"): (LOGIN, 404, 200, 200, 404, 404, 404, 404),
    ("tasks/export.xlsx", "POST"): (LOGIN, 405, 405, 405, 405, 405, 405, 405),
    ("tasks/changes/", "GET"): (LOGIN, 404, 200, 200, 404, 404, 404, 404),
    ("tasks/changes/", "POST"): (LOGIN, 405, 405, 405, 405, 405, 405, 405),
    ("tasks/changes/export.xlsx", "GET"): (LOGIN, 404, 200, 200, 404, 404, 404, 404),
    ("tasks/changes/export.xlsx", "POST"): (LOGIN, 405, 405, 405, 405, 405, 405, 405),
    ("tasks/confirm/", "GET"): (LOGIN, 405, 405, 405, 405, 405, 405, 405),
    ("tasks/confirm/", "POST"): (LOGIN, 404, 400, 400, 404, 404, 404, 404),
    ("tasks/<slug:project>/<str:uid>/", "GET"): (LOGIN, 404, 200, 404, 404, 404, 404, 404),
    ("tasks/<slug:project>/<str:uid>/", "POST"): (LOGIN, 405, 405, 405, 405, 405, 405, 405),
    ("tasks/<slug:project>/<str:uid>/say/", "GET"): (LOGIN, 405, 405, 405, 405, 405, 405, 405),
    ("tasks/<slug:project>/<str:uid>/say/", "POST"): (LOGIN, 404, 404, 404, 404, 404, 404, 404),
}  # fmt: skip
ADMIN = (LOGIN, 404, 404, 404, 404, 404, 404)
ADMIN_PAGES = (
    "admin/",
    "admin/projects/project/",
    "admin/projects/project/add/",
    "admin/projects/role/",
    "admin/projects/role/add/",
    "admin/projects/workitem/",
    "admin/projects/workitem/add/",
    "admin/vendors/vendor/",
    "admin/vendors/vendor/add/",
    "admin/auth/user/",
    "admin/auth/group/",
    "admin/mfa/authenticator/",
)


@pytest.fixture
def besshi10(db: None) -> Project:
    """Its beginning: who may do what does not depend on the size."""
    return proposal.create_from(documents.beginning(), slug="besshi10", by=None)


@pytest.fixture
def cast(cast: dict[str, User]) -> dict[str, User]:
    """The people of every test, and those who are like one of them."""
    employers = [Member.objects.get(user=cast[name]).vendor for name in ("vendor", "vendor2")]
    for name in ALIKE:
        cast[name] = User.objects.create_user(name, password=PASSWORD)
    for vendor in employers:
        Member.objects.create(vendor=vendor, user=cast["both"])
    Member.objects.create(vendor=employers[0], user=cast["former"], active=False)
    Member.objects.create(vendor=employers[0], user=cast["gone"])
    User.objects.filter(pk=cast["gone"].pk).update(is_active=False)
    return cast


def place_of(name: str) -> int:
    """The column of one of PEOPLE."""
    return LISTED.index(ALIKE.get(name, name))


def routes(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[str]:
    """Every route of the site; the admin counts as one, its pages are tested below."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern) or route == "admin/":
            yield route
        else:
            yield from routes(pattern, route)


def address(route: str, project: Project) -> str:
    item = project.items.get(number="7" if "tasks/" in route else "71")
    upload, _ = Import.objects.get_or_create(
        project=project, defaults={"state": "refused", "file": b"x", "file_name": "x", "size": 1}
    )
    output, _ = Output.objects.get_or_create(
        project=project, asked="matrix", revision=1, defaults={"data": b"x", "file_name": "x"}
    )
    filled = route.replace("<slug:slug>", project.slug).replace("<path:number>", "30")
    filled = filled.replace("outputs/<int:key>", f"outputs/{output.pk}")
    filled = re.sub("<str:(uidb64|token)>|<int:pk>", "0", filled)
    filled = filled.replace("<int:number>", "1").replace("<int:key>", str(upload.pk))
    return "/" + filled.replace("<str:uid>", item.uid).replace("<slug:project>", project.slug)


def company_address(route: str, project: Project) -> str:
    """The same for a page about the company of `vendor`, who has a question about item 71."""
    member = Member.objects.get(user__username="vendor")
    uid = project.items.get(number="71").uid
    Question.objects.get_or_create(project=project, vendor=member.vendor, uid=uid)
    contract = Contract.objects.get(project=project, vendor=member.vendor)
    filled = route.replace("<str:company>", member.vendor.uid)
    filled = filled.replace("<int:role>", str(contract.role_id))
    return address(filled.replace("people/<int:key>", f"people/{member.pk}"), project)


def test_every_url_is_in_the_table() -> None:
    listed = {route for route, _ in TABLE} | {"admin/"}
    assert set(routes()) == listed


@pytest.mark.parametrize("name", PEOPLE)
def test_status_of_every_url_for(
    name: str, besshi10: Project, sign_in: Callable[[str], Client]
) -> None:
    place = place_of(name)
    found, wanted = {}, {}
    for (route, method), statuses in TABLE.items():
        client = sign_in(name)
        response = client.generic(method, company_address(route, besshi10))
        found[route, method] = response.status_code
        wanted[route, method] = statuses[place]
    assert {k: (found[k], wanted[k]) for k in found if found[k] != wanted[k]} == {}


@pytest.mark.parametrize("name", ["anonymous", "vendor", "manager"])
def test_other_methods_tell_and_do_no_more(
    name: str, besshi10: Project, sign_in: Callable[[str], Client]
) -> None:
    """HEAD is like GET; what no view knows is refused, by whoever is asked first."""
    client, found = sign_in(name), {}
    for route, method in TABLE:
        if method == "GET":
            wanted = {"HEAD": {TABLE[route, "GET"][place_of(name)]}}
            wanted |= {other: {302, 403, 404, 405, 410} for other in ("PUT", "PATCH", "DELETE")}
            for other, statuses in wanted.items():
                if (route, other) not in TABLE:
                    response = client.generic(other, company_address(route, besshi10))
                    if response.status_code not in statuses:
                        found[route, other] = response.status_code
    assert found == {}


@pytest.mark.parametrize("name", PEOPLE)
def test_the_admin_is_there_only_for_administrators(
    name: str, besshi10: Project, sign_in: Callable[[str], Client]
) -> None:
    client = sign_in(name)
    wanted = 200 if name == "admin" else ADMIN[place_of(name)]
    pages = (*ADMIN_PAGES, f"admin/projects/project/{besshi10.pk}/change/")
    assert {page: client.get(f"/{page}").status_code for page in pages} == dict.fromkeys(
        pages, wanted
    )


@pytest.mark.parametrize("name", ["outsider", "vendor", "both", "former", "viewer", "manager"])
def test_the_admin_login_is_not_there_for_people_without_the_right(
    name: str, sign_in: Callable[[str], Client]
) -> None:
    assert sign_in(name).get("/admin/login/").status_code == 404


@pytest.mark.parametrize("name", ["outsider", "vendor", "both", "former"])
def test_a_foreign_project_looks_like_one_that_does_not_exist(
    name: str, besshi10: Project, sign_in: Callable[[str], Client]
) -> None:
    client = sign_in(name)
    foreign = client.get(f"/projects/{besshi10.slug}/")
    absent = client.get("/projects/no-such-project/")
    assert (foreign.status_code, foreign.content) == (absent.status_code, absent.content)


def test_a_deactivated_person_is_signed_out_at_once(
    besshi10: Project, cast: dict[str, User], sign_in: Callable[[str], Client]
) -> None:
    client = sign_in("editor")
    assert client.get("/projects/besshi10/").status_code == 200
    User.objects.filter(pk=cast["editor"].pk).update(is_active=False)
    assert client.get("/projects/besshi10/").status_code == 302


@pytest.mark.parametrize("path", ["/login/", "/projects/besshi10/", "/projects/nothing/", "/x/"])
def test_every_answer_carries_the_security_headers(
    path: str, sign_in: Callable[[str], Client]
) -> None:
    response = sign_in("viewer").get(path)
    policy = response["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "camera=()" in response["Permissions-Policy"]
