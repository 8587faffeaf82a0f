"""The desk as its journal tells: reports and where they went. Pure, like the fold of an incident."""

from dataclasses import dataclass, replace
from datetime import datetime

from store.events import ReportReceived, ReportRouted, ReportSplit, RuleAdded
from store.fold import Record
from store.values import AlertRule


@dataclass(frozen=True, slots=True)
class Report:
    """A received report; `routed` is None while it lacks its incident. `split` says that it must join none."""

    received: ReportReceived
    at: datetime
    routed: ReportRouted | None = None
    split: ReportSplit | None = None


class Desk:
    """Reads the desk's events one by one."""

    def __init__(self) -> None:
        self.reports: dict[str, Report] = {}
        self.rules: dict[str, AlertRule] = {}
        self.seq = 0

    def add(self, record: Record) -> None:
        """Read one event."""
        self.seq = record.seq
        event = record.event
        if isinstance(event, ReportReceived):
            self.reports.setdefault(event.report, Report(event, record.at))
        elif isinstance(event, ReportRouted) and (report := self.reports.get(event.report)):
            self.reports[event.report] = replace(report, routed=event)
        elif isinstance(event, ReportSplit) and (report := self.reports.get(event.report)):
            self.reports[event.report] = replace(report, routed=None, split=event)
        elif isinstance(event, RuleAdded):
            self.rules[event.rule.id] = event.rule

    @property
    def unrouted(self) -> tuple[Report, ...]:
        """Reports that lack their incident, as a dead process may leave them, in order of arrival."""
        return tuple(report for report in self.reports.values() if report.routed is None)
