"""Delivery into a Maildir: written under tmp, then moved to new, as https://cr.yp.to/proto/maildir.html says."""

import os
from datetime import datetime
from pathlib import Path


def make(maildir: Path) -> None:
    """Create the three folders."""
    for folder in ("tmp", "new", "cur"):
        (maildir / folder).mkdir(parents=True, exist_ok=True, mode=0o700)


def deliver(maildir: Path, name: str, content: bytes, at: datetime) -> Path:
    """Put a mail into `new`, dated by the world's clock; a mail already delivered under `name` stays as it is."""
    unique = f"{int(at.timestamp())}.{name}.drill"
    target = maildir / "new" / unique
    if target.exists() or any((maildir / "cur").glob(unique + "*")):
        return target
    draft = maildir / "tmp" / unique
    draft.write_bytes(content)
    os.utime(draft, (at.timestamp(), at.timestamp()))
    draft.rename(target)
    return target
