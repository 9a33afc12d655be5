"""A reading as JSON and back: how it comes out of the child process, and how it is kept."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from projects.domain.grid import UID_ALPHABET, UID_LENGTH, Grid, Item, Mark, Role, RoleKind
from projects.intake.readers.reading import CellAccount, Reading
from projects.intake.tables.layout import Layout
from projects.intake.text.remarks import Code, Place, Remark

Json = dict[str, Any]


def with_lasting_uids(reading: Reading, data: bytes) -> Reading:
    """The reading with identities for its new rows that are the same every time it is read."""
    seed = hashlib.sha256(data).digest()
    names = {
        item.uid: _uid(seed, place)
        for place, item in enumerate(reading.grid.items)
        if item.uid not in reading.known_uids
    }
    items = tuple(
        replace(item, uid=names[item.uid]) if item.uid in names else item
        for item in reading.grid.items
    )
    kept = frozenset((names.get(uid, uid), role) for uid, role in reading.kept)
    return replace(reading, grid=replace(reading.grid, items=items), kept=kept)


def as_json(reading: Reading) -> Json:
    """The whole reading, compact: a row's marks are indices into the symbols."""
    grid = reading.grid
    symbols = ["", *grid.symbols]
    index = {symbol: at for at, symbol in enumerate(symbols)}
    return {
        "title": [grid.title, grid.document_number, grid.issuer, grid.date],
        "legend": [[mark.symbol, mark.label, mark.leads] for mark in grid.legend],
        "roles": [role_as_json(role) for role in grid.roles],
        "items": [
            [i.uid, i.level, i.number, i.name, i.description, _packed(i.marks, index)]
            for i in grid.items
        ],
        "remarks": [remark.as_json() for remark in reading.remarks],
        "cells": [getattr(reading.cells, name) for name in CellAccount.__slots__],
        "project": reading.project,
        "revision": reading.revision,
        "part": reading.part,
        "known_uids": sorted(reading.known_uids),
        "kept": sorted(reading.kept),
        "asked": {raw: [asdict(place) for place in ps] for raw, ps in reading.asked.items()},
        "layout": reading.layout.as_json(),
        "counted": {role: dict(counts) for role, counts in reading.counted.items()},
        "has_descriptions": reading.has_descriptions,
    }


def from_json(value: Mapping[str, Any]) -> Reading:
    """The reading that `as_json` wrote. KeyError, ValueError or TypeError for anything else."""
    legend = tuple(Mark(str(s), str(label), bool(leads)) for s, label, leads in value["legend"])
    symbols = ("", *(mark.symbol for mark in legend))
    title, document_number, issuer, date = (str(text) for text in value["title"])
    grid = Grid(
        title=title,
        document_number=document_number,
        issuer=issuer,
        date=date,
        legend=legend,
        roles=tuple(role_from(role) for role in value["roles"]),
        items=tuple(
            Item(str(uid), int(level), str(number), str(name), str(text), _marks(packed, symbols))
            for uid, level, number, name, text, packed in value["items"]
        ),
    )
    return Reading(
        grid=grid,
        remarks=tuple(remark_from(remark) for remark in value["remarks"]),
        cells=CellAccount(*(int(count) for count in value["cells"])),
        project=str(value["project"]),
        revision=value["revision"],
        part=str(value["part"]),
        known_uids=frozenset(value["known_uids"]),
        kept=frozenset((str(uid), int(role)) for uid, role in value["kept"]),
        asked={raw: tuple(place_from(p) for p in ps) for raw, ps in value["asked"].items()},
        layout=Layout.from_json(value["layout"]),
        counted=value["counted"],
        has_descriptions=bool(value["has_descriptions"]),
    )


def role_as_json(role: Role) -> list[Any]:
    return [role.name, role.short_name, role.kind.value, list(role.aliases)]


def role_from(value: Any) -> Role:
    name, short_name, kind, aliases = value
    return Role(str(name), str(short_name), RoleKind(kind), tuple(str(a) for a in aliases))


def remark_from(value: Mapping[str, Any]) -> Remark:
    return Remark(place_from(value), Code(value["code"]), str(value["raw"]), str(value["message"]))


def place_from(value: Mapping[str, Any]) -> Place:
    return Place(str(value["cell"]), value.get("table"), value.get("sheet"))


def _packed(marks: tuple[str, ...], index: Mapping[str, int]) -> str:
    """One character per mark."""
    return "".join([chr(48 + index[mark]) for mark in marks])


def _marks(packed: str, symbols: tuple[str, ...]) -> tuple[str, ...]:
    return tuple([symbols[ord(char) - 48] for char in packed])


def _uid(seed: bytes, place: int) -> str:
    digest = hashlib.blake2b(seed + place.to_bytes(8, "big"), digest_size=UID_LENGTH).digest()
    return "".join(UID_ALPHABET[byte % len(UID_ALPHABET)] for byte in digest)
