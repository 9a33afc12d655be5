"""Timing of contenders in turns, so that a busy moment of the machine hits all of them alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Contender:
    """What is timed, some times in a row. `start` (each round) and `prepare` (each run) are not."""

    run: Callable[[], object]
    start: Callable[[], object] = lambda: None
    prepare: Callable[[], object] = lambda: None
    repeats: int = 1


def medians(
    contenders: Mapping[str, Contender], *, rounds: int, warm_up: bool = True
) -> dict[str, float]:
    """The median seconds per run of each contender. One more round warms up and is dropped."""
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for turn in range(rounds + warm_up):
        for name, contender in contenders.items():
            found = _round(contender)
            times[name] += found if turn >= warm_up else []
    return {name: median(found) for name, found in times.items()}


def by_round(contenders: Mapping[str, Contender], *, rounds: int) -> dict[str, list[float]]:
    """The same round by round, for comparing what was measured at the same time."""
    turns = [{name: median(_round(one)) for name, one in contenders.items()} for _ in range(rounds)]
    return {name: [turn[name] for turn in turns] for name in contenders}


def _round(contender: Contender) -> list[float]:
    contender.start()
    return [_seconds(contender) for _ in range(contender.repeats)]


def _seconds(contender: Contender) -> float:
    contender.prepare()
    start = time.perf_counter()
    contender.run()
    return time.perf_counter() - start
