"""One process works an incident; its death lets the next one in."""

import signal
import subprocess
import sys
from pathlib import Path

from store.ledger import LocalLedger
from tests.support.journals import INCIDENT, files_no_larger_than

ROOT = Path(__file__).parents[2]
HOLDING = (
    "import sys, time\nfrom pathlib import Path\nfrom store.hold import take\n"
    "hold = take(Path(sys.argv[1]))\nprint('held', flush=True)\ntime.sleep(60)"
)


def test_a_held_incident_is_refused_to_others_until_it_is_released(ledger: LocalLedger, colleague: LocalLedger) -> None:
    hold = ledger.try_hold(INCIDENT, "lea@bastion pts/3 (pid 12)")
    assert hold is not None
    assert colleague.try_hold(INCIDENT) is None
    assert colleague.holder(INCIDENT) == "lea@bastion pts/3 (pid 12)"
    hold.release()
    assert colleague.holder(INCIDENT) == ""
    again = colleague.try_hold(INCIDENT)
    assert again is not None
    again.release()


def test_a_full_disk_takes_the_holder_s_name_and_not_the_lock(ledger: LocalLedger, colleague: LocalLedger) -> None:
    with files_no_larger_than(0):
        hold = ledger.try_hold(INCIDENT, "lea")
    assert hold is not None
    assert colleague.try_hold(INCIDENT) is None
    assert colleague.holder(INCIDENT) == "?"
    hold.release()
    assert colleague.holder(INCIDENT) == ""


def test_the_holder_s_death_releases_it(ledger: LocalLedger) -> None:
    path = ledger.shelf.path(INCIDENT, ".lock")
    command = [sys.executable, "-c", HOLDING, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        assert f"pid {process.pid}" in ledger.holder(INCIDENT)
        assert ledger.try_hold(INCIDENT) is None
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert ledger.holder(INCIDENT) == ""
    hold = ledger.try_hold(INCIDENT)
    assert hold is not None
    hold.release()
