"""The mutable inside of the fold."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from store import events as e
from store.incident import ChangeView, Incident, MessageView, PhaseView, PlanView, StepView
from store.values import Evidence


class State:
    """An incident while its events are read. `fields` are those of `Incident` that need no assembling."""

    def __init__(self, opened: e.IncidentOpened, at: datetime) -> None:
        skipped = {"type", "incident"}
        self.fields: dict[str, Any] = {k: getattr(opened, k) for k in type(opened).model_fields if k not in skipped}
        self.fields.update(id=opened.incident, opened_at=at, reports=(opened.report,))
        self.steps = {step.key: StepView(step) for phase in opened.flow.phases for step in phase.steps}
        self.entered: dict[str, datetime] = {}
        self.completed: dict[str, datetime] = {}
        self.evidence: list[Evidence] = []
        self.plans: dict[str, PlanView] = {}
        self.messages: dict[str, MessageView] = {}
        self.gathered: dict[str, list[Any]] = {}

    def freeze(self) -> Incident:
        """Return the frozen value."""
        return Incident(
            **self.fields | {name: tuple(values) for name, values in self.gathered.items()},
            phases=tuple(self._phases()),
            evidence=tuple(self.evidence),
            plans=tuple(self.plans.values()),
            messages=tuple(self.messages.values()),
        )

    def _phases(self) -> Iterator[PhaseView]:
        for phase in self.fields["flow"].phases:
            steps = tuple(self.steps[step.key] for step in phase.steps)
            yield PhaseView(phase, steps, self.entered.get(phase.name), self.completed.get(phase.name))

    def step(self, key: str, **changes: Any) -> None:
        """Change a step, if the flow knows it."""
        if view := self.steps.get(key):
            self.steps[key] = replace(view, **changes)

    def key_manual_step(self) -> None:
        """Note that a person's key was needed for the manual step under way."""
        for key, view in self.steps.items():
            if view.step.mode == "manual" and view.state == "running":
                self.step(key, keyed=True)

    def plan(self, digest: str, **changes: Any) -> None:
        """Change a plan, if it was proposed."""
        if view := self.plans.get(digest):
            self.plans[digest] = replace(view, **changes)

    def gather(self, name: str, value: Any) -> None:
        """Append to one of the tuple fields."""
        self.gathered.setdefault(name, list(self.fields.get(name, ()))).append(value)

    def scatter(self, name: str, leaves: Callable[[Any], bool]) -> None:
        """Take out of one of the tuple fields what `leaves`."""
        self.gathered[name] = [v for v in self.gathered.get(name, self.fields.get(name, ())) if not leaves(v)]

    def amend(self, name: str, **changes: Any) -> None:
        """Change one of the dataclass fields, if it is there."""
        if (value := self.fields.get(name)) is not None:
            self.fields[name] = replace(value, **changes)

    def change(self, plan: str, index: int, view: ChangeView) -> None:
        """Set how far a change of a plan got, and with it the plan."""
        whole = self.plans.get(plan)
        if whole is None or not 0 <= index < len(whole.changes):
            return
        changes = (*whole.changes[:index], view, *whole.changes[index + 1 :])
        state = whole.state
        if all(change.state == "applied" for change in changes):
            state = "applied"
        elif view.state in ("failed", "unknown"):
            state = "failed"
        elif view.state == "started":
            state = "approved"
        self.plans[plan] = replace(whole, changes=changes, state=state)
