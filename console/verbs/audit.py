"""`astreinte audit verify [INC|FILE]`: check the hash chain; `audit repair FILE`: salvage what is sound."""

import json
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from console.clock import system_clock
from console.config import UsageError
from console.verbs.console import store_directory
from store.archive import repair, unpack
from store.errors import Damaged
from store.incident_journal import EventJournal
from store.ledger import LocalLedger
from store.recorded import verify_rows

_GZIP = b"\x1f\x8b"


def run(options: Namespace) -> int:
    """Check or repair; exit 1 where a chain is broken."""
    if options.action == "repair":
        return _repair(options)
    good = True
    for row in _checked(options):
        good &= row["intact"]
        if options.json:
            print(json.dumps(row, ensure_ascii=False))
        else:
            said = "intact" if row["intact"] else f"BROKEN: {row['problem']}"
            print(f"{row['journal']}  {row['events']} events  head {row['head'][:16]}…  {said}")
    return 0 if good else 1


def _repair(options: Namespace) -> int:
    if options.target is None:
        raise UsageError("audit repair: name the damaged file")
    target, kept, lost = repair(Path(options.target))
    row = {"file": str(target), "kept": kept, "lost": lost}
    print(json.dumps(row) if options.json else f"{target}: {kept} lines kept, {lost} lost")
    return 0


def _checked(options: Namespace) -> Iterator[dict[str, Any]]:
    if options.target is None:
        ledger = LocalLedger(store_directory(options), system_clock)
        for name in (None, *ledger.incidents()):
            yield _verified(name or "desk", lambda name=name: ledger.verify(name))
    elif (path := Path(options.target)).is_file():
        yield _verified(str(path), lambda: _verify_file(path))
    else:
        ledger = LocalLedger(store_directory(options), system_clock)
        yield _verified(options.target, lambda: ledger.verify(options.target))


def _verify_file(path: Path) -> Any:
    with path.open("rb") as stream:
        if stream.read(2) == _GZIP:
            return verify_rows(unpack(path)[0].items())
    return EventJournal(path).verify()


def _verified(name: str, verify: Any) -> dict[str, Any]:
    try:
        head, events, broken = verify()
    except Damaged as damage:
        return {"journal": name, "intact": False, "events": 0, "head": "", "problem": str(damage)}
    problem = broken.what if broken else None
    return {"journal": name, "intact": broken is None, "events": events, "head": head, "problem": problem}
