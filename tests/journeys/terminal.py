"""A terminal with a person's eyes and fingers: runs a program in a real pty and sees what it paints.

A thread reads on, as a terminal does, so that a program that is not watched never blocks on its own output.
"""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Mapping, Sequence

import pyte

_KEYS = {
    "enter": "\r",
    "escape": "\x1b",
    "tab": "\t",
    "space": " ",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "backspace": "\x7f",
    **{f"ctrl+{letter}": chr(ord(letter) - 96) for letter in "abcdefghijklmnopqrstuvwxyz"},
}
_CONTROLLING = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execvp(sys.argv[1], sys.argv[1:])"
)
"""Takes the pty as controlling terminal, then becomes the program: no fork in a process that has threads."""

_WHOLE = re.compile(
    rb"\x1b\[(?P<private>[<>=?]?)[0-9;:]*[ !$'\"]?(?P<final>[@-~])"  # CSI
    rb"|\x1b[\]P_^X][^\x07\x1b]*(?:\x07|\x1b\\)"  # OSC, DCS, APC, PM, SOS: strings
    rb"|\x1b[()*+][A-Za-z0-9]|\x1b[^\[\]P_^X()*+]"  # character sets and two-byte escapes
)
_ANSWERS = (
    (re.compile(rb"\x1b\[0?c"), "\x1b[?62;22c"),  # what are you: a VT220 with colours
    (re.compile(rb"\x1b\[>0?c"), "\x1b[>1;10;0c"),  # which version
    (re.compile(rb"\x1b\[5n"), "\x1b[0n"),  # are you well
    (re.compile(rb"\x1b\[\?2026\$p"), "\x1b[?2026;2$y"),  # can you hold a frame: yes, and it is not held
    (re.compile(rb"\x1b\[\?u"), "\x1b[?0u"),  # keyboard protocol: the plain one
)
_CURSOR = re.compile(rb"\x1b\[6n")


class NotSeen(AssertionError):
    """What was waited for did not come on the screen; its text holds the screen."""


class Terminal:
    """One program in one pty. `received` is every byte that it sent."""

    def __init__(self, command: Sequence[str], columns: int, rows: int, env: Mapping[str, str]) -> None:
        self.received = bytearray()
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._rest = b""
        self._seen = threading.Condition()
        self._ended = False
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        told = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "COLUMNS": str(columns), "LINES": str(rows)}
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _CONTROLLING, *command],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**env, **told},
            start_new_session=True,
        )
        os.close(slave)
        self._reader = threading.Thread(target=self._read, name=f"pty {self._process.pid}", daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """The program's process."""
        return self._process.pid

    def text(self) -> str:
        """The screen as it stands, one line a row."""
        with self._seen:
            return self._shown()

    def until(self, pattern: str, seconds: float = 15.0) -> re.Match[str]:
        """Wait until the screen's text matches; `.` matches no line's end.

        Raises:
            NotSeen: it did not within `seconds`, or the program ended without.
        """
        return self._wait(pattern, seconds, wanted=True)

    def until_gone(self, pattern: str, seconds: float = 15.0) -> None:
        """Wait until the screen's text no longer matches."""
        self._wait(pattern, seconds, wanted=False)

    def until_quiet(self, seconds: float = 0.06) -> None:
        """Wait until nothing has come for so long: the program has painted what it had to paint."""
        with self._seen:
            before = -1
            while len(self.received) > before and not self._ended:
                before = len(self.received)
                self._seen.wait(seconds)

    def press(self, *keys: str) -> None:
        """Type keys, by name or as the character itself."""
        os.write(self._master, "".join(_KEYS.get(key, key) for key in keys).encode())

    def press_until(self, key: str, pattern: str, seconds: float = 15.0) -> re.Match[str]:
        """Type a key that can be typed twice without harm, as a person does whose first stroke came too early.

        Raises:
            NotSeen: the pattern did not come.
        """
        deadline = time.monotonic() + seconds
        while True:
            self.until_quiet()
            self.press(key)
            try:
                return self.until(pattern, 1.0)
            except NotSeen:
                if time.monotonic() > deadline or self._ended:
                    raise

    def paste(self, text: str) -> None:
        """Paste in brackets, as terminals do."""
        self.press(f"\x1b[200~{text}\x1b[201~")

    def wait(self, seconds: float = 15.0) -> int:
        """Wait for the program's end; return its exit status, negative for a signal."""
        status = self._process.wait(seconds)
        self._reader.join(seconds)
        return status

    def kill(self) -> None:
        """End the program as a power cut would."""
        self._process.send_signal(signal.SIGKILL)
        self.wait()

    def close(self) -> None:
        """End the program if it lives, and give the pty back."""
        if self._process.poll() is None:
            self._process.kill()
        self.wait()
        os.close(self._master)

    def _shown(self) -> str:
        """The rows as they stand; half of a wide character that is just being painted over is left out."""
        rows = (self._screen.buffer[y] for y in range(self._screen.lines))
        return "\n".join("".join(row[x].data for x in range(self._screen.columns)).rstrip() for row in rows)

    def _wait(self, pattern: str, seconds: float, *, wanted: bool) -> re.Match[str]:
        deadline = time.monotonic() + seconds
        with self._seen:
            while True:
                shown = self._shown()
                found = re.search(pattern, shown)
                if bool(found) is wanted:
                    return found or re.match("", "")  # type: ignore[return-value]  # the empty pattern always matches
                left = deadline - time.monotonic()
                if left <= 0 or self._ended:
                    how = "the program ended" if self._ended else f"in {seconds:g} s"
                    raise NotSeen(f"{pattern!r} {'not seen' if wanted else 'still there'} ({how}):\n{shown}")
                self._seen.wait(left)

    def _read(self) -> None:
        while True:
            try:
                select.select([self._master], [], [])
                data = os.read(self._master, 1 << 16)
            except OSError:  # the other end is closed
                data = b""
            with self._seen:
                self._ended = not data
                self._take(data)
                self._seen.notify_all()
            if not data:
                return

    def _take(self, data: bytes) -> None:
        """Paint what came; a sequence that came in part waits for its rest."""
        self.received += data
        data, self._rest = self._rest + data, b""
        start = 0
        for escape in re.finditer(rb"\x1b", data):
            if escape.start() < start:
                continue
            self._stream.feed(data[start : escape.start()])
            whole = _WHOLE.match(data, escape.start())
            if whole is None:
                self._rest = data[escape.start() :]
                return
            self._obey(whole)
            start = whole.end()
        self._stream.feed(data[start:])

    def _obey(self, sequence: re.Match[bytes]) -> None:
        """Answer a question; paint the rest, but what pyte would take for something else."""
        data, private, final = sequence[0], sequence["private"], sequence["final"]
        for question, answer in _ANSWERS:
            if question.fullmatch(data):
                self.press(answer)
                return
        if _CURSOR.fullmatch(data):
            self.press(f"\x1b[{self._screen.cursor.y + 1};{self._screen.cursor.x + 1}R")
        elif final is None:
            if data[1:2] not in b"]P_^X":
                self._stream.feed(data)
        elif not private or (private == b"?" and final in b"hl"):
            self._stream.feed(data)
