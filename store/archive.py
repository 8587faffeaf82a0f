"""A replay file: one incident in one compressed file, complete in itself.

A gzip of framed lines: a header, the events' rows with their hashes, the captured evidence, and the
log lines that were shown. What it holds was redacted when it was captured.
"""

import gzip
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from store.errors import Damaged, Missing, StoreError
from store.events import IncidentOpened
from store.feed import LogEntry
from store.files import write_whole
from store.framing import frame, read_lines
from store.incident_journal import EVIDENCE
from store.ledger import LocalLedger
from store.line_rows import pack_line, unpack_line
from store.recorded import Recorded, read_row, verify_rows
from store.recorded_lines import in_order
from store.repair import repair
from store.rows import Rows

__all__ = ["Archive", "export_replay", "import_replay", "pack", "read_archive", "repair", "unpack"]

_HEADER = {"archive": "astreinte", "format": 1}
_MOST_BYTES = 512 * 2**20
"""No incident takes more; a file that unpacks to more is none of ours."""


class Archive(NamedTuple):
    """What a replay file holds. `rows` verify."""

    rows: Rows
    lines: tuple[LogEntry, ...]
    evidence: Rows

    @property
    def records(self) -> list[Recorded]:
        """The events, in order."""
        return [read_row(seq, row) for seq, row in self.rows.items()]

    @property
    def incident(self) -> str:
        """The incident's id, empty where no event says it."""
        first = self.records[:1]
        return first[0].event.incident if first and isinstance(first[0].event, IncidentOpened) else ""


def pack(rows: Rows, lines: Sequence[LogEntry], evidence: Mapping[int, Any] | None = None) -> bytes:
    """Return the replay file of an incident: the same bytes for the same incident."""
    tables = ({str(key): row for key, row in table.items()} for table in (rows, evidence or {}))
    parts: list[Any] = [_HEADER, *tables, [pack_line(line) for line in lines]]
    return gzip.compress(b"".join(map(frame, parts)), mtime=0)


def export_replay(ledger: LocalLedger, incident: str, target: Path) -> None:
    """Write an incident's replay file, whole or not at all.

    Raises:
        Missing: there is no such incident.
        Damaged: its journal is not what was written.
        Unwritable: there is what there was.
    """
    with ledger.shelf.look(incident) as journal:
        _, _, broken = journal.verify()
        if broken:
            raise Damaged(f"{incident}: {broken.what}", "the chain is broken", "see `astreinte audit repair`")
        data = pack(journal.rows(), ledger.lines(incident).read(), journal.rows(EVIDENCE))
    write_whole(target, data)


def unpack(path: Path) -> Archive:
    """Read a replay file.

    Raises:
        Missing: there is no such file.
        Damaged: it is no replay file, not whole, or its chain is broken.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise Missing(f"{path}: can't be read", error.strerror or "") from error
    try:
        return _parse(raw, path)
    except (zlib.error, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise Damaged(f"{path} is no replay file", "", "`astreinte export INC --format replay` makes one") from error


def _parse(raw: bytes, path: Path) -> Archive:
    reader = zlib.decompressobj(wbits=31)
    data = reader.decompress(raw, _MOST_BYTES)
    if not reader.eof or reader.unused_data:
        raise Damaged(f"{path} is not whole", "", "copy it again from where it was made")
    (header, rows, evidence, lines), _, torn = read_lines(data, str(path))
    if torn or header.get("archive") != _HEADER["archive"]:
        raise ValueError
    if header != _HEADER:
        raise Damaged(f"{path} has format {header.get('format')}", "this version reads 1", "use a newer version")
    events, kept = ({int(key): row for key, row in table.items()} for table in (rows, evidence))
    broken = verify_rows(events.items())[2]
    if broken:
        raise Damaged(f"{path}: {broken.what}", "the chain is broken", "copy it again from where it was made")
    archive = Archive(events, tuple(in_order(map(unpack_line, lines))), kept)
    if any(record.at.tzinfo is None for record in archive.records):
        raise ValueError
    return archive


def read_archive(path: Path) -> tuple[list[Recorded], list[LogEntry]]:
    """Return the events and log lines of a replay file, each in order.

    Raises:
        Missing, Damaged: as `unpack`.
    """
    archive = unpack(path)
    return archive.records, list(archive.lines)


def import_replay(ledger: LocalLedger, path: Path) -> str:
    """Take in a replay file and return its incident's id; once more changes nothing.

    Raises:
        Missing, Damaged: as `unpack`.
        StoreError: it opens no incident, or another incident bears its id here.
        Unwritable: nothing was written.
    """
    archive = unpack(path)
    incident = archive.incident
    if not ledger.shelf.named(incident):
        raise StoreError(f"{path}: opens no incident", "it was erased, or is another version's")
    journal = ledger.shelf.create(incident)
    here = journal.rows()
    if not here:
        journal.take_in(archive.rows, archive.evidence)
    elif here[max(here)]["hash"] != archive.rows[max(archive.rows)]["hash"]:
        raise StoreError(f"{path}: {incident} is here already", "and is not the same", "import it into another --store")
    recorded = ledger.lines(incident)
    if not recorded.read():
        recorded.append(archive.lines)
    return incident
