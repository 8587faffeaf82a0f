"""task-orchestrator/state-machine/task-creator: the incident's ticket."""

from skills.contract import Context, Result, skill
from skills.prose.knowledge import words
from store.events import TicketOpened


@skill("task-orchestrator/state-machine/task-creator")
async def create_task(context: Context) -> Result:
    """Open the ticket; its id follows from the incident's, so that it is opened once."""
    incident, said = context.incident, words(context.incident.language)
    if incident.ticket:
        return Result(line=said["task_known"].format(priority=incident.priority), facts={"ticket": incident.ticket})
    ticket = f"T-{incident.id}"
    line = said["task_created"].format(priority=incident.priority)
    return Result(line=line, facts={"ticket": ticket}, events=(TicketOpened(ticket=ticket),))
