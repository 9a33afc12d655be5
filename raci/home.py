from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from projects.models import Project
from raci.access import person
from vendors.scope import is_company_person


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Where the person's work is: the projects, the company's tasks, or what to do without."""
    user = person(request)
    if Project.objects.visible_to(user).exists():
        return redirect("projects:list")
    if is_company_person(user):
        return redirect("vendors:tasks")
    return render(request, "home_empty.html")
