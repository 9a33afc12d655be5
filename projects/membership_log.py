"""Record in the security log who joins and leaves a project."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, post_save, pre_save
from django.dispatch import receiver

from projects.models import Membership
from raci.security_log import log
from raci.security_log.log import Kind
from raci.security_log.receivers import acting


@receiver(pre_save, sender=Membership)
def before_joining(instance: Membership, **_: Any) -> None:
    about: Any = instance
    about.kind_before = _kind(instance) if instance.pk else None


@receiver(post_save, sender=Membership)
def joined(instance: Membership, **_: Any) -> None:
    before = getattr(instance, "kind_before", None)
    if before != instance.kind:
        _tell_membership(instance, before, instance.kind)


@receiver(post_delete, sender=Membership)
def left(instance: Membership, **_: Any) -> None:
    _tell_membership(instance, instance.kind, None)


def _kind(membership: Membership) -> str | None:
    own = Membership.objects.filter(project=membership.project_id, pk=membership.pk)
    return own.order_by().values_list("kind", flat=True).first()


def _tell_membership(membership: Membership, before: str | None, after: str | None) -> None:
    log.record(
        Kind.MEMBERSHIP_CHANGED,
        by=acting(),
        project_id=membership.project_id,
        user=membership.user_id,
        before=before,
        after=after,
    )
