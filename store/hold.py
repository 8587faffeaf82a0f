"""Who works an incident: a lock that its holder's death releases, and a line that says who that is."""

import fcntl
import getpass
import os
import time
from contextlib import suppress
from pathlib import Path

from store.files import make_directory, unwritable

_TRIES = 5
_LOOK_SECONDS = 0.002
"""A look at the holder takes the shared lock for less than this, which is no reason to be refused."""


class Hold:
    """A held lock; `release` gives it back."""

    def __init__(self, fd: int) -> None:
        self._fd = fd

    def release(self) -> None:
        """Let another session work the incident."""
        if self._fd >= 0:
            with suppress(OSError):
                os.ftruncate(self._fd, 0)
            os.close(self._fd)
            self._fd = -1


def oneself() -> str:
    """Return who this process is to others: account, terminal, process."""
    terminal = next((os.ttyname(fd) for fd in range(3) if os.isatty(fd)), "no terminal")
    return f"{getpass.getuser()} ({terminal}, pid {os.getpid()})"


def take(path: Path, who: str = "") -> Hold | None:
    """Take the lock; None where another process holds it.

    Raises:
        Unwritable: the lock's file can't be made.
    """
    try:
        make_directory(path.parent)
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise unwritable(path, error) from error
    if not _lock(fd):
        os.close(fd)
        return None
    with suppress(OSError):  # on a full disk the lock holds all the same, only nameless
        os.ftruncate(fd, 0)
        os.pwrite(fd, (who or oneself()).encode(), 0)
    return Hold(fd)


def _lock(fd: int) -> bool:
    for attempt in range(_TRIES):
        with suppress(BlockingIOError):
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        if attempt < _TRIES - 1:
            time.sleep(_LOOK_SECONDS)
    return False


def holder(path: Path) -> str:
    """Return who holds the lock, or an empty string where nobody does."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return ""
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return os.pread(fd, 200, 0).decode(errors="replace") or "?"
    else:
        return ""
    finally:
        os.close(fd)
