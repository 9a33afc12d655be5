"""Read a file and propose a plan for a project, for the command, the demo and the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from projects import intake, store
from projects.domain.grid import Grid, Mark, Role
from projects.domain.plan import Plan, diff
from projects.imports.compare import NO_WISHES, Wishes, compare
from projects.intake.files import xlsx
from projects.intake.readers import any_workbook, json_codec, own_export
from projects.intake.readers.reading import Reading
from projects.intake.sandbox import child_process
from projects.intake.text.column_definitions import Columns, parse_columns, parse_roles
from projects.intake.text.corrections import NO_CHOICES, Choices
from projects.models import Project

# The child may not keep what it compiles: here it is compiled, and kept, once for all children.
COMPILED = (any_workbook, own_export, xlsx)


@dataclass(frozen=True, slots=True)
class Source:
    """The bytes of a file, with the two CSV files that may explain it."""

    data: bytes
    roles: bytes = b""
    columns: bytes = b""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What was understood, and what it would change in the project as it stands."""

    reading: Reading
    plan: Plan


def read(
    source: Source,
    *,
    known_roles: Sequence[Role] = (),
    legend: Sequence[Mark] = (),
    choices: Choices = NO_CHOICES,
) -> Reading:
    """Read a trusted source in this process."""
    roles = parse_roles(source.roles) if source.roles else tuple(known_roles)
    columns: Mapping[int, Columns] = {}
    if source.columns:
        columns = parse_columns(source.columns, role_count=len(roles))
    return intake.read(
        source.data,
        roles=roles,
        columns=columns,
        fixed=bool(source.roles),
        legend=legend,
        choices=choices,
    )


def read_guarded(
    data: bytes,
    *,
    current: Grid,
    roles: Sequence[Role] | None = None,
    columns: bytes = b"",
    choices: Choices = NO_CHOICES,
    cancelled: Callable[[], bool] | None = None,
    progress: Callable[[float], None] | None = None,
) -> Reading:
    """Read an untrusted file in a child process with limits.

    `roles`, where given, are all there are. IntakeError with every cause,
    child_process.CancelledError.
    """
    known = current.roles if roles is None else roles
    arguments = {
        "roles": [json_codec.role_as_json(role) for role in known],
        "fixed": roles is not None,
        "legend": [[m.symbol, m.label, m.leads] for m in current.legend] if known else [],
        "columns": columns.decode("utf-8-sig", "replace"),
        "choices": choices.as_json(),
    }
    return json_codec.from_json(
        child_process.run("read", data, arguments, cancelled=cancelled, progress=progress)
    )


def propose(
    source: Source,
    project: Project | None,
    *,
    title: str = "",
    choices: Choices = NO_CHOICES,
    wishes: Wishes = NO_WISHES,
    trusted: bool = False,
) -> Proposal:
    """Propose a plan for a project, or for an empty one. IntakeError when the file is refused.

    A file of our own is `trusted` and read in this process.
    """
    current = store.load(project) if project else Grid()
    if trusted:
        reading = read(source, known_roles=current.roles, legend=current.legend, choices=choices)
    else:
        reading = read_guarded(
            source.data,
            current=current,
            roles=parse_roles(source.roles) if source.roles else None,
            columns=source.columns,
            choices=choices,
        )
    slug = project.slug if project else ""
    found = compare(reading, current, slug=slug, title=title, wishes=wishes)
    return Proposal(replace(reading, remarks=(*reading.remarks, *found.remarks)), found.plan)


def create(source: Source, *, slug: str, title: str = "", by: store.Person) -> Project:
    """Create a project from a trusted source, or nothing when it is refused."""
    return create_from(propose(source, None, title=title, trusted=True), slug=slug, by=by)


def create_from(proposal: Proposal, *, slug: str, by: store.Person) -> Project:
    """Create a project from a proposal for an empty one."""
    wanted = proposal.plan.after
    with store.change_set(by=by, kind=store.Kind.IMPORT):
        project = store.create(slug=slug, title=wanted.title or slug, by=by)
        plan = diff(store.load(project), replace(wanted, title=project.title))
        store.apply(plan, project=project, by=by, kind=store.Kind.IMPORT)
    return project
