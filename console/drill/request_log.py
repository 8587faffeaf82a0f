"""What a loopback server was asked, kept so that a test can prove what did and what did not happen."""

from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

Clock = Callable[[], datetime]
KEPT = 20_000


class Request(BaseModel):
    """One request. `status` is the server's answer; `detail` never holds a credential."""

    model_config = ConfigDict(frozen=True)

    seq: int
    at: datetime
    method: str
    path: str
    status: int
    detail: dict[str, Any] = {}


class RequestLog:
    """The last requests of one server, in order of their answers."""

    def __init__(self, now: Clock) -> None:
        self.now = now
        self._seq = 0
        self._entries: deque[Request] = deque(maxlen=KEPT)

    def add(self, method: str, path: str, status: int, **detail: Any) -> Request:
        """Record an answered request; `path` with its query."""
        self._seq += 1
        entry = Request(seq=self._seq, at=self.now(), method=method, path=path, status=status, detail=detail)
        self._entries.append(entry)
        return entry

    def entries(self, after: int = 0) -> list[Request]:
        """The requests after the sequence number `after`."""
        return [entry for entry in self._entries if entry.seq > after]
