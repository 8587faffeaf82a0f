"""Private directories and files, on disk before anyone relies on them."""

import errno
import os
from pathlib import Path

from store.errors import Unwritable

_WHAT = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the quota is used up",
    errno.EFBIG: "the file may not grow",
    errno.EROFS: "the file system is read-only",
    errno.EACCES: "no permission to write",
    errno.EPERM: "no permission to write",
}


def make_directory(path: Path) -> None:
    """Make a directory and its missing parents, each with mode 0700 and each on disk."""
    if path.is_dir():
        return
    make_directory(path.parent)
    path.mkdir(mode=0o700, exist_ok=True)
    sync_directory(path.parent)


def sync_directory(path: Path) -> None:
    """Put a directory's entries on disk."""
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def write_whole(path: Path, data: bytes) -> None:
    """Put a file with mode 0600 in place whole or not at all: temporary file, fsync, rename.

    Raises:
        Unwritable: there is what there was.
    """
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        make_directory(path.parent)
        fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(fd, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(fd)
        temporary.replace(path)
        sync_directory(path.parent)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise unwritable(path, error) from error


def unwritable(path: Path, error: OSError) -> Unwritable:
    """Return what a person is told where a write failed."""
    what = _WHAT.get(error.errno or 0, error.strerror or str(error))
    return Unwritable(f"{path}: {what}", "nothing was written", "make room or mend the permissions, then try again")
