"""Writers killed at random moments lose nothing that they were told is safe."""

import asyncio
import json
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from store.events import Event, NoteAdded
from store.ledger import LocalLedger, Recorded
from tests.support.journals import INCIDENT, SteppingClock, note
from tests.support.scenario import opened

ROOT = Path(__file__).parents[2]
SEED = 20250109


@pytest.fixture
def kills(request: pytest.FixtureRequest) -> int:
    return 200 if "campaign" in request.config.getoption("-m") else 16


def notes(records: list[Recorded]) -> Counter[str]:
    return Counter(r.event.text.strip() for r in records if isinstance(r.event, NoteAdded))


@pytest.mark.campaign
@pytest.mark.timeout(600)
async def test_after_kills_no_acknowledged_event_is_missing_none_is_doubled_and_the_chain_verifies(
    tmp_path: Path, kills: int
) -> None:
    ledger = LocalLedger(tmp_path, SteppingClock())
    first: list[Event] = [opened()]
    assert await ledger.open_incident("report-5dd956bf", date(2025, 1, 9), lambda _: first, actor="lea") == INCIDENT
    command = [sys.executable, "-m", "tests.campaign.writers", str(tmp_path), str(kills), str(SEED)]
    done = await asyncio.to_thread(subprocess.run, command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["kills"] == kills
    assert told["acknowledged"]

    await ledger.append(INCIDENT, [note("after")], expected_seq=None, actor="lea")
    await ledger.append_desk([note("after")], expected_seq=None, actor="lea")
    for incident, acknowledged in ((INCIDENT, told["acknowledged"]), (None, told["desk"])):
        found = notes(list(await (ledger.read(incident) if incident else ledger.read_desk())))
        assert [text for text in acknowledged if text not in found] == []
        assert [text for text, times in found.items() if times > 1] == []
        assert ledger.verify(incident)[2] is None
    assert [summary.incident for summary in ledger.summaries()] == [INCIDENT]
    assert ledger.lines(INCIDENT).read()
    ledger.close()
