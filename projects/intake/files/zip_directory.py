"""The directory of a zip file, read strictly: two readers must never see two different files.

Only what Excel, LibreOffice and the common libraries write is taken: one directory at the very
end, parts that do not overlap, Stored or Deflate, and the same word in both headers of a part.
"""

from __future__ import annotations

import codecs
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise

from projects.intake.files import limits
from projects.intake.text.remarks import IntakeError, Problem

SAVE_AGAIN = "Excelで開き、.xlsxで保存し直してください。"
DAMAGED = f"ファイルが壊れています。{SAVE_AGAIN}"
ENCRYPTED = "暗号化されたファイルは読めません。パスワードを外し、.xlsxで保存し直してください。"
UNUSUAL = f"Excelが作らない形のファイルのため読めません。{SAVE_AGAIN}"
TOO_LARGE = (
    "ファイルを展開すると大きすぎるため読めません。"
    "不要なシートや画像を除き、.xlsxで保存し直してください。"
)
TOO_MANY_PARTS = "ファイルの中の部品が多すぎます。必要なシートだけを新しいブックに移してください。"

_END = struct.Struct("<4s4H2LH")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_EXTRA = struct.Struct("<HH")
_LONG = struct.Struct("<Q")
_ZIP64_LOCATOR_BYTES = 20
_UNKNOWN = 0xFFFFFFFF
_STORED, _DEFLATED, _AES = 0, 8, 99
_FLAG_ENCRYPTED, _FLAG_SIZES_LATER, _FLAG_STRONG, _FLAG_MASKED = 1, 1 << 3, 1 << 6, 1 << 13
_EXTRA_ZIP64, _EXTRA_OTHER_NAME = 0x0001, 0x7075
_BOMS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_WIDE = {b"<\0": "utf-16-le", b"\0<": "utf-16-be"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A part of the file; `start` is where its packed bytes begin."""

    name: str
    packed: int
    size: int
    deflated: bool
    crc: int
    header: int
    start: int = 0

    @property
    def end(self) -> int:
        return self.start + self.packed


def damaged(detail: str = "") -> IntakeError:
    return IntakeError(Problem(DAMAGED, raw=detail))


def entries(data: bytes) -> list[Entry]:
    """List the parts in directory order. IntakeError for anything broken, hidden or too much."""
    found = [_located(data, entry, flags) for entry, flags in _directory(data)]
    keys = [entry.name.casefold() for entry in found]
    if len(set(keys)) < len(keys):
        raise IntakeError(Problem(UNUSUAL, raw=_first_twice(keys)))
    ordered = sorted(found, key=lambda entry: entry.header)
    for entry, following in pairwise(ordered):
        if entry.end > following.header:
            raise IntakeError(Problem(UNUSUAL, raw=following.name))
    _check_sizes(found)
    return found


def chunks(data: bytes, entry: Entry) -> Iterator[bytes]:
    """The part's bytes, a few hundred kilobytes at a time, never more than it declares.

    IntakeError when its length or checksum is not the declared one.
    """
    size = crc = 0
    pieces = _inflated(data, entry) if entry.deflated else _stored(data, entry)
    for piece in pieces:
        size += len(piece)
        crc = zlib.crc32(piece, crc)
        if size > entry.size:
            raise IntakeError(Problem(UNUSUAL, raw=entry.name))
        yield piece
    if size != entry.size or crc != entry.crc:
        raise damaged(entry.name)


def as_utf8(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces as UTF-8 without a byte order mark."""
    head = next(pieces, b"")
    encoding = _BOMS.get(head[:2]) or _WIDE.get(head[:2])
    if encoding is None:
        yield head.removeprefix(codecs.BOM_UTF8)
        yield from pieces
        return
    decode = codecs.getincrementaldecoder(encoding)("replace").decode
    for piece in chain((head,), pieces):
        yield decode(piece).removeprefix("\ufeff").encode()


def _stored(data: bytes, entry: Entry) -> Iterator[bytes]:
    for start in range(entry.start, entry.end, limits.CHUNK_BYTES):
        yield data[start : min(start + limits.CHUNK_BYTES, entry.end)]


def _inflated(data: bytes, entry: Entry) -> Iterator[bytes]:
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for start in range(entry.start, entry.end, limits.PACKED_CHUNK_BYTES):
            packed = data[start : min(start + limits.PACKED_CHUNK_BYTES, entry.end)]
            while packed:
                yield inflate.decompress(packed, limits.CHUNK_BYTES)
                packed = inflate.unconsumed_tail
        while not inflate.eof and (rest := inflate.decompress(b"", limits.CHUNK_BYTES)):
            yield rest
    except zlib.error as error:
        raise damaged(entry.name) from error
    if not inflate.eof or inflate.unused_data:
        raise damaged(entry.name)


def _check_sizes(found: Sequence[Entry]) -> None:
    for entry in found:
        bomb = entry.size > limits.RATIO_FROM_BYTES and entry.size > limits.RATIO * entry.packed
        if bomb or entry.size > limits.PART_BYTES:
            raise IntakeError(Problem(TOO_LARGE, raw=entry.name))
    if sum(entry.size for entry in found) > limits.EXPANDED_BYTES:
        raise IntakeError(Problem(TOO_LARGE))


def _directory(data: bytes) -> Iterator[tuple[Entry, int]]:
    """The entries as the directory says, with their flags."""
    count, at, end = _directory_place(data)
    for _ in range(count):
        if at + _ENTRY.size > end:
            raise damaged()
        entry, flags, length = _directory_entry(data, at)
        at += length
        yield entry, flags
    if at != end:
        raise damaged()


def _directory_place(data: bytes) -> tuple[int, int, int]:
    """The number of entries, where the directory starts and where it ends."""
    at = data.rfind(b"PK\x05\x06")
    if at < 0 or at + _END.size > len(data):
        raise damaged()
    _, disk, first_disk, here, count, size, start, comment = _END.unpack_from(data, at)
    zip64 = data[max(at - _ZIP64_LOCATOR_BYTES, 0) :].startswith(b"PK\x06\x07")
    if zip64 or disk or first_disk or here != count:
        raise IntakeError(Problem(UNUSUAL))
    if at + _END.size + comment != len(data) or start + size != at:
        raise damaged()
    if count > limits.ENTRIES:
        raise IntakeError(Problem(TOO_MANY_PARTS, raw=f"{count:,}個"))
    return count, start, at


def _directory_entry(data: bytes, at: int) -> tuple[Entry, int, int]:
    """An entry, its flags, and the length of its record."""
    (mark, _, _, flags, method, _, _, crc, packed, size, name_length, extra_length, comment_length,
     disk, _, _, header) = _ENTRY.unpack_from(data, at)  # fmt: skip
    if mark != b"PK\x01\x02" or disk:
        raise damaged()
    name_end = at + _ENTRY.size + name_length
    raw = data[at + _ENTRY.size : name_end]
    name = _name(raw)
    _check_method(name, flags, method)
    extra = _extras(data[name_end : name_end + extra_length], name)
    size, packed, header = _long_sizes((size, packed, header), extra, name)
    entry = Entry(name, packed, size, method == _DEFLATED, crc, header)
    if method == _STORED and packed != size:
        raise IntakeError(Problem(UNUSUAL, raw=name))
    return entry, flags, _ENTRY.size + name_length + extra_length + comment_length


def _located(data: bytes, entry: Entry, flags: int) -> Entry:
    """The entry with its start; its own header must say what the directory says."""
    if entry.header + _LOCAL.size > len(data):
        raise damaged(entry.name)
    (mark, _, local_flags, method, _, _, crc, packed, size, name_length, extra_length) = (
        _LOCAL.unpack_from(data, entry.header)
    )
    name_start = entry.header + _LOCAL.size
    start = name_start + name_length + extra_length
    if mark != b"PK\x03\x04" or start + entry.packed > data.rfind(b"PK\x05\x06"):
        raise damaged(entry.name)
    name = _name(data[name_start : name_start + name_length])
    _extras(data[name_start + name_length : start], name)
    told = (crc, packed, size)
    later = local_flags & _FLAG_SIZES_LATER and not any(told)
    same = all(
        one in (other, _UNKNOWN)
        for one, other in zip(told, (entry.crc, entry.packed, entry.size), strict=True)
    )
    same_method = method == (_DEFLATED if entry.deflated else _STORED)
    if name != entry.name or local_flags != flags or not same_method or not (later or same):
        raise IntakeError(Problem(UNUSUAL, raw=entry.name))
    return replace(entry, start=start)


def _name(raw: bytes) -> str:
    """The name with slashes. IntakeError when it leaves the file or hides something."""
    try:
        name = raw.decode("utf-8")
    except UnicodeDecodeError:
        name = raw.decode("cp437")
    name = name.replace("\\", "/")
    if not name or name.startswith("/") or ":" in name or "\0" in name or ".." in name.split("/"):
        raise IntakeError(Problem(UNUSUAL, raw=name.replace("\0", "")))
    return name


def _check_method(name: str, flags: int, method: int) -> None:
    if flags & (_FLAG_ENCRYPTED | _FLAG_STRONG | _FLAG_MASKED) or method == _AES:
        raise IntakeError(Problem(ENCRYPTED))
    if method not in (_STORED, _DEFLATED):
        raise IntakeError(Problem(UNUSUAL, raw=name))


def _extras(raw: bytes, name: str) -> dict[int, bytes]:
    """The extra fields by their kind. One that gives the part another name is refused."""
    found: dict[int, bytes] = {}
    at = 0
    while at + _EXTRA.size <= len(raw):
        kind, length = _EXTRA.unpack_from(raw, at)
        at += _EXTRA.size
        if kind in found or at + length > len(raw) or kind == _EXTRA_OTHER_NAME:
            raise IntakeError(Problem(UNUSUAL, raw=name))
        found[kind] = raw[at : at + length]
        at += length
    return found


def _long_sizes(told: Sequence[int], extra: dict[int, bytes], name: str) -> list[int]:
    """The three numbers; one that the directory calls unknown stands in the zip64 field."""
    field = extra.get(_EXTRA_ZIP64, b"")
    sizes = []
    for number in told:
        if number == _UNKNOWN:
            if len(field) < _LONG.size:
                raise damaged(name)
            number, field = _LONG.unpack_from(field)[0], field[_LONG.size :]
        sizes.append(number)
    return sizes


def _first_twice(keys: Sequence[str]) -> str:
    return next(key for place, key in enumerate(keys) if key in keys[:place])
