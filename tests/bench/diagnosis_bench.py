"""From an incident's opening to its named cause, with ten pods' logs: `python -m tests.bench.diagnosis_bench`.

The real console in a pty, over the real client, on a loopback cluster of another process. The instants are those of
the incident's own journal.
"""

import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from store.events import CauseNamed, IncidentOpened
from store.ledger import LocalLedger
from tests.bench.pane_bench import mailed_console, running_pods
from tests.bench.store_bench import Figure, shown
from tests.support.journals import SteppingClock

PODS, LINES = 10, 50_000
LONGEST_SECONDS = 3.0
_PATIENCE = 60.0


def until_named(store: Path) -> timedelta:
    """Wait until a cause is named; return how long after the incident's opening that was."""
    deadline = time.monotonic() + _PATIENCE
    ledger = LocalLedger(store, SteppingClock())
    while time.monotonic() < deadline:
        for summary in ledger.summaries():
            at = {type(record.event): record.at for record in ledger.journal(summary.incident).read()}
            if CauseNamed in at:
                return at[CauseNamed] - at[IncidentOpened]
        time.sleep(0.2)
    raise AssertionError("no cause was named")


def main() -> int:
    """Print the figure; return 1 where its limit is missed."""
    with tempfile.TemporaryDirectory() as directory, running_pods(Path(directory), PODS) as pods:
        pods.write(LINES, 10 * LINES)()
        with mailed_console(Path(directory), pods.stripe) as (_, store):
            taken = until_named(store).total_seconds()
    figure = Figure(f"from opening to cause, {PODS} pods, {LINES:,} lines", taken, "s", LONGEST_SECONDS)
    sys.stdout.write(f"{shown(figure)}\n")
    return int(taken > LONGEST_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
