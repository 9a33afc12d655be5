"""Authorise the pages of companies and set the role of the database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from projects.models import Project
from projects.shared.project_page import project_page
from raci.access import Right, person
from vendors.access import row_security, seats, security_log
from vendors.access.companies import company_of, known_company

Page = Callable[..., HttpResponse]
SAFE, POST = ("GET", "HEAD"), ("POST",)


def own(page: Page, methods: Sequence[str] = SAFE) -> Page:
    """Pass the page a desk of the person's own companies. 404 for people of none."""

    @require_http_methods(list(methods))
    @wraps(page)
    def wrapped(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        user = person(request)
        with row_security.seen_by(user):
            desk = seats.own_desk(user, base=reverse("vendors:tasks"))
            if not desk.vendors:
                raise Http404
            return page(request, desk, **kwargs)

    return wrapped


def shown(page: Page, *, logged: bool = False) -> Page:
    """Pass managers of the project the page as the company sees it.

    With `logged` the view is recorded in the security log, before the role of the database changes:
    the role of companies may not write there.
    """

    @require_safe
    @project_page(Right.MANAGE)
    @wraps(page)
    def wrapped(
        request: HttpRequest, project: Project, /, company: str, **kwargs: Any
    ) -> HttpResponse:
        user = person(request)
        vendor = company_of(project, company)
        if logged and request.method == "GET":
            security_log.shown_as(vendor, by=user, project=project)
        base = reverse("companies:tasks", args=[project.slug, company])
        with row_security.seen_by(user, shown_as=vendor):
            desk = seats.shown_desk(user, vendor=vendor, project=project, base=base)
            return page(request, desk, **kwargs)

    return wrapped


def company_page(right: Right, *, post: Right | None = None) -> Callable[[Page], Page]:
    """Pass a view a project and its company instead of their slug and uid.

    Responds as `project_page` does, and with 404 for a company that was never in the project.
    """

    def decorate(page: Page) -> Page:
        @project_page(right, post=post)
        @wraps(page)
        def wrapped(
            request: HttpRequest, project: Project, company: str, **kwargs: Any
        ) -> HttpResponse:
            return page(request, project, known_company(project, company), **kwargs)

        return wrapped

    return decorate
