"""An append-only file of framed lines that several processes write and follow.

A write holds the file's lock, reads what others wrote, appends one line and returns once it is on
disk. A reader reads new bytes only. A torn tail is never read, and cut off at the next write.
"""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from store.errors import Damaged, Missing, StoreError, Unwritable
from store.framing import FORMAT, Torn, frame, read_lines

_FULL = {errno.ENOSPC: "the disk is full", errno.EDQUOT: "the quota is used up", errno.EFBIG: "the file may not grow"}


class Journal:
    """One file. `torn` says that its end was cut off in a write that never returned."""

    def __init__(self, path: Path, *, create: bool = True) -> None:
        self.path = path
        self.torn: Torn | None = None
        self._offset = 0
        self._lines = 0
        self._depth = 0
        self._fd = self._open(create=create)

    def _open(self, *, create: bool) -> int:
        flags = os.O_RDWR | os.O_CLOEXEC | (os.O_CREAT if create else 0)
        try:
            if create:
                self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            return os.open(self.path, flags, 0o600)
        except FileNotFoundError as error:
            raise Missing(f"{self.path} does not exist") from error
        except OSError as error:
            if not create or error.errno not in (errno.EACCES, errno.EROFS):
                raise _unwritable(self.path, error) from error
            return self._open_to_read(error)

    def _open_to_read(self, cause: OSError) -> int:
        """What can't be written can still be shown."""
        try:
            return os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise _unwritable(self.path, cause) from error

    @property
    def lines(self) -> int:
        """How many lines were read and written so far, the header included."""
        return self._lines

    def close(self) -> None:
        """Close the file."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the file's lock; re-entrant. Its holder's death releases it."""
        if self._depth == 0:
            self._lock_current()
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
            if self._depth == 0:
                fcntl.flock(self._fd, fcntl.LOCK_UN)

    def _lock_current(self) -> None:
        """Lock the file that bears the name now: a compaction may have replaced ours."""
        while True:
            fcntl.flock(self._fd, fcntl.LOCK_EX)
            if not self._replaced():
                return
            os.close(self._fd)
            self._fd = self._open(create=True)
            self._offset = self._lines = 0

    def _replaced(self) -> bool:
        try:
            return os.fstat(self._fd).st_ino != self.path.stat().st_ino
        except FileNotFoundError:
            return True

    def fresh(self) -> tuple[bool, list[Any]]:
        """Return whether the file was replaced, and the payloads that were written since the last call.

        Raises:
            Damaged: a line is not what was written.
        """
        if self._depth == 0 and self._replaced():
            os.close(self._fd)
            self._fd = self._open(create=True)
            self._offset = self._lines = 0
        started = self._offset == 0
        if os.fstat(self._fd).st_size == self._offset:
            return started, []
        data = os.pread(self._fd, os.fstat(self._fd).st_size - self._offset, self._offset)
        payloads, taken, self.torn = read_lines(data, str(self.path), self._lines + 1)
        self._offset += taken
        self._lines += len(payloads)
        if started and payloads:
            self._check_format(payloads.pop(0))
        return started, payloads

    def _check_format(self, header: Any) -> None:
        if not isinstance(header, dict) or header.get("journal") != FORMAT["journal"]:
            raise Damaged(f"{self.path} is no journal of ours", line=1)
        if header.get("format") != FORMAT["format"]:
            raise StoreError(
                f"{self.path} has format {header.get('format')}", "this version reads 1", "use a newer one"
            )

    def append(self, payload: Any) -> None:
        """Write one line and return once it is on disk. The caller holds the lock and has read what is fresh.

        Raises:
            Unwritable: nothing of it remains.
        """
        new = self._offset == 0
        line = (frame(FORMAT) if new else b"") + frame(payload)
        try:
            if self.torn:
                os.ftruncate(self._fd, self._offset)
                self.torn = None
            self._write(line)
            os.fsync(self._fd)
        except OSError as error:
            self._undo()
            raise _unwritable(self.path, error) from error
        if new:
            sync_directory(self.path.parent)
        self._offset += len(line)
        self._lines += 2 if new else 1

    def _write(self, line: bytes) -> None:
        written = 0
        while written < len(line):
            written += os.pwrite(self._fd, line[written:], self._offset + written)

    def _undo(self) -> None:
        """Cut off what a failed write left, as far as the file lets us; a reader drops the rest as torn."""
        try:
            os.ftruncate(self._fd, self._offset)
        except OSError:
            self.torn = Torn(self._offset, 0)

    def replace(self, payloads: list[Any]) -> None:
        """Compact: write the payloads to a new file and put it in this one's place. The caller holds the lock.

        Raises:
            Unwritable: the file is as it was.
        """
        temporary = self.path.with_suffix(f".{os.getpid()}.tmp")
        try:
            with temporary.open("wb") as stream:
                stream.write(b"".join(frame(payload) for payload in (FORMAT, *payloads)))
                stream.flush()
                os.fchmod(stream.fileno(), 0o600)
                os.fsync(stream.fileno())
                fcntl.flock(stream.fileno(), fcntl.LOCK_EX)
                temporary.replace(self.path)
                sync_directory(self.path.parent)
                size = stream.tell()
                os.close(self._fd)
                self._fd = os.open(self.path, os.O_RDWR | os.O_CLOEXEC)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise _unwritable(self.path, error) from error
        fcntl.flock(self._fd, fcntl.LOCK_EX)
        self._offset, self._lines = size, len(payloads) + 1


def sync_directory(path: Path) -> None:
    """Put a directory's entries on disk."""
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _unwritable(path: Path, error: OSError) -> Unwritable:
    what = _FULL.get(error.errno or 0, error.strerror or str(error))
    return Unwritable(f"{path}: {what}", "nothing was written", "make room or mend the permissions, then try again")
