"""Show one company in a project: its roles, progress, questions and people."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from projects.models import Project, Role
from projects.shared.project_page import project_page
from raci.access import Right, person
from vendors.access.decorators import company_page
from vendors.companies import contracts, people
from vendors.companies.forms import CompanyForm, ContractForm
from vendors.models import Member, Vendor
from vendors.progress.progress import board
from vendors.questions import inbox

MOST_QUESTIONS = 20


@require_safe
@company_page(Right.VIEW)
def company(request: HttpRequest, project: Project, vendor: Vendor) -> HttpResponse:
    row = next(iter(board(project, vendor=vendor).companies), None)
    questions = inbox.questions_of(project, company=vendor.uid)
    context = {
        "project": project,
        "company": row,
        "vendor": vendor,
        "contracts": contracts.contracts_of(project, vendor),
        "questions": inbox.summaries_of(project, list(questions[:MOST_QUESTIONS])),
        "people": _people(request, project, vendor),
        "may_manage": project.right >= Right.MANAGE,
    }
    return render(request, "vendors/company.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@project_page(Right.MANAGE)
def new_company(request: HttpRequest, project: Project) -> HttpResponse:
    """Give a role to a company, a new one by its name or an existing one."""
    user = person(request)
    bound = request.POST if request.method == "POST" else None
    form = ContractForm(bound, project=project, initial=request.GET.dict())
    if not form.is_valid():
        context = {"project": project, "form": form, "names": contracts.company_names(project)}
        status = 400 if form.is_bound else 200
        return render(request, "vendors/company_new.html", context, status=status)
    role: Role = form.cleaned_data["role"]
    vendor = contracts.add(role, name=form.cleaned_data["name"], by=user)
    messages.success(request, f"{vendor}を「{role}」の担当会社にしました。")
    return redirect("companies:company", project.slug, vendor.uid)


@require_http_methods(["GET", "HEAD", "POST"])
@company_page(Right.MANAGE)
def contract(request: HttpRequest, project: Project, vendor: Vendor, role: int) -> HttpResponse:
    """Show a role of the company; POST hands it to another company or removes it."""
    found = contracts.contract_of(project, vendor, role)
    if request.method == "POST" and "remove" in request.POST:
        contracts.remove(found, by=person(request))
        messages.success(request, f"{vendor}を「{found.role}」の担当から外しました。")
        return redirect("companies:board", project.slug)
    form = CompanyForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        names = contracts.company_names(project)
        context = {"project": project, "contract": found, "form": form, "names": names}
        status = 400 if form.is_bound else 200
        return render(request, "vendors/contract.html", context, status=status)
    taker = contracts.hand_over(found, name=form.cleaned_data["name"], by=person(request))
    messages.success(request, f"「{found.role}」の担当会社は{taker}です。")
    return redirect("companies:company", project.slug, taker.uid)


def _people(request: HttpRequest, project: Project, vendor: Vendor) -> list[tuple[Member, str]]:
    """Return the company's people, each with why this manager may not change them, or ""."""
    reach = people.reach(project, vendor, by=person(request))
    return [(member, reach.obstacle(member)) for member in people.people_of(project, vendor)]
