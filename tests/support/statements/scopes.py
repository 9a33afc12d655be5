"""A statement as the scopes that it is made of, each with what it reads from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlglot import exp

_PLACE = re.compile(r"%\(\w+\)s|%s")
_LISTS = re.compile(r"\$1(?:, \$1)+")
_ROWS = re.compile(r"(\([^()]*\$1[^()]*\))(?:, \1)+")


def normal(statement: str) -> str:
    """The statement with its values as $1, and lists of any length as one."""
    text = _PLACE.sub("$1", statement).replace("%%", "%")
    return _ROWS.sub(r"\1", _LISTS.sub("$1", text))


@dataclass(slots=True)
class Derived:
    """A subquery or CTE: its branches, and the names that its columns get, if any."""

    parts: list[Scope] = field(default_factory=list)
    names: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Scope:
    """One SELECT, UPDATE, DELETE or INSERT: what it reads from, by alias.

    `free` are sources made of values alone, such as unnest(%s).
    """

    query: exp.Expr
    parent: Scope | None
    number: int
    tables: dict[str, str] = field(default_factory=dict)
    derived: dict[str, Derived] = field(default_factory=dict)
    free: set[str] = field(default_factory=set)
    ctes: dict[str, Derived] = field(default_factory=dict)

    @property
    def sources(self) -> list[str]:
        return [*self.tables, *self.derived, *self.free]

    def cte(self, name: str) -> Derived | None:
        found = self.ctes.get(name)
        return found or (self.parent.cte(name) if self.parent else None)


def scopes_of(query: exp.Expr) -> list[Scope]:
    """All scopes of a statement, each before those within it."""
    builder = _Builder()
    builder.build(query, None)
    return builder.scopes


class _Builder:
    def __init__(self) -> None:
        self.scopes: list[Scope] = []

    def build(self, query: exp.Expr, parent: Scope | None) -> list[Scope]:
        """The scope of the query, or those of the branches of a UNION; with all below them."""
        if isinstance(query, exp.Subquery):
            parent = self._ctes(query, Scope(query, parent, -1))
            return self.build(query.this, parent)
        if isinstance(query, exp.SetOperation):
            around = self._ctes(query, Scope(query, parent, -1))
            return [s for part in (query.left, query.right) for s in self.build(part, around)]
        scope = Scope(query, parent, len(self.scopes))
        self.scopes.append(scope)
        self._ctes(query, scope)
        for source in _sources(query):
            self._source(scope, source)
        for within in _within(query):
            self.build(within, scope)
        return [scope]

    def _ctes(self, query: exp.Expr, scope: Scope) -> Scope:
        with_ = query.args.get("with_")
        for cte in with_.expressions if with_ else ():
            own = scope.ctes[cte.alias] = Derived(names=_names(cte))
            built = self.build(cte.this, scope)
            # What a recursive branch finds comes from what the first branch found.
            own.parts += [s for s in built if all(d is not own for d in s.derived.values())]
        return scope

    def _source(self, scope: Scope, source: exp.Expr) -> None:
        name, names = source.alias_or_name, _names(source)
        if isinstance(source, exp.Lateral):
            source = source.this
        cte = scope.cte(source.name) if isinstance(source, exp.Table) and not source.db else None
        if isinstance(source, exp.Subquery):
            scope.derived[name] = Derived(self.build(source.this, scope), names)
        elif cte is not None:
            scope.derived[name] = cte
        elif isinstance(source, exp.Table) and isinstance(source.this, exp.Identifier):
            scope.tables[name] = source.name
        elif is_value(source):
            scope.free.add(name)


def _names(source: exp.Expr) -> list[str]:
    given = source.args.get("alias")
    return [one.name for one in given.columns] if isinstance(given, exp.TableAlias) else []


def _sources(query: exp.Expr) -> Iterator[exp.Expr]:
    """What stands in FROM, JOIN and USING, and what is updated or deleted from."""
    if isinstance(query, (exp.Update, exp.Delete)):
        yield query.this
        yield from query.args.get("using") or ()
    if start := query.args.get("from_"):
        yield start.this
        yield from (join.this for join in start.this.args.get("joins") or ())
    yield from query.args.get("laterals") or ()
    yield from (join.this for join in query.args.get("joins") or ())


def _within(query: exp.Expr) -> Iterator[exp.Expr]:
    """The queries in conditions and outputs, and the one whose rows are inserted."""
    apart = {"with_", "from_", "joins", "laterals", "using"}
    places = [place for name, place in query.args.items() if name not in apart]
    places += [join.args.get("on") for join in query.args.get("joins") or ()]
    for place in places:
        for one in place if isinstance(place, list) else [place]:
            if isinstance(one, exp.Expr):
                yield from _outermost(one)


def _outermost(place: exp.Expr) -> Iterator[exp.Expr]:
    if isinstance(place, (exp.Select, exp.SetOperation)):
        yield place
        return
    for child in place.iter_expressions():
        yield from _outermost(child)


def is_value(value: exp.Expr) -> bool:
    """Whether it is known without looking anything up."""
    return not any(value.find_all(exp.Column, exp.Select))
