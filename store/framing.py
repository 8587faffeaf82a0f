r"""A journal's lines: checksum, length, JSON. One line a write.

    xxxxxxxx nnn {…}\n      CRC-32 of the JSON in hex, its length in bytes, the JSON

An unterminated last line is torn: its write never returned. Everything else that does not fit is damage.
"""

import json
import zlib
from dataclasses import dataclass
from typing import Any

from store.errors import Damaged

FORMAT = {"journal": "astreinte", "format": 1}
_PREFIX = 9


@dataclass(frozen=True, slots=True)
class Torn:
    """The end of a file that was cut off in a write. `offset` is where the sound part ends."""

    offset: int
    size: int


def frame(payload: Any) -> bytes:
    """Return the payload's line."""
    try:
        body = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:  # a lone surrogate has no UTF-8, but a JSON escape
        body = json.dumps(payload, separators=(",", ":")).encode()
    return b"%08x %d %b\n" % (zlib.crc32(body), len(body), body)


def unframe(line: bytes, name: str, number: int) -> Any:
    """Return the payload of a line without its newline.

    Raises:
        Damaged: it is not what was written.
    """
    body = line[line.find(b" ", _PREFIX) + 1 :]
    if line[: -len(body) or None] != b"%08x %d " % (zlib.crc32(body), len(body)):
        raise Damaged(
            f"{name}, line {number} is damaged",
            "its checksum does not fit",
            f"`astreinte audit repair {name}` salvages what is sound into a new file",
            line=number,
        )
    return json.loads(body)


def read_lines(data: bytes, name: str, first: int = 1) -> tuple[list[Any], int, Torn | None]:
    """Return the payloads of whole lines, how many bytes they take, and the torn tail, if there is one.

    Raises:
        Damaged: a terminated line does not fit, or the last one fits but for its end.
    """
    *lines, tail = data.split(b"\n")
    payloads = [unframe(line, name, number) for number, line in enumerate(lines, first)]
    if not tail:
        return payloads, len(data), None
    if _fits(tail[:-1]):
        unframe(tail, name, first + len(lines))
    end = len(data) - len(tail)
    return payloads, end, Torn(end, len(tail))


def _fits(line: bytes) -> bool:
    body = line[line.find(b" ", _PREFIX) + 1 :]
    return line == b"%08x %d %b" % (zlib.crc32(body), len(body), body)
