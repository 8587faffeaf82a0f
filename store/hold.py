"""Who works an incident: a lock that its holder's death releases, and a line that says who that is."""

import fcntl
import os
from pathlib import Path


class Hold:
    """A held lock; `release` gives it back."""

    def __init__(self, fd: int, path: Path) -> None:
        self._fd, self._path = fd, path

    def release(self) -> None:
        """Let another session work the incident."""
        if self._fd >= 0:
            os.ftruncate(self._fd, 0)
            os.close(self._fd)
            self._fd = -1


def take(path: Path, who: str) -> Hold | None:
    """Take the lock without waiting; None where another holds it."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(fd)
        return None
    os.ftruncate(fd, 0)
    os.pwrite(fd, who.encode(), 0)
    return Hold(fd, path)


def holder(path: Path) -> str:
    """Return who holds the lock, or an empty string where nobody does."""
    try:
        fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return ""
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return os.pread(fd, 200, 0).decode(errors="replace")
    else:
        return ""
    finally:
        os.close(fd)
