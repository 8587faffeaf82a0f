"""What is sound in a damaged journal, saved into a new file."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from store.errors import Damaged, Missing, StoreError
from store.files import sync_directory, unwritable
from store.framing import FORMAT, frame, unframe


class Repaired(NamedTuple):
    """The new file, how many payloads it has of the old one, and how many lines are lost or not whole."""

    path: Path
    kept: int
    lost: int


def repair(path: Path) -> Repaired:
    """Copy a journal's sound lines into a new file beside it. The old one stays as it is.

    Raises:
        Missing: there is no such file.
        StoreError: nothing in it is ours, or the new file is there already.
        Unwritable: the new file can't be written.
    """
    kept: list[Any] = []
    lost = 0
    for line in _read(path).split(b"\n"):
        found, whole = _sound(line)
        kept += [payload for payload in found if payload != FORMAT]
        lost += not whole
    if not kept:
        raise StoreError(f"{path}: no line of it is sound", "", "take it from a backup or from its replay file")
    target = path.with_name(f"{path.name}.repaired")
    _write_new(target, b"".join(map(frame, (FORMAT, *kept))))
    return Repaired(target, len(kept), lost)


def _sound(line: bytes) -> tuple[list[Any], bool]:
    """Return the payloads of a line, and whether that is all of it: a damaged line break makes one of two."""
    try:
        return ([unframe(line, "", 0)] if line else []), True
    except (Damaged, json.JSONDecodeError, UnicodeDecodeError):
        return list(_inner(line)), False


def _inner(line: bytes) -> Iterator[Any]:
    """Yield what is sound at the start of a line whose own end, a line break, was damaged."""
    while line:
        size = line[9:29].split(b" ", 1)[0]
        if not size.isdigit():
            return
        end = 9 + len(size) + 1 + int(size)
        try:
            yield unframe(line[:end], "", 0)
        except (Damaged, json.JSONDecodeError, UnicodeDecodeError):
            return
        line = line[end + 1 :]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Missing(f"{path}: can't be read", error.strerror or "") from error


def _write_new(target: Path, data: bytes) -> None:
    try:
        fd = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError as error:
        raise StoreError(f"{target} is there already", "", "move it away first") from error
    except OSError as error:
        raise unwritable(target, error) from error
    try:
        with os.fdopen(fd, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(fd)
        sync_directory(target.parent)
    except OSError as error:
        target.unlink(missing_ok=True)
        raise unwritable(target, error) from error
