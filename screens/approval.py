"""The approval: everything about a plan, and a decision that no single key press can make."""

from collections.abc import Iterator, Sequence

from textual import on
from textual.widget import Widget
from textual.widgets import Input

from screens.line import Line, run, said
from screens.look import Look
from screens.render.plan import failed_checks, plan_in_full
from screens.sheet import Sheet
from screens.widgets.choices import Choice, Choices
from store.commands import Approve, Reject
from store.feed import Feed
from store.incident import Incident, PlanView


class ApprovalScreen(Sheet):
    """Shows one plan, by its digest. Cancel has the focus; approving takes a choice and then enter."""

    name_of_document = "plan"

    def __init__(self, feed: Feed, look: Look, incident: Incident, view: PlanView) -> None:
        super().__init__(feed, look, incident)
        self._digest = view.digest
        self._first = view

    @property
    def view(self) -> PlanView:
        """The plan as it stands now."""
        return next((plan for plan in self.shown.plans if plan.digest == self._digest), self._first)

    @property
    def _stands(self) -> bool:
        return self.view.state == "proposed" and self.shown.plan is not None and self.shown.plan.digest == self._digest

    @property
    def _typed(self) -> str:
        return self.query_one("#token", Input).value.strip() if self.view.plan.token and self.is_mounted else ""

    def write(self, width: int) -> Sequence[Line]:
        """Return the plan in full."""
        return plan_in_full(self.view, self.look, width, self.shown.time_zone)

    def between(self) -> Iterator[Widget]:
        """Ask for the token, where the risk is high."""
        if self.view.plan.token:
            yield Input(id="token", placeholder=self.look.words("approval.type_token", token=self.view.plan.token))

    def notice(self) -> Line:
        """Say why it can't be approved, or what to do to approve it."""
        words, plan = self.look.words, self.view.plan
        if not self._stands:
            return run(f" {words('approval.gone')}", "bad")
        if failed := failed_checks(plan):
            change, check = failed[0]
            name = words.among(f"check.{check.name}", check.name)
            text = words(
                "approval.check_failed", check=said(name), change=said(change.title), detail=said(check.detail)
            )
            return run(f" {text}", "bad")
        if plan.token and self._typed != plan.token:
            return run(f" {words('approval.type_token', token=said(plan.token))}", "warn")
        if self.chosen == "cancel":
            return run(f" {words('approval.how', key=self.look.keys.label('choice_next'))}", "dim")
        return run(f" {words(f'approval.enter_{self.chosen}')}", "warn")

    def choices(self) -> tuple[Choice, ...]:
        """Return cancel, approve, reject."""
        words, plan = self.look.words, self.view.plan
        may = self._stands and plan.checked and self._typed == plan.token
        return (
            Choice("cancel", words("choice.cancel")),
            Choice(
                "approve",
                words.count("choice.approve", len(plan.changes)),
                "warn",
                open=may,
                short=words("short.approve"),
            ),
            Choice("reject", words("choice.reject"), open=self._stands, short=words("short.reject")),
        )

    def painted(self) -> None:
        """Give the focus to the token where one is asked for, else to cancel."""
        (self.query_one("#token") if self.view.plan.token else self.query_one(Choices)).focus()

    @on(Input.Changed, "#token")
    def _token_changed(self) -> None:
        self.redraw()

    @on(Input.Submitted, "#token")
    def _token_typed(self) -> None:
        self.query_one(Choices).focus()

    @on(Choices.Taken)
    def _taken(self, event: Choices.Taken) -> None:
        incident = self.shown.id
        if event.name == "approve":
            self.dismiss(Approve(incident=incident, digest=self._digest, token=self._typed))
        elif event.name == "reject":
            self.dismiss(Reject(incident=incident, digest=self._digest))
        else:
            self.dismiss(None)
