"""What happens to an incident's SLA clock."""

from typing import Literal

from pydantic import AwareDatetime

from store.values import Priority, RequestType, Value


class PriorityCorrected(Value):
    """A person corrected the priority or type, or a further report told worse; the SLA is clocked anew."""

    type: Literal["priority.corrected"] = "priority.corrected"
    priority: Priority
    request: RequestType
    deadline: AwareDatetime
    sla_seconds: int
    why: str
    by: str = ""
    report: str = ""
    """The report that told worse, by its name on the desk; empty where a person corrected."""


class ClockPaused(Value):
    """The SLA's clock stands still, such as while the client is waited for."""

    type: Literal["clock.paused"] = "clock.paused"
    why: str
    by: str


class ClockResumed(Value):
    """The SLA's clock runs again, to a deadline that is later by the time it stood still."""

    type: Literal["clock.resumed"] = "clock.resumed"
    deadline: AwareDatetime
    why: str = ""
    by: str


class ThresholdReached(Value):
    """So many percent of the SLA's time are used up; `message` names the alert that says so."""

    type: Literal["sla.threshold"] = "sla.threshold"
    percent: int
    message: str = ""
