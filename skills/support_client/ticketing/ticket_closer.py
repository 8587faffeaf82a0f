"""support-client/ticketing/ticket-closer: closes the incident's ticket, with what resolved it."""

from skills.contract import Context, Result, skill
from skills.prose.account import recovered_at
from skills.prose.knowledge import words
from skills.prose.prevention import cause_sentence
from store.events import TicketClosed


@skill("support-client/ticketing/ticket-closer")
async def close_ticket(context: Context) -> Result:
    """Close the ticket; one that is closed, or was never opened, is left as it is."""
    incident, said = context.incident, words(context.incident.language)
    if not incident.ticket or incident.ticket_state == "closed":
        return Result(line=said["ticket_closed"] if incident.ticket else said["no_ticket"])
    fixed = said["resolution_fixed"].format(cause=cause_sentence(incident))
    resolution = fixed if recovered_at(incident) else said["resolution_no_fix"]
    closed = TicketClosed(ticket=incident.ticket, resolution=resolution)
    return Result(line=said["ticket_closed"], facts={"ticket": incident.ticket}, events=(closed,))
