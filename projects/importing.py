"""A file → the plan for a project → the project. Serves the command, the demo and the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from projects import intake, store
from projects.grid import Grid, Role, ancestors, index_of, parents, subtree_ends
from projects.intake.columns import Columns, parse_columns, parse_roles
from projects.intake.reading import Reading
from projects.intake.remarks import Code, Place, Problem, Refused, Remark
from projects.models import Project
from projects.plan import Plan, diff, matched


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


def read(source: Source, *, known_roles: Sequence[Role] = ()) -> Reading:
    """The reading of a source; `known_roles` are the project's, used without a roles file."""
    roles = parse_roles(source.roles) if source.roles else tuple(known_roles)
    columns: Mapping[int, Columns] = {}
    if source.columns:
        columns = parse_columns(source.columns, role_count=len(roles))
    return intake.read(source.data, roles=roles, columns=columns)


def propose(source: Source, project: Project | None, *, title: str = "") -> Proposal:
    """The proposal for a project, or for an empty one. Refused when the file is not taken."""
    current = store.load(project) if project else Grid()
    reading = read(source, known_roles=current.roles)
    wanted = reading.grid
    if reading.part:
        wanted = _grafted(current, wanted, reading.part)
    wanted = matched(current, _filled(current, wanted, title))
    if reading.project and project and reading.project != project.slug:
        reading = replace(reading, remarks=(*reading.remarks, _from_elsewhere(reading)))
    return Proposal(reading, diff(current, wanted))


def create(source: Source, *, slug: str, title: str = "", by: store.Person) -> Project:
    """A new project with what the source says, or nothing at all when it is refused."""
    return create_from(propose(source, None, title=title), slug=slug, by=by)


def create_from(proposal: Proposal, *, slug: str, by: store.Person) -> Project:
    """A new project as a proposal for an empty one wants it."""
    wanted = proposal.plan.after
    with store.change_set(by=by, kind=store.Kind.IMPORT):
        project = store.create(slug=slug, title=wanted.title or slug, by=by)
        plan = diff(store.load(project), replace(wanted, title=project.title))
        store.apply(plan, project=project, by=by, kind=store.Kind.IMPORT)
    return project


def _filled(current: Grid, wanted: Grid, title: str) -> Grid:
    """The wanted grid with the project's own texts where the file says nothing."""
    return replace(
        wanted,
        title=title or wanted.title or current.title,
        document_number=wanted.document_number or current.document_number,
        issuer=wanted.issuer or current.issuer,
        date=wanted.date or current.date,
    )


def _grafted(current: Grid, part: Grid, top: str) -> Grid:
    """The current grid with one subtree as the file has it. Refused when that is not there."""
    try:
        at = index_of(current, top)
    except KeyError as error:
        message = "この部分ファイルの元になった区分が、案件にもうありません。"
        raise Refused(Problem(message)) from error
    if [role.name for role in part.roles] != [role.name for role in current.roles]:
        raise Refused(
            Problem("部分ファイルの列が案件の列と異なります。全体を出力し直してください。")
        )
    rows = part.items[_start_of(part, top) :]
    end = subtree_ends(current.items)[at]
    above = len(ancestors(parents(current.items), at))
    shift = above + 1 - rows[0].level
    branch = tuple(replace(item, level=item.level + shift) for item in rows)
    return replace(current, items=current.items[:at] + branch + current.items[end:])


def _start_of(part: Grid, top: str) -> int:
    try:
        return index_of(part, top)
    except KeyError as error:
        raise Refused(Problem("部分ファイルに、出力した区分の行がありません。")) from error


def _from_elsewhere(reading: Reading) -> Remark:
    message = "別の案件から出力されたファイルです。"
    return Remark(Place("識別情報"), Code.OTHER_PROJECT, reading.project, message)
