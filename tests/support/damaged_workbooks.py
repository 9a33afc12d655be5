"""Damaged workbooks, and a process that reads them one after the other.

`python -m tests.support.damaged_workbooks` takes files from its standard input (four bytes of
length, then the file) and answers each with a line: "read", "refused", or what else happened.
"""

from __future__ import annotations

import io
import os
import random
import re
import resource
import signal
import struct
import subprocess
import sys
import threading
import traceback
import zipfile
from collections.abc import Callable, Iterator, Mapping

LENGTH = struct.Struct("<I")
SECONDS = 10
MEMORY = 2 << 30

_ATTRIBUTE = re.compile(rb"\s[\w:.-]+=(?:\"[^\"]*\"|'[^']*')")
_ELEMENT = re.compile(rb"<(\w[\w:.-]*)(?:\s[^<>]*)?(?:/>|>[^<]*</\1>)")
_TEXT = re.compile(rb">([^<>]+)<")
_ODD = (
    *(
        b"",
        b"-1",
        b"0",
        b"1",
        b"3",
        b"99",
        b"4294967296",
        b"99999999999999999999",
        b"1e999",
        b"nan",
    ),
    *(
        b"A0",
        b"XFD1048576",
        b"XFE1",
        b"A1:XFD1048576",
        b"B2:A1",
        b"ZZZZ9",
        b"true",
        b"s",
        b"e",
        b"b",
    ),
    *(b"d", b"str", b"inlineStr", b"rId9", b"../../x.xml", b"/xl/workbook.xml", b"0.00", b"&#0;"),
    *(b"&lt;", "１２".encode(), "日本\u202e".encode(), b"\xff\xfe", b"hidden", b"A" * 300, b"1 2"),
)


def mutations(seeds: Mapping[str, bytes], count: int, *, seed: int) -> Iterator[tuple[str, bytes]]:
    """(what was done, file), the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 damage, no secret
    names = sorted(seeds)
    for number in range(count):
        name = names[number % len(names)]
        data = seeds[name]
        for _ in range(chance.choice((1, 1, 1, 2, 5))):
            kind = chance.choice(_KINDS)
            data = kind(data, chance)
        yield f"{number} {name}", data


def _flipped(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(4, max(5, len(data)))]


def _noise(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + chance.randbytes(chance.randint(1, 30)) + data[at + chance.randint(0, 30) :]


def _attribute_gone(data: bytes, chance: random.Random) -> bytes:
    return _edited(data, chance, _ATTRIBUTE, lambda _: b"")


def _attribute_twice(data: bytes, chance: random.Random) -> bytes:
    return _edited(data, chance, _ATTRIBUTE, lambda found: found * 2)


def _attribute_odd(data: bytes, chance: random.Random) -> bytes:
    odd = chance.choice(_ODD)
    return _edited(
        data, chance, _ATTRIBUTE, lambda found: found.partition(b"=")[0] + b'="' + odd + b'"'
    )


def _element_gone(data: bytes, chance: random.Random) -> bytes:
    return _edited(data, chance, _ELEMENT, lambda _: b"")


def _element_twice(data: bytes, chance: random.Random) -> bytes:
    return _edited(data, chance, _ELEMENT, lambda found: found * chance.randint(2, 4))


def _text_odd(data: bytes, chance: random.Random) -> bytes:
    odd = chance.choice(_ODD)
    return _edited(data, chance, _TEXT, lambda _: b">" + odd + b"<")


def _edited(
    data: bytes, chance: random.Random, pattern: re.Pattern[bytes], change: Callable[[bytes], bytes]
) -> bytes:
    places = list(pattern.finditer(data))
    if not places:
        return data
    place = chance.choice(places)
    return data[: place.start()] + change(place[0]) + data[place.end() :]


_IN_A_PART = (
    *(_flipped, _cut, _noise, _attribute_gone, _attribute_twice),
    *(_attribute_odd, _attribute_odd, _element_gone, _element_twice, _text_odd),
)


def _in_a_part(data: bytes, chance: random.Random) -> bytes:
    parts = _parts(data)
    if not parts:
        return data
    name = chance.choice(sorted(parts))
    if parts[name]:
        parts[name] = chance.choice(_IN_A_PART)(parts[name], chance)
    return _zipped(parts)


def _swapped(data: bytes, chance: random.Random) -> bytes:
    parts = _parts(data)
    if len(parts) < 2:
        return data
    one, other = chance.sample(sorted(parts), 2)
    parts[one], parts[other] = parts[other], parts[one]
    return _zipped(parts)


def _part_gone(data: bytes, chance: random.Random) -> bytes:
    parts = _parts(data)
    if parts:
        del parts[chance.choice(sorted(parts))]
    return _zipped(parts) if parts else data


def _parts(data: bytes) -> dict[str, bytes]:
    """The parts of a zip that is still whole."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return {name: package.read(name) for name in package.namelist()}
    except Exception:  # noqa: BLE001 zipfile raises anything for a damaged file
        return {}


def _zipped(parts: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return out.getvalue()


_KINDS = (*[_in_a_part] * 8, _swapped, _part_gone, _flipped, _cut, _noise)


class Worker:
    """The process that reads; a new one when it died."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def read(self, data: bytes) -> str:
        """ "read", "refused", "died", "slow", or the traceback of another exception."""
        process = self._process = self._process or self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        clock = threading.Timer(SECONDS, process.kill)
        clock.start()
        try:
            process.stdin.write(LENGTH.pack(len(data)) + data)
            process.stdin.flush()
            answer = process.stdout.readline().decode().strip()
        except BrokenPipeError:
            answer = ""
        clock.cancel()
        if not answer:
            self.end()
            return "slow" if process.returncode == -signal.SIGKILL else "died"
        return answer

    def end(self) -> None:
        if self._process:
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            self._process.kill()
            self._process.wait()
            self._process.stdin.close()
            self._process.stdout.close()
        self._process = None

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.support.damaged_workbooks"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )


def main() -> None:
    """Reads files until there are no more."""
    from projects import intake
    from projects.intake.readers.json_codec import as_json, from_json

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    given, out = sys.stdin.buffer, os.fdopen(os.dup(1), "w")
    while head := given.read(LENGTH.size):
        data = given.read(*LENGTH.unpack(head))
        try:
            reading = intake.read(data)
            assert reading.cells.unaccounted == 0
            from_json(as_json(reading))
            answer = "read"
        except intake.IntakeError as refused:
            answer = "refused" if str(refused) else "refused without a word"
        except BaseException:  # noqa: BLE001 whatever it is, the test must see it
            answer = traceback.format_exc().replace("\n", " | ")
        out.write(answer + "\n")
        out.flush()


if __name__ == "__main__":
    main()
