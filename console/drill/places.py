"""Where worlds keep their files: outside every store, in a directory that only their user can read."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path


class PlaceTaken(OSError):
    """The directory for the drill's files belongs to somebody else; its text names it."""


@dataclass(frozen=True)
class Places:
    """One store's world: its state directory, and the two lock files beside it."""

    state: Path

    @property
    def starting(self) -> Path:
        """Held while somebody starts the world."""
        return self.state.with_suffix(".starting")

    @property
    def alive(self) -> Path:
        """Held by the world for as long as it lives."""
        return self.state.with_suffix(".alive")

    @property
    def log(self) -> Path:
        """What the world's process prints."""
        return self.state / "world.log"


def places(store: Path) -> Places:
    """The places of the world that belongs to `store`.

    Raises:
        PlaceTaken: another user made the directory first.
    """
    name = hashlib.sha256(os.fsencode(store.resolve())).hexdigest()[:16]
    return Places(_root() / name)


def _root() -> Path:
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if runtime and os.access(runtime, os.W_OK):
        root = Path(runtime) / "astreinte"
    else:
        root = Path(tempfile.gettempdir()) / f"astreinte-{os.getuid()}"
    root.mkdir(mode=0o700, exist_ok=True)
    if root.is_symlink() or root.stat().st_uid != os.getuid():
        raise PlaceTaken(f"{root}: belongs to another user; set XDG_RUNTIME_DIR to a directory of your own")
    root.chmod(0o700)
    return root
