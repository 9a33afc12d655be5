"""The findings of a project with what people said about them: open, waived, or to look at again."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.core.cache import cache, caches
from django.db import transaction

from projects import checks, store
from projects.checks import Change, Code, Finding
from projects.grid import Grid, index_of, parents, subtree_ends
from projects.models import Project, Waiver
from projects.plan import ItemLine, Plan
from projects.store import Kind, Person
from projects.whereabouts import Whereabouts, about
from raci.conditional import cache_key

MOST_CELLS = 100_000


class State(StrEnum):
    """AGAIN: it was waived, and what it is about has changed since."""

    OPEN = "open"
    AGAIN = "again"
    WAIVED = "waived"


@dataclass(frozen=True, slots=True)
class Judged:
    """A finding with the waiver that holds, or held, for it."""

    finding: Finding
    state: State = State.OPEN
    waiver: Waiver | None = None

    @property
    def is_open(self) -> bool:
        return self.state is not State.WAIVED


@dataclass(frozen=True, slots=True)
class Review:
    """A grid with all its findings, in their order."""

    grid: Grid
    judged: tuple[Judged, ...]

    @property
    def open(self) -> list[Judged]:
        return [one for one in self.judged if one.is_open]

    def whereabouts(self) -> Whereabouts:
        """Where the open findings are."""
        return Whereabouts.of(one.finding for one in self.open)

    def open_of(self, uid: str) -> list[Judged]:
        """The open findings about the row."""
        return [one for one in self.open if any(uid == row for row, _ in about(one.finding))]

    def counts(self) -> Mapping[Code, Counter[State]]:
        found: dict[Code, Counter[State]] = {code: Counter() for code in Code}
        for one in self.judged:
            found[one.finding.code][one.state] += 1
        return found

    def named(self, keys: Iterable[str]) -> list[Judged]:
        """Those with these keys; a key of a finding that is gone is left out."""
        wanted = set(keys)
        return [one for one in self.judged if one.finding.key in wanted]


def review(project: Project, grid: Grid | None = None) -> Review:
    """All findings of the project as it stands; found once per revision."""
    grid = store.load(project) if grid is None else grid
    return _review(project, grid, list(Waiver.objects.of(project)), _findings(project, grid))


def open_counts(projects: Sequence[Project]) -> dict[int, int]:
    """How many findings of each project are open, by its id, in four queries at the most.

    Projects have `with_counts`. One with more than MOST_CELLS cells is left out until somebody
    has looked at its findings.
    """
    keys = {_count_key(project): project for project in projects}
    counts = {keys[key].pk: count for key, count in cache.get_many(keys).items()}
    rest = [p for p in projects if p.pk not in counts and p.cell_count <= MOST_CELLS]
    return counts | (_counted_open(rest) if rest else {})


def _counted_open(projects: Sequence[Project]) -> dict[int, int]:
    grids = store.load_all(projects)
    waivers: defaultdict[int, list[Waiver]] = defaultdict(list)
    for waiver in Waiver.objects.filter(project__in=projects).order_by("pk"):
        waivers[waiver.project_id].append(waiver)
    counts = {}
    for project in projects:
        if grid := grids.get(project.pk):
            found = _found(project, grid)
            counts[project.pk] = len(_review(project, grid, waivers[project.pk], found).open)
    return counts


def _review(
    project: Project, grid: Grid, waivers: Sequence[Waiver], found: Sequence[Finding]
) -> Review:
    made = Review(grid, tuple(_judged(found, waivers, grid)))
    cache.set(_count_key(project), len(made.open))
    return made


def _count_key(project: Project) -> str:
    return cache_key("open findings", project.pk, project.revision, project.waived)


def _findings(project: Project, grid: Grid) -> list[Finding]:
    key = cache_key("findings", project.pk, project.revision)
    found: list[Finding] | None = caches["pages"].get(key)
    if found is None:
        found = _found(project, grid)
        caches["pages"].set(key, found)
    return found


def _found(project: Project, grid: Grid) -> list[Finding]:
    return checks.findings(grid, share=project.lead_share / 100)


def _judged(found: Sequence[Finding], waivers: Sequence[Waiver], grid: Grid) -> Iterable[Judged]:
    single = {waiver.key: waiver for waiver in waivers if not waiver.is_rule}
    rules = _Rules(grid, [waiver for waiver in waivers if waiver.is_rule])
    for finding in found:
        waiver = single.get(finding.key)
        rule = rules.that_waives(finding)
        if waiver and waiver.evidence == digest(finding):
            yield Judged(finding, State.WAIVED, waiver)
        elif rule:
            yield Judged(finding, State.WAIVED, rule)
        else:
            yield Judged(finding, State.AGAIN if waiver else State.OPEN, waiver)


class _Rules:
    """The rules with the rows that each is for."""

    def __init__(self, grid: Grid, rules: Sequence[Waiver]) -> None:
        self._at = {item.uid: index for index, item in enumerate(grid.items)} if rules else {}
        ends = subtree_ends(grid.items) if rules else []
        self._spans: dict[str, list[tuple[range, Waiver]]] = {}
        for rule in rules:
            start = self._at.get(rule.uid)
            if start is not None:
                span = range(start, ends[start])
                self._spans.setdefault(rule.code, []).append((span, rule))

    def that_waives(self, finding: Finding) -> Waiver | None:
        """The first rule that holds for every row of the finding."""
        for span, rule in self._spans.get(finding.code.value, ()):
            rows = {self._at.get(uid, -1) for uid, _ in finding.cells}
            if all(row in span for row in rows) and (not rule.role or rule.role in finding.roles):
                return rule
        return None


def digest(finding: Finding) -> str:
    """What the finding is about, in 64 characters."""
    return hashlib.sha256("\0".join(finding.evidence).encode()).hexdigest()


def waive(project: Project, found: Sequence[Finding], *, reason: str, by: Person) -> None:
    """Lets each of the findings be as it is now. A former waiver of one is replaced."""
    who = _who(by)
    with store.act(by=by, kind=Kind.EDIT, reason=reason), transaction.atomic():
        Waiver.objects.of(project).filter(key__in=[one.key for one in found]).delete()
        Waiver.objects.bulk_create(
            Waiver(
                project=project,
                code=one.code.value,
                key=one.key,
                evidence=digest(one),
                reason=reason,
                **who,
            )
            for one in found
        )


def waive_below(
    project: Project, code: Code, *, uid: str, role: str, reason: str, by: Person
) -> None:
    """Lets all findings of the code be, now and later, in the row with that uid and below it."""
    with store.act(by=by, kind=Kind.EDIT, reason=reason), transaction.atomic():
        rules = Waiver.objects.of(project).filter(key="")
        rules.filter(code=code.value, uid=uid, role=role).delete()
        Waiver.objects.create(
            project=project, code=code.value, uid=uid, role=role, reason=reason, **_who(by)
        )


def take_back(waiver: Waiver, *, by: Person) -> None:
    """The findings that it waived are open again."""
    with store.act(by=by, kind=Kind.UNDO), transaction.atomic():
        waiver.delete()


def _who(by: Person) -> dict[str, object]:
    return {
        "person_id": by.pk if by is not None else None,
        "person_name": by.get_username() if by is not None else "",
    }


@dataclass(frozen=True, slots=True)
class Step:
    """One value of a repair, for people."""

    row: str
    what: str
    before: str
    after: str


_FIELDS = {"number": "項番", "name": "作業項目", "description": "作業内容"}


def steps(grid: Grid, changes: Iterable[Change]) -> list[Step]:
    """The repair as old → new."""
    wanted = list(changes)
    uids = {change.uid for change in wanted}
    rows = {item.uid: item for item in grid.items if item.uid in uids} if uids else {}
    columns = {role.name: place for place, role in enumerate(grid.roles)}
    found = []
    for change in wanted:
        item = rows[change.uid]
        place = f"{item.number} {item.name}".strip()
        if change.field:
            before = getattr(item, change.field)
            found.append(Step(place, _FIELDS[change.field], before, change.value))
        else:
            found.append(Step(place, change.role, item.marks[columns[change.role]], change.value))
    return found


@dataclass(frozen=True, slots=True)
class Repair:
    """What putting findings right would change, and those of them that stay.

    Of two that contradict each other one stays.
    """

    plan: Plan
    done: tuple[Finding, ...]
    left: tuple[Finding, ...]

    @property
    def steps(self) -> list[Step]:
        """All that changes as old → new."""
        return [step for line in self.plan.items for step in _line_steps(line)]


def _line_steps(line: ItemLine) -> Iterator[Step]:
    before, after = line.before, line.after
    if before and after:
        place = f"{before.number} {before.name}".strip()
        for field in line.fields:
            yield Step(place, _FIELDS[field], getattr(before, field), getattr(after, field))
        for cell in line.cells:
            yield Step(place, cell.role, cell.before, cell.after)


def repair_of(project: Project, grid: Grid, found: Sequence[Finding]) -> Repair:
    plan = checks.plan_of_all(grid, found, lambda changed: _found(project, changed))
    still = {one.key for one in _found(project, plan.after)}
    left = tuple(one for one in found if one.key in still)
    return Repair(plan, tuple(one for one in found if one.key not in still), left)


def repair(project: Project, wanted: Repair, *, by: Person, revision: int) -> None:
    """Puts findings right as one change set. Stale when the project left that revision."""
    reason = f"要確認 {'、'.join(_counted(wanted.done))}"
    plan = wanted.plan
    store.apply(plan, project=project, by=by, kind=Kind.EDIT, reason=reason, revision=revision)


def _counted(found: Sequence[Finding]) -> list[str]:
    counts = Counter(one.code for one in found)
    return [
        f"{code} {checks.CHECKS[code].title}" + (f"（{count}件）" if count > 1 else "")
        for code, count in counts.items()
    ]


def headings_of(grid: Grid, uid: str) -> list[str]:
    """The uids of the row's headings, the nearest first; the row itself where it has none."""
    up, index = parents(grid.items), index_of(grid, uid)
    found = []
    while (index := up[index]) >= 0:
        found.append(grid.items[index].uid)
    return found or [uid]
