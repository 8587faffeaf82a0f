"""A replay file: one incident in one compressed file, complete in itself; and salvage of a damaged journal.

The file is a gzip of framed lines: a header, the desk's nothing, every event row, then the log lines.
"""

import gzip
import json
import os
import zlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from store.errors import Damaged, Missing, StoreError, Unwritable
from store.feed import LogEntry
from store.framing import frame, read_lines, unframe
from store.recorded import Recorded, read_row, verify_rows
from store.tinydb_storage import Rows

_HEADER = {"archive": "astreinte", "format": 1}
_MOST_BYTES = 512 * 2**20


def pack(rows: Rows, lines: Sequence[LogEntry]) -> bytes:
    """Return the replay file of an incident's rows and recorded lines."""
    packed: list[Any] = [_HEADER, {"rows": {str(seq): row for seq, row in rows.items()}}]
    packed.append(
        {"lines": [[e.at.isoformat() if e.at else None, e.pod, e.text, e.level, e.evidence, e.gap] for e in lines]}
    )
    return gzip.compress(b"".join(frame(part) for part in packed), mtime=0)


def unpack(path: Path) -> tuple[Rows, list[LogEntry]]:
    """Return the rows and lines of a replay file.

    Raises:
        Missing: there is no such file.
        Damaged: it is no replay file, not whole, or its chain is broken.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise Missing(f"{path}: can't be read", error.strerror or "") from error
    try:
        reader = zlib.decompressobj(wbits=31)
        data = reader.decompress(raw, _MOST_BYTES)
        if not reader.eof or reader.unused_data:
            raise Damaged(f"{path} is not whole", "", "copy it again")
        parts, _, torn = read_lines(data, str(path))
        header, rows, lines = parts
        if torn or header != _HEADER:
            raise Damaged(f"{path} is no replay file of this version")
    except (zlib.error, ValueError, TypeError) as error:
        raise Damaged(f"{path} is no replay file", "", "`astreinte export INC --format replay` makes one") from error
    typed = {int(seq): row for seq, row in rows["rows"].items()}
    broken = verify_rows(typed.items())[2]
    if broken:
        raise Damaged(f"{path}: {broken.what}", "the chain is broken", "copy it again from where it was made")
    entries = [LogEntry(datetime.fromisoformat(at) if at else None, *rest) for at, *rest in lines["lines"]]
    return typed, entries


def read_archive(path: Path) -> tuple[list[Recorded], list[LogEntry]]:
    """Return the events and lines of a replay file."""
    rows, entries = unpack(path)
    return [read_row(seq, row) for seq, row in rows.items()], entries


def repair(path: Path) -> tuple[Path, int, int]:
    """Salvage a journal's sound lines into a new file beside it; return it, and how many lines were kept and lost.

    Raises:
        Missing: there is no such file.
        Unwritable: the new file can't be written.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Missing(f"{path}: can't be read", error.strerror or "") from error
    kept, lost = [], 0
    for number, line in enumerate(data.split(b"\n"), 1):
        if not line:
            continue
        try:
            kept.append(frame(unframe(line, str(path), number)))
        except (Damaged, json.JSONDecodeError):
            lost += 1
    target = path.with_suffix(".repaired")
    try:
        fd = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise StoreError(f"{target} exists already", "", "move it away first") from error
    except OSError as error:
        raise Unwritable(f"{target}: {error.strerror}") from error
    with os.fdopen(fd, "wb") as stream:
        stream.write(b"".join(kept))
        stream.flush()
        os.fsync(stream.fileno())
    return target, len(kept), lost
