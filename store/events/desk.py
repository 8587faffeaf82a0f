"""What happens on the desk: reports before and outside their incidents."""

from typing import Literal

from store.values import Mail, Reading, StepRecord, Value


class ReportReceived(Value):
    """A mail or an alert came in (desk). `report` is its id: the same however often it is offered."""

    type: Literal["report.received"] = "report.received"
    report: str
    source: str
    mail: Mail
    reading: Reading
    steps: tuple[StepRecord, ...] = ()


class ReportSplit(Value):
    """A person took a report out of the incident that it had joined: it opens one of its own (desk)."""

    type: Literal["report.split"] = "report.split"
    report: str
    incident: str
    by: str


class ReportRouted(Value):
    """A report opened an incident, joined one, or opened none (desk). `incident` is None for noise."""

    type: Literal["report.routed"] = "report.routed"
    report: str
    incident: str | None
    joined: bool = False
    raised: bool = False
    """Whether it made the incident that it joined more urgent."""
    reason: str = ""
