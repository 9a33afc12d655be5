"""Triggers shared by the tables: the revision of the project, and the order of the tree."""

from __future__ import annotations

import pgtrigger

# A change set counts once however many statements it takes. pghistory names the act in its
# context id; without one (a psql session) the transaction is the act.
ACT = """COALESCE(
    NULLIF(current_setting('pghistory.context_id', true), ''), pg_current_xact_id()::text
)"""

# The change set of an act, for the projects in `bumped` with their new revisions.
CHANGE_SET = """
INSERT INTO projects_changeset (project_id, number, at, context_id)
SELECT id, revision, now(), NULLIF(current_setting('pghistory.context_id', true), '')::uuid
FROM {bumped}
"""

_BUMP = """
WITH bumped AS (
    UPDATE projects_project SET revision = revision + 1, changed_at = now(), last_act = {act}
    WHERE id IN (SELECT project_id FROM {rows}) AND last_act <> {act}
    RETURNING id, revision
) {change_set};
RETURN NULL;
"""

_ORDER = """
IF EXISTS (
    SELECT 1 FROM changed JOIN projects_workitem above
        ON above.project_id = changed.project_id AND above.id = changed.parent_id
    WHERE above.position >= changed.position
) OR EXISTS (
    SELECT 1 FROM changed JOIN projects_workitem below
        ON below.project_id = changed.project_id AND below.parent_id = changed.id
    WHERE below.position <= changed.position
) THEN
    RAISE EXCEPTION 'a work item must stand below its parent (no cycles)'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'workitem_below_parent';
END IF;
RETURN NULL;
"""


def revision_triggers() -> list[pgtrigger.Trigger]:
    """Raise the project's revision, with a change set, when rows of a table below it change."""
    bump = _BUMP.format(act=ACT, rows="changed", change_set=CHANGE_SET.format(bumped="bumped"))
    return [
        _statement("bump_insert", pgtrigger.Insert, bump, "new"),
        _statement("bump_update", pgtrigger.Update, bump, "new"),
        _statement("bump_delete", pgtrigger.Delete, bump, "old"),
    ]


def order_triggers() -> list[pgtrigger.Trigger]:
    """A row stands after its parent: with total positions this leaves no room for a cycle."""
    return [
        _statement("order_insert", pgtrigger.Insert, _ORDER, "new"),
        _statement("order_update", pgtrigger.Update, _ORDER, "new"),
    ]


def _statement(
    name: str, operation: pgtrigger.Operation, body: str, side: str
) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(**{side: "changed"}),
        func=" ".join(body.split()),
    )
