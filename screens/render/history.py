"""The timeline: every event of an incident, one line each, and in full when opened."""

import json

from screens.line import Line, clip, join, run, said
from screens.look import Look
from store.events import Event
from store.fold import Record
from store.marked_lines import KIND as MARKED

_TELLING = ("line", "title", "text", "why", "reason", "phase", "step", "skill", "subject", "by", "name")


def history(records: tuple[Record, ...], look: Look, width: int, time_zone: str) -> list[tuple[str, Line]]:
    """Return each event's number and its line."""
    return [(str(record.seq), clip(_event(record, look, time_zone), width, look.glyphs.ellipsis)) for record in records]


def _event(record: Record, look: Look, time_zone: str) -> Line:
    kind = record.event.type
    return join(
        run(f"{look.clock(record.at, time_zone, seconds=True)} ", "dim"),
        run(f"{record.seq:>4} ", "dim"),
        run(f"{look.words.among(f'event.{kind}', said(kind)):<28} "),
        run(gist(record.event), "dim"),
    )


def gist(event: Event) -> str:
    """Return what an event tells in a few words: its most telling fields."""
    fields = event.model_dump(mode="json")
    fields = {**fields, **(fields.get("outcome") or {}), **(fields.get("evidence") or {})}
    if fields.get("kind") == MARKED:
        fields = {"line": fields["excerpt"], **fields["facts"]}
    told = [str(fields[name]) for name in ("step", *_TELLING) if fields.get(name) and isinstance(fields[name], str)]
    return said(" · ".join(dict.fromkeys(told)))


def in_full(record: Record) -> str:
    """Return an event with all its fields, as indented JSON."""
    return json.dumps(record.event.model_dump(mode="json"), indent=2, ensure_ascii=False)
