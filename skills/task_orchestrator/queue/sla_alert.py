"""The alert that says how much of an incident's SLA is used up."""

from datetime import datetime

from skills.contract import Alert
from skills.prose.foreign import chat
from skills.prose.formats import due_time
from skills.prose.naming import headline
from skills.wording import say
from store.incident import Incident


def sla_alert(incident: Incident, percent: int, url: str, now: datetime) -> Alert:
    """Return the alert for a share in percent; its id is the same for the same clock of the same incident."""
    language = incident.language
    text = say(
        language,
        "sla.breached" if percent >= 100 else "sla.used",
        percent=percent,
        incident=incident.id,
        priority=incident.priority,
        client=chat(incident.client, 100),
        title=chat(headline(incident)),
        deadline=due_time(incident.deadline, incident.time_zone, language, now),
    )
    message = f"sla-{incident.id}-{incident.priority}-{percent}"
    return Alert(message_id=message, channel="team", url=url, text=text)
