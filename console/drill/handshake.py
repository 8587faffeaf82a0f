"""What a world tells whoever attaches to it: where everything listens, and how its clock runs."""

import os
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from console.drill.clock import WorldClock


class Handshake(BaseModel):
    """Written once, when every server listens. `token` opens the control endpoint; the file is mode 0600."""

    model_config = ConfigDict(frozen=True)

    instance: str
    pid: int
    scenario: str
    clock: WorldClock
    state: Path
    token: str = Field(repr=False)
    control: int
    kubernetes: int
    stripe: int
    shop: int
    smtp: int
    alerts: int

    @property
    def kubeconfig(self) -> Path:
        """How to reach the Kubernetes API."""
        return self.state / "kubeconfig"

    @property
    def maildir(self) -> Path:
        """Where mails come in."""
        return self.state / "mail"

    @property
    def sent_maildir(self) -> Path:
        """Where the mail server files a copy of what it took."""
        return self.state / "sent"

    @property
    def config(self) -> Path:
        """The console's configuration for this world."""
        return self.state / "astreinte.toml"

    @property
    def file(self) -> Path:
        """The handshake itself."""
        return handshake_file(self.state)

    def write(self) -> None:
        """Write the file at once and whole, so that a reader sees all of it or none."""
        draft = self.file.with_suffix(".draft")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(self.model_dump_json())
        draft.replace(self.file)


def handshake_file(state: Path) -> Path:
    """Where a state directory's handshake lies."""
    return state / "handshake.json"


def read(state: Path) -> Handshake | None:
    """The handshake of a state directory, or None where there is none yet."""
    try:
        return Handshake.model_validate_json(handshake_file(state).read_bytes())
    except FileNotFoundError:
        return None
