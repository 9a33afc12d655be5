"""Review the findings of a project: which are open, waived, or to look at again."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.core.cache import cache, caches

from projects import checks, store
from projects.checks import Code, Finding
from projects.checks.locations import Whereabouts, about
from projects.domain.grid import Grid, ancestors, index_of, parents, subtree_ends
from projects.models import Project, Waiver
from projects.store.waivers import digest
from raci.http.etags import cache_key

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
        """Return the locations of the open findings."""
        return Whereabouts.of(one.finding for one in self.open)

    def open_of(self, uid: str) -> list[Judged]:
        """Return the open findings about the row."""
        return [one for one in self.open if any(uid == row for row, _ in about(one.finding))]

    def counts(self) -> Mapping[Code, Counter[State]]:
        found: dict[Code, Counter[State]] = {code: Counter() for code in Code}
        for one in self.judged:
            found[one.finding.code][one.state] += 1
        return found

    def named(self, keys: Iterable[str]) -> list[Judged]:
        """Return the findings with these keys; keys without a finding are ignored."""
        wanted = set(keys)
        return [one for one in self.judged if one.finding.key in wanted]


def review(project: Project, grid: Grid | None = None) -> Review:
    """Return all findings of the current project; checked once per revision."""
    grid = store.load(project) if grid is None else grid
    return _review(project, grid, list(Waiver.objects.of(project)), _findings(project, grid))


def open_counts(projects: Sequence[Project]) -> dict[int, int]:
    """Count the open findings of each project, by its id, in four queries at the most.

    Projects are `counted`. One with more than MOST_CELLS cells is left out until somebody
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
            found = found_in(project, grid)
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
        found = found_in(project, grid)
        caches["pages"].set(key, found)
    return found


def found_in(project: Project, grid: Grid) -> list[Finding]:
    """Run the checks on a grid of the project, with its threshold."""
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
        """Return the first rule that holds for every row of the finding."""
        for span, rule in self._spans.get(finding.code.value, ()):
            rows = {self._at.get(uid, -1) for uid, _ in finding.cells}
            if all(row in span for row in rows) and (not rule.role or rule.role in finding.roles):
                return rule
        return None


def headings_of(grid: Grid, uid: str) -> list[str]:
    """Return the uids of the row's headings, the nearest first; its own without headings."""
    above = ancestors(parents(grid.items), index_of(grid, uid))
    return [grid.items[index].uid for index in reversed(above)] or [uid]
