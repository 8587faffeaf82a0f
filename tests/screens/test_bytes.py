"""Bytes are money: what a terminal is sent is measured in a real pty of 120x40."""

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Iterator

import pytest

PATIENCE_SECONDS = 30
FRAME_END = b"\x1b[?2026l"


class Terminal:
    """A child in a pty, and what it sent."""

    def __init__(self, *command: str) -> None:
        self.sent = b""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM="xterm-256color", COLORTERM="truecolor", PYTHONDONTWRITEBYTECODE="1")
            os.execv(command[0], list(command))  # noqa: S606 - the interpreter that runs the tests
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))

    def read(self, seconds: float) -> bytes:
        """Return what comes within so many seconds; empty where nothing does."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return b""
        data = os.read(self.fd, 1 << 16)
        if b"\x1b[?2026$p" in data:
            os.write(self.fd, b"\x1b[?2026;2$y")  # frames are marked for a terminal that can hold them back
        self.sent += data
        return data

    def until(self, wanted: bytes, times: int = 1) -> int:
        """Read until so many more of a sequence have come; return how many bytes that took."""
        before, start, deadline = self.sent.count(wanted), len(self.sent), time.monotonic() + PATIENCE_SECONDS
        while self.sent.count(wanted) < before + times:
            self.read(1)
            assert time.monotonic() < deadline, f"{wanted!r} did not come: {self.sent[-400:]!r}"
        return len(self.sent) - start

    def close(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.fd)


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    """Return a terminal that shows the main screen, painted and at rest."""
    child = Terminal(sys.executable, "-m", "tests.screens.ticking")
    try:
        child.until(b"Ensuite")
        while child.read(0.5):  # more than half a second without a byte: the first screen stands
            pass
        yield child
    finally:
        child.close()


def test_a_tick_of_the_clocks_costs_at_most_400_bytes(terminal: Terminal) -> None:
    started = time.monotonic()
    spent = terminal.until(FRAME_END, times=4)
    assert spent / 4 <= 400
    assert spent / (time.monotonic() - started) <= 400


@pytest.mark.parametrize("keys", [b"\t", b"1", b"4"])
def test_moving_the_focus_costs_at_most_5000_bytes(terminal: Terminal, keys: bytes) -> None:
    os.write(terminal.fd, keys)
    spent = 0
    while data := terminal.read(0.4):
        spent += len(data)
    assert 0 < spent <= 5000
