"""Mail invitations to a company's pages."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.urls import reverse

from projects.models import Project
from raci.accounts import invitations
from vendors.mail.outbox import after_commit, body
from vendors.models import Vendor


def send_invitation(request: HttpRequest, project: Project, vendor: Vendor, user: User) -> None:
    """Mail the link for choosing a password, or for signing in to who has one."""
    known = user.has_usable_password()
    place = reverse("login") if known else invitations.link(user)
    context = {
        "project": project.title,
        "company": vendor.name,
        "name": user.get_full_name(),
        "username": user.get_username(),
        "known": known,
        "url": request.build_absolute_uri(place),
    }
    text = body("invited", context)
    after_commit(f"【招待】{project.title}", lambda: [(user, text)])
