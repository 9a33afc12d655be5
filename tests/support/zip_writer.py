"""Zip files written and changed byte by byte, sound or not."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterator, Mapping

Part = str | bytes | Iterator[bytes]


def zipped(parts: Mapping[str, Part], method: int = zipfile.ZIP_DEFLATED, level: int = 1) -> bytes:
    """A zip of the parts; one given as an iterator is written piece by piece."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method, compresslevel=level) as book:
        for name, content in parts.items():
            pieces = iter((content,)) if isinstance(content, str | bytes) else content
            with book.open(name, "w") as part:
                for piece in pieces:
                    part.write(piece.encode() if isinstance(piece, str) else piece)
    return file.getvalue()


def packed_bytes(data: bytes, info: zipfile.ZipInfo) -> bytes:
    """What stands between the headers of a part."""
    name, extra = struct.unpack_from("<2H", data, info.header_offset + 26)
    start = info.header_offset + 30 + name + extra
    return data[start : start + info.compress_size]


def replaced(data: bytes, name: str, packed: bytes, *, size: int, crc: int) -> bytes:
    """The zip with other packed bytes for one part, whatever they hold."""
    with zipfile.ZipFile(io.BytesIO(data)) as whole:
        infos = whole.infolist()
    out, directory = bytearray(), bytearray()
    for info in infos:
        ours = info.filename == name
        body = packed if ours else packed_bytes(data, info)
        numbers = (crc, len(body), size) if ours else (info.CRC, len(body), info.file_size)
        method, encoded = (
            zipfile.ZIP_DEFLATED if ours else info.compress_type,
            info.filename.encode(),
        )
        flags = info.flag_bits & ~8
        common = (20, flags, method, 0, 33, *numbers, len(encoded), 0)
        directory += struct.pack("<4s6H3L2H", b"PK\x01\x02", 20, *common)
        directory += struct.pack("<3H2L", 0, 0, 0, 0, len(out)) + encoded
        out += struct.pack("<4s5H3L2H", b"PK\x03\x04", *common) + encoded + body
    end = struct.pack(
        "<4s4H2LH", b"PK\x05\x06", 0, 0, len(infos), len(infos), len(directory), len(out), 0
    )
    return bytes(out + directory + end)


def patched(data: bytes, name: str, field: str, value: int, *, local: bool = False) -> bytes:
    """The zip with one number of a part's header changed, in the directory or beside the part."""
    layout = {"flags": (8, 6, "H"), "method": (10, 8, "H"), "crc": (16, 14, "L"),
              "packed": (20, 18, "L"), "size": (24, 22, "L"), "offset": (42, 0, "L")}  # fmt: skip
    central, beside, kind = layout[field]
    with zipfile.ZipFile(io.BytesIO(data)) as whole:
        info = whole.getinfo(name)
    at = data.rfind(b"PK\x01\x02", 0, data.rfind(name.encode())) + central
    changed = bytearray(data)
    struct.pack_into(f"<{kind}", changed, info.header_offset + beside if local else at, value)
    return bytes(changed)
