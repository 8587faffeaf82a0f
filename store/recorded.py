"""The envelope that the journal writes round an event, and the chain that its hashes form.

    hash = SHA-256(seq, at, actor, type, previous hash, SHA-256(salt ‖ event))

The event enters by the hash of a random salt and its own bytes, so that it can be erased by law
(the hash stays, the salt goes) and the chain still verifies.
"""

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from store.events import Event, Unknown, parse_event
from store.plan import canonical

GENESIS = hashlib.sha256(b"astreinte").hexdigest()


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event as it stands in a journal. `seq` counts from 1, `at` is aware, `hash` is hex."""

    seq: int
    at: datetime
    actor: str
    event: Event
    hash: str


@dataclass(frozen=True, slots=True)
class Break:
    """The first event that does not fit its chain."""

    seq: int
    what: str


def _sealed(salt: str, body: Mapping[str, Any]) -> str:
    return hashlib.sha256(bytes.fromhex(salt) + canonical(body)).hexdigest()


def _link(seq: int, row: Mapping[str, Any], previous: str, sealed: str) -> str:
    return hashlib.sha256(canonical([seq, row["at"], row["by"], row["type"], previous, sealed])).hexdigest()


def write_row(event: Event, seq: int, at: datetime, actor: str, previous: str) -> dict[str, Any]:
    """Return the table row of an event that follows `previous`."""
    body = event.payload if isinstance(event, Unknown) else event.model_dump(mode="json", exclude_defaults=True)
    body = {**body, "type": event.type}
    salt = secrets.token_hex(16)
    row = {"at": at.isoformat(), "by": actor, "type": event.type, "salt": salt, "event": body}
    return {**row, "hash": _link(seq, row, previous, _sealed(salt, body))}


def read_row(seq: int, row: Mapping[str, Any]) -> Recorded:
    """Return the envelope of a table row; an event erased, or shaped by another version, as an unknown one."""
    return Recorded(seq, datetime.fromisoformat(row["at"]), row["by"], _event(row), row["hash"])


def _event(row: Mapping[str, Any]) -> Event:
    if "event" not in row:
        return Unknown(type=row["type"], payload={"erased": True})
    try:
        return parse_event(row["event"])
    except ValidationError:
        return Unknown(type=row["type"], payload=row["event"])


def erase_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row with its event erased; its hash still follows."""
    if "event" not in row:
        return dict(row)
    kept = {key: value for key, value in row.items() if key not in ("event", "salt")}
    return {**kept, "sealed": _sealed(row["salt"], row["event"])}


def verify_rows(rows: Iterable[tuple[int, Mapping[str, Any]]]) -> tuple[str, int, Break | None]:
    """Return the head, the number of events that fit, and the first that does not."""
    head, count = GENESIS, 0
    for seq, row in rows:
        if seq != count + 1:
            return head, count, Break(count + 1, f"event {count + 1} is missing")
        try:
            sealed = row["sealed"] if "event" not in row else _sealed(row["salt"], row["event"])
            expected = _link(seq, row, head, sealed)
        except (KeyError, ValueError, TypeError):
            return head, count, Break(seq, f"event {seq} is not whole")
        if row.get("hash") != expected or row.get("event", row).get("type") != row["type"]:
            return head, count, Break(seq, f"event {seq} ({row.get('type')}) is not what was written")
        head, count = expected, seq
    return head, count, None
