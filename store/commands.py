"""What a person can ask: typed, the same for screens, line mode, the headless operator and the engine.

A command is decided against the incident as it stands (`console.engine.decide`): it becomes events,
or a refusal in one line. `by` is filled in by the session.
"""

from dataclasses import dataclass

from pydantic import SecretStr

from store.values import Priority, RequestType


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Asks something of one incident."""

    incident: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Approve(Command):
    """Approve exactly this plan. `token` is what was typed, where the plan asks for one."""

    digest: str
    token: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject(Command):
    """Reject this plan; nothing is changed."""

    digest: str
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferSecret(Command):
    """Hand over a secret that a step asks for; without `value` the configured command prints it."""

    name: str
    value: SecretStr | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmAccount(Command):
    """Say that an account that nothing was known of is the client's."""

    name: str
    account: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EditMail(Command):
    """Change the drafted mail before it is sent."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SendMail(Command):
    """Send this very text; `digest` is that of the draft which was on the screen."""

    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EditPostmortem(Command):
    """Change the drafted post-mortem."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishPostmortem(Command):
    """Publish the post-mortem; `digest` is that of the text which was on the screen."""

    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry(Command):
    """Run a failed step again."""

    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeInverse(Command):
    """Propose the plan that takes the last applied one back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplanRemedy(Command):
    """Build the remedy's plan anew, after a rejection or drift."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddNote(Command):
    """Put a remark on the timeline."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkEvidence(Command):
    """Say that a line of the logs is evidence. `mark` is its instant, pod and text (`store.marked_lines.mark_of`)."""

    mark: tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectPriority(Command):
    """Say that the reading was wrong; re-clocks the SLA."""

    priority: Priority
    request: RequestType
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseClock(Command):
    """Stop the SLA's clock, such as while the client is waited for."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeClock(Command):
    """Let the SLA's clock run again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitReport(Command):
    """Take a report out again that had joined the incident; it opens one of its own."""

    report: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleUnknown(Command):
    """Say what became of an effect that a crash left unknown: it happened, or it did not."""

    message: str
    happened: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseWithoutFix(Command):
    """Close an incident in which nothing is to be mended."""

    why: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a command was not done: a message key of the locale, and what fills it in."""

    key: str
    detail: str = ""
