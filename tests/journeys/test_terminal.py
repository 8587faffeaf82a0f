"""The journeys' terminal is one: it paints, answers what programs ask of terminals, and ends them."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.journeys.terminal import NotSeen, Terminal

_ASK = (
    "import os, sys, tty; tty.setraw(0); os.write(1, {question!r});"
    "answer = os.read(0, 64); os.write(1, ascii(answer).encode() + b' said'); os.read(0, 1)"
)


@contextmanager
def _running(program: str) -> Iterator[Terminal]:
    terminal = Terminal([sys.executable, "-c", program], 40, 5, os.environ)
    try:
        yield terminal
    finally:
        terminal.close()


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (b"\x1b[c", "x1b[?62;22c"),
        (b"\x1b[?2026$p", "x1b[?2026;2$y"),
        (b"ab\r\n\x1b[6n", "x1b[2;1R"),
        (b"\x1b[?u", "x1b[?0u"),
    ],
    ids=["attributes", "held frames", "cursor", "keyboard"],
)
def test_it_answers_as_a_terminal_does(question: bytes, answer: str) -> None:
    with _running(_ASK.format(question=question)) as terminal:
        assert answer in terminal.until("said").string


def test_it_paints_a_sequence_that_comes_in_two_parts() -> None:
    with _running(
        "import os, tty; tty.setraw(0); os.write(1, b'ab\\x1b['); os.read(0, 9); os.write(1, b'1Dc'); os.read(0, 9)"
    ) as terminal:
        terminal.until("ab")
        terminal.press("enter")
        terminal.until("^ac")


def test_what_is_not_seen_is_told_with_the_screen() -> None:
    with _running("print('something else')") as terminal, pytest.raises(NotSeen, match="something else"):
        terminal.until("nowhere")


def test_a_killed_program_ends_without_a_word() -> None:
    with _running("input('waiting')") as terminal:
        terminal.until("waiting")
        terminal.kill()
        assert terminal.wait() == -signal.SIGKILL
