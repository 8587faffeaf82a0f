"""`astreinte triage FILE… [--json]`: classify without storing."""

import json
import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from console.config import UsageError, load_config
from skills.client_intake.triage import triage
from store.safe_text import plain


def run(options: Namespace) -> int:
    """Classify the mails in the order of the arguments."""
    config = load_config(getattr(options, "config", None))
    for row in triage(read_files(options.files), config.known_clients()):
        print(json.dumps(row, ensure_ascii=False) if options.json else _line(row), flush=True)
    return 0


def _line(row: dict[str, object]) -> str:
    names = ("file", "priority", "type", "language", "client", "onset_at", "duplicate_of")
    return "  ".join(plain(str(row[name] or "-")) for name in names)


def read_files(names: list[str]) -> list[tuple[str, bytes]]:
    """Return each file's name and bytes; `-` is standard input.

    Raises:
        UsageError: a file can't be read.
    """
    return list(_each(names))


def _each(names: list[str]) -> Iterator[tuple[str, bytes]]:
    for name in names:
        try:
            yield name, sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        except OSError as error:
            raise UsageError(f"{name}: can't be read: {error.strerror}") from error
