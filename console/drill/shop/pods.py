"""What the shop needs of the cluster it runs in."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol


class Pods(Protocol):
    """The pods behind the shop's service."""

    def ready(self, workload: str) -> list[str]:
        """The names of the pods that take requests now."""

    def environment(self, pod: str) -> Mapping[str, str]:
        """The environment that the pod's process was started with."""

    def write(self, pod: str, line: str, at: datetime | None = None) -> None:
        """Append one line to the pod's log, as received at `at` (now, where it is None)."""
