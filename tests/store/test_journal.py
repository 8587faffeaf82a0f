"""A journal: what is acknowledged is there, what is torn goes, what is damaged is named."""

import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.errors import Damaged, StoreError, Unwritable
from store.framing import FORMAT, frame
from store.incident_journal import EventJournal
from store.journal import Journal
from tests.support.journals import AT, files_no_larger_than, note, texts, without_privileges, written


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[EventJournal]:
    journal = written(tmp_path / "store" / "log.journal", "one", "two", "three")
    yield journal
    journal.close()


@settings(deadline=None, max_examples=60)
@given(
    batches=st.lists(st.lists(st.text(max_size=40), min_size=1, max_size=3), min_size=1, max_size=6),
    cut=st.integers(min_value=0),
)
def test_killed_at_any_byte_a_journal_gives_a_prefix_with_all_that_was_acknowledged(
    batches: list[list[str]], cut: int
) -> None:
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "log.journal"
        journal = EventJournal(path, create=True)
        submitted: list[str] = []
        acknowledged: list[tuple[int, int]] = [(0, 0)]
        for batch in batches:
            journal.append([note(text) for text in batch], None, AT, "lea")
            submitted += batch
            acknowledged.append((path.stat().st_size, len(submitted)))
        journal.close()
        size = cut % (path.stat().st_size + 1)
        os.truncate(path, size)

        reopened = EventJournal(path)
        found = texts(reopened)
        assert found == submitted[: len(found)]
        assert len(found) == max(count for end, count in acknowledged if end <= size)
        reopened.append([note("after")], None, AT, "lea")
        assert texts(reopened) == [*found, "after"]
        assert reopened.verify()[2] is None
        reopened.close()


def test_a_flip_of_any_one_byte_is_found(journal: EventJournal) -> None:
    journal.keep("the captured text")
    sound = journal.path.read_bytes()
    unnoticed = []
    for position, byte in enumerate(sound):
        for other in {byte ^ 0x01, byte ^ 0x20, byte ^ 0x80, 0x0A, 0x00} - {byte}:
            journal.path.write_bytes(sound[:position] + bytes([other]) + sound[position + 1 :])
            flipped = EventJournal(journal.path)
            try:
                if flipped.verify()[2] is None:
                    unnoticed.append((position, other))
            except StoreError:
                pass
            finally:
                flipped.close()
    assert unnoticed == []


def test_an_event_rewritten_with_a_fitting_checksum_is_named_by_its_number(journal: EventJournal) -> None:
    line = journal.path.read_bytes().splitlines()[2]
    forged = line[line.index(b"{") :].replace(b'"two"', b'"TWO"')
    import json

    lines = journal.path.read_bytes().splitlines(keepends=True)
    lines[2] = frame(json.loads(forged))
    journal.path.write_bytes(b"".join(lines))
    _, sound, broken = EventJournal(journal.path).verify()
    assert (sound, broken and broken.seq) == (1, 2)


def test_a_torn_last_line_is_reported_and_cut_off_by_the_next_write(journal: EventJournal) -> None:
    with journal.path.open("ab") as stream:
        stream.write(b'deadbeef 400 {"set":{"ev')
    reopened = EventJournal(journal.path)
    assert texts(reopened) == ["one", "two", "three"]
    torn = reopened.torn
    reopened.append([note("four")], 3, AT, "lea")
    assert (torn, reopened.torn) == (True, False)
    assert texts(EventJournal(journal.path)) == ["one", "two", "three", "four"]
    assert reopened.verify()[2] is None
    reopened.close()


def test_damage_before_the_end_is_refused_with_file_line_and_what_to_do(journal: EventJournal) -> None:
    lines = journal.path.read_bytes().splitlines(keepends=True)
    journal.path.write_bytes(b"".join([*lines[:2], lines[2].replace(b"two", b"owt"), *lines[3:]]))
    with pytest.raises(Damaged, match=r"log\.journal, line 3 .* `astreinte audit repair .*log\.journal`") as refused:
        EventJournal(journal.path).read()
    assert refused.value.line == 3


@pytest.mark.parametrize("content", [b"a letter\n", b"a letter", b"{}\n"])
def test_a_file_that_is_no_journal_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "letter"
    path.write_bytes(content)
    journal = EventJournal(path)
    with pytest.raises(Damaged):
        journal.append([note("x")], None, AT, "lea")
    assert path.read_bytes() == content


def test_a_newer_format_is_refused_by_its_number(tmp_path: Path) -> None:
    path = tmp_path / "log.journal"
    path.write_bytes(frame({**FORMAT, "format": 2}))
    with pytest.raises(StoreError, match="format 2"):
        EventJournal(path).read()


def test_directories_and_files_are_private(tmp_path: Path) -> None:
    journal = written(tmp_path / "a" / "b" / "log.journal", "one")
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "a", tmp_path / "a" / "b", journal.path)]
    assert modes == [0o700, 0o700, 0o600]
    journal.close()


def test_on_a_disk_that_fills_up_nothing_is_shown_as_written_and_the_part_is_cut_off(journal: EventJournal) -> None:
    before = journal.path.read_bytes()
    with files_no_larger_than(len(before) + 20), pytest.raises(Unwritable, match="nothing was written"):
        journal.append([note("four")], 3, AT, "lea")
    assert journal.path.read_bytes() == before
    assert texts(journal) == ["one", "two", "three"]
    journal.append([note("four")], 3, AT, "lea")
    assert texts(EventJournal(journal.path)) == ["one", "two", "three", "four"]
    assert journal.verify()[2] is None


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs the kernel's full device")
def test_a_full_disk_is_named_as_that(tmp_path: Path) -> None:
    (tmp_path / "log.journal").symlink_to("/dev/full")
    journal = Journal(tmp_path / "log.journal")
    with pytest.raises(Unwritable, match="the disk is full"), journal.locked():
        journal.append({"set": {}})
    journal.close()


def test_what_may_not_be_written_can_still_be_read() -> None:
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "log.journal"
        written(path, "one").close()
        path.chmod(0o444)
        Path(directory).chmod(0o555)
        with without_privileges():
            journal = EventJournal(path)
            assert texts(journal) == ["one"]
            with pytest.raises(Unwritable, match="no permission to write"):
                journal.append([note("two")], 1, AT, "lea")
            assert texts(journal) == ["one"]
            with pytest.raises(Unwritable):
                EventJournal(Path(directory) / "new" / "log.journal", create=True)
        journal.close()
        Path(directory).chmod(0o755)


def test_a_reader_takes_only_what_is_new_and_survives_a_rewrite(journal: EventJournal) -> None:
    reader = EventJournal(journal.path)
    assert texts(reader) == ["one", "two", "three"]
    assert reader.unread == 0
    journal.append([note("four")], None, AT, "lea")
    assert 0 < reader.unread < 1000
    journal.erase([1])
    assert texts(reader) == ["two", "three", "four"]
    reader.append([note("five")], 4, AT, "lea")
    assert texts(journal) == ["two", "three", "four", "five"]
    assert journal.verify()[2] is None
    reader.close()
