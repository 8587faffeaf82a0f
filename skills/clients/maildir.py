"""Maildirs as files: what is in one, what is marked as seen. See https://cr.yp.to/proto/maildir.html."""

import os
from collections.abc import Iterator
from email.parser import BytesHeaderParser
from pathlib import Path

FOLDERS = ("new", "cur")
_SEEN = "S"
_HEADER_BYTES = 64 * 1024


def unique_name(path: Path) -> str:
    """Return the part of a mail's file name that stays the same when it moves or gains flags."""
    return path.name.partition(":")[0]


def flags(path: Path) -> str:
    """Return a mail's flags, such as `RS`."""
    return path.name.partition(":2,")[2]


def unseen(maildir: Path) -> list[Path]:
    """Return the mails that nobody has marked, oldest delivery first.

    Those in `cur` without the flag count too: another reader may have moved them there unread.

    Raises:
        OSError: it is no Maildir, or can't be read.
    """
    found = [path for folder in FOLDERS for path in _files(maildir / folder) if _SEEN not in flags(path)]
    return sorted(found, key=lambda path: (_arrival(path), path.name))


def _files(folder: Path) -> list[Path]:
    with os.scandir(folder) as entries:
        return [Path(entry.path) for entry in entries if not entry.name.startswith(".")]


def _arrival(path: Path) -> float:
    """Return when a mail was delivered: the seconds that its name begins with, else the file's age."""
    seconds = path.name.partition(".")[0]
    if seconds.isascii() and seconds.isdigit():
        return float(seconds[:15])
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def mark_seen(maildir: Path, name: str) -> None:
    """Move a mail to `cur` with the flag for seen, keeping its other flags; nothing where it is gone."""
    for folder in FOLDERS:
        for path in _files(maildir / folder):
            if unique_name(path) == name and not (folder == "cur" and _SEEN in flags(path)):
                kept = "".join(sorted({*flags(path), _SEEN}))
                path.rename(maildir / "cur" / f"{name}:2,{kept}")
                return


def changed_at(maildir: Path) -> tuple[int, ...]:
    """Return when the folders last changed, in nanoseconds: equal means that no file came or went.

    Raises:
        OSError: it is no Maildir, or can't be read.
    """
    return tuple((maildir / folder).stat().st_mtime_ns for folder in FOLDERS)


def holds(maildir: Path, message_id: str) -> bool:
    """Return whether a mail of that Message-ID lies in the Maildir, whatever its flags; newest are looked at first."""
    return any(_message_id(path) == message_id for path in _newest_first(maildir))


def _newest_first(maildir: Path) -> Iterator[Path]:
    existing = (maildir / folder for folder in FOLDERS if (maildir / folder).is_dir())
    yield from sorted((path for folder in existing for path in _files(folder)), key=_arrival, reverse=True)


def _message_id(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEADER_BYTES)
    except OSError:
        return ""
    return str(BytesHeaderParser().parsebytes(head).get("Message-ID", "")).strip()
