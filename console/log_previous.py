"""What a pod's container said before its last restart, or in one plain word why that can't be shown."""

import asyncio
from collections.abc import Sequence

from console.log_batch import LogBatch
from console.log_runs import Run
from skills.clients.cluster import Cluster, Forbidden, LogOptions, NotFound, Refused
from skills.contract import Failure
from store.commands import Refusal
from store.feed import LogEntry

_LINES = 1_000
_LINES_AT_ONCE = 40


async def previous_log(cluster: Cluster, namespace: str, run: Run) -> Sequence[LogEntry] | Refusal:
    """Return the last lines of the run before; its secrets are hidden like those of the log."""
    options = LogOptions(container=run.container, previous=True, tail=_LINES)
    try:
        lines = await cluster.logs(namespace, run.pod, options)
    except Refused:
        return Refusal("no_previous", run.label)
    except NotFound:
        return Refusal("no_pod", run.label)
    except Forbidden as forbidden:
        return Refusal("not_allowed", forbidden.detail)
    except Failure as failure:
        return Refusal("failure", f"{failure.title} {failure.detail}".strip())
    batch = LogBatch()
    for number, line in enumerate(lines):
        batch.line(run.label, line)
        if number % _LINES_AT_ONCE == 0:
            await asyncio.sleep(0)
    return batch.drain() or Refusal("no_previous", run.label)
