"""Which tables of a statement are read or written without naming their project.

A table is named when its project's id is compared with a value, a list of values, or the project's
id of another source of the statement that is itself named; in an INSERT, when it is a column. A
condition counts where it must hold: not in one branch of an OR, not for the left side of a LEFT
JOIN, and not from within a subquery for what is around it. A project found by its slug does not
count: its id is not known before. Where a person's projects are found (`Tables.people`), reading
may name the person instead.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import sqlglot
from sqlglot import exp

from tests.support.statements.scopes import Derived, Scope, is_value, normal, scopes_of
from tests.support.statements.tables import Tables

VALUE = "value"


@dataclass(frozen=True, slots=True)
class Node:
    """A column of one of the sources of a scope."""

    scope: int
    source: str
    column: str


Term = Node | str | None  # a column, VALUE, or what nothing is known about
Facts = set[tuple[Node | str, Node]]  # what is known, and the column that is known by it


def unnamed(statement: str, tables: Tables) -> frozenset[str]:
    """The projects' tables of the statement, or of the statements in it, that it does not name."""
    found: set[str] = set()
    for parsed in sqlglot.parse(normal(statement), dialect="postgres"):
        if isinstance(parsed, (exp.Query, exp.Insert, exp.Update, exp.Delete)):
            found.update(_Judge(parsed, tables).unnamed())
        elif isinstance(parsed, (exp.Merge, exp.Copy)):
            found.update(t.name for t in parsed.find_all(exp.Table) if t.name in tables.keys)
    return frozenset(found)


