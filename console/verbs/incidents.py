"""`astreinte list [--all]`, `show INC`, `search WORDS`: incidents on the command line."""

import asyncio
import json
from argparse import Namespace
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from console.clock import system_clock
from console.summary import incident_report
from console.verbs.console import store_directory
from store.desk import Desk
from store.ledger import LocalLedger
from store.safe_text import plain
from store.summary import Summary


def run(options: Namespace) -> int:
    """Print what is asked for."""
    ledger = LocalLedger(store_directory(options), system_clock)
    if hasattr(options, "words"):
        return _print([_row(summary) for summary in ledger.search(options.words)], as_json=options.json)
    if hasattr(options, "incident"):
        return asyncio.run(_show(ledger, options))
    return asyncio.run(_list(ledger, options))


async def _show(ledger: LocalLedger, options: Namespace) -> int:
    incident = await ledger.incident(options.incident)
    report = incident_report(incident, await ledger.read(options.incident))
    if options.json:
        print(json.dumps(report, ensure_ascii=False))
    else:
        for name, value in report.items():
            print(plain(f"{name:12} {json.dumps(value, ensure_ascii=False)}"))
    return 0


async def _list(ledger: LocalLedger, options: Namespace) -> int:
    rows = [_row(summary) for summary in ledger.summaries() if options.all or summary.state != "closed"]
    if options.all:
        rows += await _unopened(ledger)
    return _print(rows, as_json=options.json)


def _row(summary: Summary) -> dict[str, Any]:
    zone = ZoneInfo(summary.time_zone)
    return {
        "incident": summary.incident,
        "client": summary.client,
        "title": summary.title,
        "priority": summary.priority.value,
        "state": summary.state,
        "cause": summary.cause or None,
        "opened_at": summary.opened_at.astimezone(zone).isoformat(),
        "deadline": summary.deadline.astimezone(zone).isoformat(),
        "reports": list(summary.reports),
    }


async def _unopened(ledger: LocalLedger) -> list[dict[str, Any]]:
    """The mails that opened no incident."""
    desk = Desk()
    for record in await ledger.read_desk():
        desk.add(record)
    return [
        {
            "incident": None,
            "client": report.received.reading.client,
            "title": report.received.mail.subject,
            "priority": report.received.reading.priority.value,
            "state": report.received.reading.type.value,
            "cause": None,
            "opened_at": report.at.isoformat(),
            "deadline": None,
            "reports": [report.received.report],
        }
        for report in desk.reports.values()
        if report.routed and report.routed.incident is None
    ]


def _print(rows: Sequence[dict[str, Any]], *, as_json: bool) -> int:
    for row in rows:
        if as_json:
            print(json.dumps(row, ensure_ascii=False))
        else:
            shown = (
                row["incident"] or "-",
                row["priority"],
                row["state"],
                row["client"],
                row["cause"] or "-",
                row["title"],
            )
            print("  ".join(plain(str(part)) for part in shown))
    return 0
