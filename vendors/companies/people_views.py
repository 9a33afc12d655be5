"""Manage a company's people in a project."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from projects.models import Project
from raci.access import Right, name_of, person
from vendors.access.decorators import company_page
from vendors.companies import mail, people
from vendors.companies.forms import InviteForm
from vendors.companies.people import NotAllowedError
from vendors.models import Member, Vendor


@require_http_methods(["GET", "HEAD", "POST"])
@company_page(Right.MANAGE)
def invite(request: HttpRequest, project: Project, vendor: Vendor) -> HttpResponse:
    """Show the invitation form; POST adds the person and mails the link."""
    form = InviteForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        context = {"project": project, "vendor": vendor, "form": form}
        status = 400 if form.is_bound else 200
        return render(request, "vendors/invite.html", context, status=status)
    user = people.invite(project, vendor, **form.cleaned_data, by=person(request))
    mail.send_invitation(request, project, vendor, user)
    messages.success(request, f"{form.cleaned_data['address']}に招待のメールを送ります。")
    return redirect("companies:company", project.slug, vendor.uid)


@require_POST
@company_page(Right.MANAGE)
def invite_again(request: HttpRequest, project: Project, vendor: Vendor, key: int) -> HttpResponse:
    """Mail the link once more."""
    member = people.member_of(project, vendor, key)
    try:
        user = people.invite_again(member, project, by=person(request))
    except NotAllowedError as error:
        return _refused(request, project, vendor, error)
    mail.send_invitation(request, project, vendor, user)
    messages.success(request, f"{user.email}に招待のメールをもう一度送ります。")
    return redirect("companies:company", project.slug, vendor.uid)


@require_http_methods(["GET", "HEAD", "POST"])
@company_page(Right.MANAGE)
def deactivate(request: HttpRequest, project: Project, vendor: Vendor, key: int) -> HttpResponse:
    """Explain what deactivating the person means; POST does it."""
    member = people.member_of(project, vendor, key)
    if request.method != "POST":
        obstacle = people.reach(project, vendor, by=person(request)).obstacle(member)
        context = {"project": project, "vendor": vendor, "member": member, "obstacle": obstacle}
        return render(request, "vendors/deactivate.html", context)
    try:
        people.deactivate(member, project, by=person(request))
    except NotAllowedError as error:
        return _refused(request, project, vendor, error)
    messages.success(request, f"{_name(member)}さんの利用を停止しました。")
    return redirect("companies:company", project.slug, vendor.uid)


@require_POST
@company_page(Right.MANAGE)
def activate(request: HttpRequest, project: Project, vendor: Vendor, key: int) -> HttpResponse:
    """Reactivate the person."""
    member = people.member_of(project, vendor, key)
    try:
        people.activate(member, project, by=person(request))
    except NotAllowedError as error:
        return _refused(request, project, vendor, error)
    messages.success(request, f"{_name(member)}さんの利用を再開しました。")
    return redirect("companies:company", project.slug, vendor.uid)


def _name(member: Member) -> str:
    return name_of(member.user)


def _refused(
    request: HttpRequest, project: Project, vendor: Vendor, error: NotAllowedError
) -> HttpResponse:
    messages.error(request, str(error))
    return redirect("companies:company", project.slug, vendor.uid)
