"""A ledger in a directory of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from store.ledger import LocalLedger
from tests.support.journals import SteppingClock


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[LocalLedger]:
    ledger = LocalLedger(tmp_path / "store", SteppingClock())
    yield ledger
    ledger.close()


@pytest.fixture
def colleague(ledger: LocalLedger) -> Iterator[LocalLedger]:
    """Another session on the same store."""
    other = LocalLedger(ledger.directory, SteppingClock())
    yield other
    other.close()
