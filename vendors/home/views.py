"""Show the start page of PMO people, of companies' people, or of both."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from raci.access import person
from vendors.access.seats import is_company_person
from vendors.home.desk import pmo_desk
from vendors.home.summary import own_work


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show what waits for the person, or what to do without a project."""
    user = person(request)
    desk = pmo_desk(user)
    work = own_work(user) if is_company_person(user) else None
    if desk is None and work is None:
        return render(request, "home_empty.html")
    return render(request, "home.html", {"desk": desk, "work": work})
