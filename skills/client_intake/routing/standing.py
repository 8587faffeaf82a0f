"""What a further report of an incident amounts to, beside what the incident was opened with."""

from skills.client_intake.knowledge import table
from store.values import Priority, Reading, RequestType

_DEFECTS = {RequestType.HOTFIX, RequestType.BUG, RequestType.SECURITY}


def as_part_of(reading: Reading, first: Reading) -> Reading:
    """Return a report's reading as one of the incident that `first` opened.

    A reminder says less than the mail it recalls, and weighs as much; one that tells worse weighs more. A report
    that asks for nothing, such as thanks, stays what it is.
    """
    if reading.type is RequestType.NOISE or first.type not in _DEFECTS or tells_worse(reading, first):
        return reading
    return reading.model_copy(update={"priority": first.priority, "type": first.type, "impact": first.impact})


def tells_worse(reading: Reading, first: Reading) -> bool:
    """Whether a further report makes the incident more urgent than the first one did.

    Both tell of the same thing, so that it is a P1 now is believed of both together: one loud mail is not enough.
    """
    if reading.type not in _DEFECTS or reading.priority >= first.priority:
        return False
    together = (reading.urgency + first.urgency) / 2
    return reading.priority is not Priority.P1 or together >= float(table("reading")["limits"]["joined_urgent_from"])
