"""One file holds an incident whole, and another machine takes it in or says in one line why not."""

import gzip
from pathlib import Path

import pytest

from store.archive import export_replay, import_replay, pack, read_archive, repair, unpack
from store.errors import Damaged, Missing, StoreError
from store.feed import LogEntry
from store.framing import frame
from store.incident_journal import EVIDENCE, EventJournal
from store.ledger import LocalLedger
from tests.support.journals import AT, SteppingClock, note, opened_incident, texts, told_incident, written


@pytest.fixture
async def file(ledger: LocalLedger, tmp_path: Path) -> Path:
    incident = await told_incident(ledger)
    ledger.journal(incident).keep("the captured log")
    ledger.lines(incident).append([LogEntry(AT, "7d9", "POST /pay 500", "error", evidence=True)])
    export_replay(ledger, incident, tmp_path / "replay.gz")
    return tmp_path / "replay.gz"


@pytest.fixture
def elsewhere(tmp_path: Path) -> LocalLedger:
    return LocalLedger(tmp_path / "elsewhere", SteppingClock())


async def test_another_machine_takes_in_everything_and_once(
    ledger: LocalLedger, elsewhere: LocalLedger, file: Path
) -> None:
    incident = import_replay(elsewhere, file)
    assert import_replay(elsewhere, file) == incident
    assert await elsewhere.read(incident) == await ledger.read(incident)
    assert elsewhere.verify(incident) == ledger.verify(incident)
    assert elsewhere.lines(incident).read() == ledger.lines(incident).read()
    assert elsewhere.journal(incident).rows(EVIDENCE) == ledger.journal(incident).rows(EVIDENCE)
    assert elsewhere.summaries()[0].incident == incident
    records, lines = read_archive(file)
    assert records == list(await ledger.read(incident))
    assert [line.text for line in lines] == ["POST /pay 500"]
    elsewhere.close()


async def test_the_same_incident_gives_the_same_bytes(ledger: LocalLedger, file: Path, tmp_path: Path) -> None:
    export_replay(ledger, ledger.incidents()[0], tmp_path / "again.gz")
    assert (tmp_path / "again.gz").read_bytes() == file.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o600


async def test_another_incident_under_the_same_id_is_refused(elsewhere: LocalLedger, file: Path) -> None:
    incident = await opened_incident(elsewhere, "another")
    with pytest.raises(StoreError, match=f"{incident} is here already"):
        import_replay(elsewhere, file)
    assert len(await elsewhere.read(incident)) == 1


async def test_a_damaged_file_is_refused_wherever_it_is_cut_or_changed(elsewhere: LocalLedger, file: Path) -> None:
    sound = file.read_bytes()
    for position in range(0, len(sound), 41):
        for content in (sound[:position], sound[:position] + bytes([sound[position] ^ 0x10]) + sound[position + 1 :]):
            file.write_bytes(content)
            try:
                assert unpack(file).rows == {} or _is_header(position)
            except Damaged:
                continue
    assert elsewhere.incidents() == []


def _is_header(position: int) -> bool:
    """Whether a byte is of gzip's own header, which says nothing about the content: time, flags, system."""
    return position < 10


FOREIGN = {
    "text": b"a letter",
    "another gzip": gzip.compress(b"a letter\n"),
    "another JSON": gzip.compress(frame({"a": 1}) + frame({}) + frame({}) + frame([])),
    "wrong shapes": gzip.compress(frame({"archive": "astreinte", "format": 1}) + frame([1]) + frame({}) + frame([])),
    "a newer format": gzip.compress(b"".join(map(frame, ({"archive": "astreinte", "format": 2}, {}, {}, [])))),
    "no incident": pack({}, []),
}


@pytest.mark.parametrize("content", FOREIGN.values(), ids=FOREIGN)
def test_a_foreign_file_is_refused_with_one_line(elsewhere: LocalLedger, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "foreign"
    path.write_bytes(content)
    with pytest.raises(StoreError) as refused:
        import_replay(elsewhere, path)
    assert str(path) in str(refused.value)
    assert "\n" not in str(refused.value)


async def test_a_file_whose_story_was_changed_is_refused(elsewhere: LocalLedger, file: Path) -> None:
    rows, lines, evidence = unpack(file)
    rows[2] = {**rows[2], "by": "nobody"}
    file.write_bytes(pack(rows, lines, evidence))
    with pytest.raises(Damaged, match=r"event 2 .* is not what was written"):
        import_replay(elsewhere, file)


async def test_an_incident_s_name_can_not_lead_out_of_the_store(ledger: LocalLedger, elsewhere: LocalLedger) -> None:
    from tests.support.journals import opening

    journal = EventJournal(ledger.directory / "forged.journal", create=True)
    journal.append([opening("../../forged", "r")], None, AT, "mallory")
    path = ledger.directory / "forged.gz"
    path.write_bytes(pack(journal.rows(), []))
    with pytest.raises(StoreError, match="opens no incident"):
        import_replay(elsewhere, path)


def test_repair_saves_what_is_sound_into_a_new_file_and_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "log.journal"
    written(path, "one", "two", "three", "four").close()
    lines = path.read_bytes().splitlines(keepends=True)
    damaged = b"".join(
        [*lines[:2], lines[2].replace(b"two", b"owt"), lines[3][:-1] + b"\t", lines[4], b"0badbad0 99 {"]
    )
    path.write_bytes(damaged)
    target, kept, lost = repair(path)
    assert path.read_bytes() == damaged
    assert (kept, lost) == (3, 3)
    saved = EventJournal(target)
    assert texts(saved) == ["one", "three", "four"]
    broken = saved.verify()[2]
    assert broken is not None
    assert broken.seq == 2
    saved.append([note("five")], None, AT, "lea")
    assert texts(saved) == ["one", "three", "four", "five"]
    with pytest.raises(StoreError, match="is there already"):
        repair(path)


def test_repair_survives_a_damaged_first_line(tmp_path: Path) -> None:
    path = tmp_path / "log.journal"
    written(path, "one", "two").close()
    path.write_bytes(b"x" + path.read_bytes()[1:])
    saved = EventJournal(repair(path).path)
    assert texts(saved) == ["one", "two"]
    assert saved.verify()[2] is None


def test_repair_of_what_is_not_there_or_not_ours_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Missing):
        repair(tmp_path / "nothing")
    (tmp_path / "letter").write_bytes(b"a letter\n")
    with pytest.raises(StoreError, match="no line of it is sound"):
        repair(tmp_path / "letter")