class _Judge:
    def __init__(self, query: exp.Expr, tables: Tables) -> None:
        self._tables = tables
        self._scopes = scopes_of(query)
        self._by_query = {id(scope.query): scope for scope in self._scopes}
        self._columns = {c.name for c in query.find_all(exp.Column)}
        self._columns |= {
            n.name for j in query.find_all(exp.Join) for n in j.args.get("using") or ()
        }
        self._edges: defaultdict[Node, set[Node]] = defaultdict(set)
        self._joint: list[tuple[Node, set[Node]]] = []
        self._known: set[Node] = set()
        for scope in self._scopes:
            self._derive(scope)
            self._compare(scope)
        self._spread()

    def unnamed(self) -> Iterator[str]:
        keys = self._tables.keys
        for scope in self._scopes:
            for alias, table in scope.tables.items():
                if table in keys and not self._is_named(scope, alias, table):
                    yield table
            if isinstance(scope.query, exp.Insert):
                into = scope.query.this
                table = into.this.name if isinstance(into, exp.Schema) else into.name
                if table in keys and keys[table] not in {c.name for c in into.expressions}:
                    yield table

    def _is_named(self, scope: Scope, alias: str, table: str) -> bool:
        columns = [self._tables.keys[table]]
        if isinstance(scope.query, exp.Select) and table in self._tables.people:
            columns.append(self._tables.people[table])
        return any(Node(scope.number, alias, column) in self._known for column in columns)

    def _derive(self, scope: Scope) -> None:
        """A column of a derived source is known where each of its branches knows it."""
        for alias, derived in scope.derived.items():
            for column in self._columns:
                outputs = self._outputs(derived, column)
                if not outputs or any(term is None for term in outputs):
                    continue
                nodes = {term for term in outputs if isinstance(term, Node)}
                self._joint.append((Node(scope.number, alias, column), nodes))

    def _outputs(self, derived: Derived, column: str) -> list[Term]:
        names = derived.names
        place = names.index(column) if column in names else column
        return [self._output(part, place) for part in derived.parts]

    def _output(self, part: Scope, column: str | int) -> Term:
        """What the query gives as the column of that name or place."""
        outputs = _chosen(part)
        if isinstance(part.query, exp.Insert) or (
            isinstance(column, int) and column >= len(outputs)
        ):
            return None
        if isinstance(column, int):
            return self._term(outputs[column], part)
        for output in outputs:
            if output.is_star:
                of = output.table if isinstance(output, exp.Column) else ""
                if (found := self._find(part, column, of, outer=False)) is not None:
                    return found
            elif output.alias_or_name == column:
                return self._term(output, part)
        return None

    def _compare(self, scope: Scope) -> None:
        for join in scope.query.args.get("joins") or ():
            if join.side in ("RIGHT", "FULL"):
                continue
            right = join.this.alias_or_name
            only = right if join.side else None
            if condition := join.args.get("on"):
                self._hold(condition, scope, only)
            for column in join.args.get("using") or ():
                self._using(scope, right, column.name, only)
        if where := scope.query.args.get("where"):
            self._hold(where.this, scope, None)

    def _using(self, scope: Scope, right: str, column: str, only: str | None) -> None:
        mine = Node(scope.number, right, column)
        for left in scope.sources:
            if left != right and self._has(scope, left, column):
                other = Node(scope.number, left, column)
                self._edges[other].add(mine)
                if only is None:
                    self._edges[mine].add(other)

    def _hold(self, condition: exp.Expr, scope: Scope, only: str | None) -> None:
        for source, target in self._facts(condition, scope):
            if target.scope != scope.number or only not in (None, target.source):
                continue
            if isinstance(source, Node):
                self._edges[source].add(target)
            else:
                self._known.add(target)

    def _facts(self, condition: exp.Expr, scope: Scope) -> Facts:
        """What holds where the condition does."""
        condition = condition.unnest()
        if isinstance(condition, exp.And):
            return self._facts(condition.left, scope) | self._facts(condition.right, scope)
        if isinstance(condition, exp.Or):
            return self._facts(condition.left, scope) & self._facts(condition.right, scope)
        if isinstance(condition, exp.EQ):
            return self._equal(condition.left, condition.right, scope)
        if isinstance(condition, exp.In):
            return self._within(condition, scope)
        return set()

    def _equal(self, left: exp.Expr, right: exp.Expr, scope: Scope) -> Facts:
        if isinstance(left, exp.Tuple) and isinstance(right, exp.Tuple):
            pairs = zip(left.expressions, right.expressions, strict=True)
            return {fact for pair in pairs for fact in self._equal(*pair, scope)}
        a, b = self._term(left, scope), self._term(right, scope)
        found: Facts = set()
        for source, target in ((a, b), (b, a)):
            if isinstance(target, Node) and source is not None:
                found.add((source, target))
        return found

    def _within(self, condition: exp.In, scope: Scope) -> Facts:
        left = condition.this
        columns = left.expressions if isinstance(left, exp.Tuple) else [left]
        sources: list[Term]
        if query := condition.args.get("query"):
            part = self._by_query.get(id(_bare(query)))
            sources = [self._output(part, at) if part else None for at in range(len(columns))]
        else:
            values = all(map(is_value, condition.expressions))
            sources = [VALUE if values else None] * len(columns)
        targets = [self._term(column, scope) for column in columns]
        pairs = zip(sources, targets, strict=True)
        return {(s, t) for s, t in pairs if s is not None and isinstance(t, Node)}

    def _term(self, value: exp.Expr, scope: Scope) -> Term:
        value = _bare(value)
        if isinstance(value, exp.Query):
            part = self._by_query.get(id(value))
            return self._output(part, 0) if part else None
        if isinstance(value, exp.Column):
            return self._find(scope, value.name, value.table)
        return VALUE if is_value(value) else None

    def _find(self, scope: Scope, column: str, source: str, *, outer: bool = True) -> Term:
        for alias in scope.sources:
            if alias == source or (not source and self._has(scope, alias, column)):
                return VALUE if alias in scope.free else Node(scope.number, alias, column)
        around = scope.parent if outer else None
        while around is not None and around.number < 0:
            around = around.parent
        return self._find(around, column, source) if around else None

    def _has(self, scope: Scope, alias: str, column: str) -> bool:
        if alias in scope.tables:
            known = self._tables.columns.get(scope.tables[alias])
            return known is None or column in known
        if alias in scope.derived:
            derived = scope.derived[alias]
            return column in derived.names or any(self._gives(p, column) for p in derived.parts)
        return True

    def _gives(self, part: Scope, column: str) -> bool:
        stars = [output for output in _chosen(part) if output.is_star]
        named = any(output.alias_or_name == column for output in _chosen(part))
        return named or (bool(stars) and any(self._has(part, s, column) for s in part.sources))

    def _spread(self) -> None:
        """From what is known to all that is known by it."""
        waiting = list(self._known)
        while True:
            while waiting:
                fresh = self._edges[waiting.pop()] - self._known
                self._known |= fresh
                waiting += fresh
            fresh = {n for n, of in self._joint if n not in self._known and of <= self._known}
            if not fresh:
                return
            self._known |= fresh
            waiting += fresh


def _chosen(part: Scope) -> list[exp.Expr]:
    """What the query gives: its outputs, or what it returns of the rows that it writes."""
    returning = part.query.args.get("returning")
    found: list[exp.Expr] = (returning or part.query).expressions
    return found


def _bare(value: exp.Expr) -> exp.Expr:
    """Without brackets, casts, names, ANY and ARRAY around it."""
    while isinstance(value, (exp.Paren, exp.Cast, exp.Alias, exp.Any, exp.Subquery)) or (
        isinstance(value, exp.Array) and isinstance(value.expressions[0], exp.Query)
    ):
        value = value.expressions[0] if isinstance(value, exp.Array) else value.this
    return value
