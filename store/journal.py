"""An append-only file of framed lines that several processes write and follow.

A write holds the file's lock, reads what others wrote, appends one line and returns once it is on
disk. A reader reads new bytes only. A torn tail is never read, and cut off at the next write.
"""

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import RLock
from typing import Any

from store.errors import Damaged, Missing, StoreError
from store.files import make_directory, sync_directory, unwritable
from store.framing import FORMAT, Torn, frame, read_lines

_HEADER = frame(FORMAT)


class Journal:
    """One file. `torn` says that its end was cut off in a write that never returned.

    Where the file may not be written it is opened all the same, to be read.

    Raises:
        Missing: there is no such file, and `create` is false.
        Unwritable: it can be neither made nor read.
    """

    def __init__(self, path: Path, *, create: bool = True) -> None:
        self.path = path
        self.torn: Torn | None = None
        self._create = create
        self._offset = 0
        self._lines = 0
        self._depth = 0
        self.guard = RLock()
        self._read_only: OSError | None = None
        self._fd = self._open()

    def _open(self) -> int:
        flags = os.O_RDWR | os.O_CLOEXEC | (os.O_CREAT if self._create else 0)
        self._read_only = None
        try:
            if self._create:
                make_directory(self.path.parent)
            return os.open(self.path, flags, 0o600)
        except FileNotFoundError as error:
            raise Missing(f"{self.path} does not exist") from error
        except OSError as error:
            self._read_only = error
            with suppress(OSError):
                return os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
            raise unwritable(self.path, error) from error

    @property
    def lines(self) -> int:
        """How many lines were read and written so far, the header included."""
        return self._lines

    @property
    def unread(self) -> int:
        """How many bytes wait to be read."""
        return max(0, os.fstat(self._fd).st_size - self._offset)

    def close(self) -> None:
        """Close the file."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def __del__(self) -> None:
        if hasattr(self, "_fd"):
            self.close()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the file's lock; re-entrant within its thread. Its holder's death releases it."""
        with self.guard:
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
        fcntl.flock(self._fd, fcntl.LOCK_EX)
        while self._replaced():
            self._reopen()
            fcntl.flock(self._fd, fcntl.LOCK_EX)

    def _replaced(self) -> bool:
        try:
            return os.fstat(self._fd).st_ino != self.path.stat().st_ino
        except FileNotFoundError:
            return True

    def _reopen(self) -> None:
        old, self._fd = self._fd, self._open()
        os.close(old)
        self._offset = self._lines = 0

    def fresh(self) -> tuple[bool, list[Any]]:
        """Return whether reading began at the file's start, and the payloads written since the last call.

        Raises:
            Damaged: a line is not what was written.
        """
        with self.guard:
            if self._depth == 0 and self._replaced():
                self._reopen()
            size = os.fstat(self._fd).st_size
            if size < self._offset:  # a write that failed was cut off after we had read it
                self._offset = self._lines = 0
            started = self._offset == 0
            if size == self._offset:
                self.torn = None
                return started, []
            data = os.pread(self._fd, size - self._offset, self._offset)
            payloads, taken, self.torn = read_lines(data, str(self.path), self._lines + 1)
            if started:
                self._check_format(payloads.pop(0) if payloads else None, data)
            self._offset += taken
            self._lines += len(payloads) + (started and taken > 0)
            return started, payloads

    def _check_format(self, header: Any, data: bytes) -> None:
        if header is None and _HEADER.startswith(data.strip(b"\0")):
            return  # died while it was made
        if not isinstance(header, dict) or header.get("journal") != FORMAT["journal"]:
            raise Damaged(f"{self.path} is no journal of ours", "its first line is another", line=1)
        if header.get("format") != FORMAT["format"]:
            has, reads = header.get("format"), FORMAT["format"]
            raise StoreError(f"{self.path} has format {has}", f"this version reads {reads}", "use a newer version")

    def append(self, payload: Any) -> None:
        """Write one line and return once it is on disk. The caller holds the lock and has read what is fresh.

        Raises:
            Unwritable: nothing of it remains.
        """
        new = self._offset == 0
        line = (_HEADER if new else b"") + frame(payload)
        try:
            if self._read_only:
                raise self._read_only
            if self.torn:
                os.ftruncate(self._fd, self._offset)
                self.torn = None
            self._write(line)
            os.fsync(self._fd)
            if new:
                sync_directory(self.path.parent)
        except OSError as error:
            self._undo()
            raise unwritable(self.path, error) from error
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

    def replace(self, payloads: Iterable[Any]) -> None:
        """Rewrite: put the payloads in a new file and that in this one's place. The caller holds the lock.

        The new file is locked before it bears the name, so that nobody writes to it before we are done.

        Raises:
            Unwritable: the file is as it was.
        """
        lines = [frame(payload) for payload in (FORMAT, *payloads)]
        temporary = self.path.with_name(f"{self.path.name}.tmp")
        fd = -1
        try:
            if self._read_only:
                raise self._read_only
            fd = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            fcntl.flock(fd, fcntl.LOCK_EX)
            with os.fdopen(fd, "wb", closefd=False) as stream:
                stream.writelines(lines)
            os.fsync(fd)
            temporary.replace(self.path)
        except OSError as error:
            if fd >= 0:
                os.close(fd)
                temporary.unlink(missing_ok=True)
            raise unwritable(self.path, error) from error
        old, self._fd = self._fd, fd
        os.close(old)
        self.torn, self._offset, self._lines = None, sum(map(len, lines)), len(lines)
        sync_directory(self.path.parent)
