"""`astreinte export INC --format replay|markdown|html|json`."""

import asyncio
import json
import sys
from argparse import Namespace

from console.clock import system_clock
from console.config import UsageError
from console.verbs.console import store_directory
from store.archive import pack
from store.ledger import LocalLedger


def run(options: Namespace) -> int:
    """Write the export to stdout, or to a file."""
    ledger = LocalLedger(store_directory(options), system_clock)
    data = asyncio.run(_export(ledger, options.incident, options.format))
    if options.output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return 0
    try:
        options.output.write_bytes(data)
    except OSError as error:
        raise UsageError(f"{options.output}: can't be written: {error.strerror}") from error
    return 0


async def _export(ledger: LocalLedger, incident: str, form: str) -> bytes:
    if form == "replay":
        journal = ledger.journal(incident)
        return pack(journal.rows(), ledger.lines(incident).read(), journal.rows("evidence"))
    if form == "json":
        rows = ledger.journal(incident).rows()
        return "".join(json.dumps({"seq": seq, **row}, ensure_ascii=False) + "\n" for seq, row in rows.items()).encode()
    from skills.project_management.pilotage.postmortem import postmortem_html, postmortem_markdown

    folded = await ledger.incident(incident)
    render = postmortem_html if form == "html" else postmortem_markdown
    return render(folded).encode()
