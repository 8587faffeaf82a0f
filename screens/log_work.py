"""What the keys of the logs do beyond the pane itself: filter, mark a line, group lines, read what was before."""

from collections.abc import Callable

from screens.ask import Ask
from screens.incident_port import Port
from screens.log_sheet import LogSheet
from screens.widgets.log_pane import LogPane
from store.commands import MarkEvidence, Refusal
from store.incident import Incident
from store.marked_lines import mark_of

Work = Callable[[Port, LogPane, Incident], None]


def sift(port: Port, logs: LogPane, _incident: Incident) -> None:
    """Ask for a filter."""
    ask = Ask(port.look, port.look.words("logs.question"), text=logs.filter)
    port.ask(ask, lambda answer: logs.sift(answer.text))


def mark(port: Port, logs: LogPane, incident: Incident) -> None:
    """Make the line that the cursor stands on evidence."""
    entry = None if logs.grouped else logs.current
    if entry is None or entry.note:
        port.say("nothing.to_mark")
    else:
        logs.hold()
        port.request(MarkEvidence(incident=incident.id, mark=mark_of(entry)))


def previous(port: Port, logs: LogPane, incident: Incident) -> None:
    """Show what the pod of the cursor's line said before its last restart."""
    pod = logs.current.pod if logs.current else ""

    async def read() -> None:
        found = await port.feed.previous(incident.id, pod)
        if isinstance(found, Refusal):
            port.refuse(found)
        else:
            port.open(LogSheet(port.feed, port.look, incident, found))

    if pod:
        port.app.run_worker(read(), group="previous", exclusive=True)
    else:
        port.say("nothing.to_read")


LOG_WORK: dict[str, Work] = {"filter": sift, "evidence": mark, "previous": previous}
