"""What is said: mails, alerts, tickets, rules, documents."""

from typing import Literal

from store.values import ActionItem, AlertRule, Draft, Json, Value


class MailDrafted(Value):
    """A mail to the client, or its edited version, before the send key."""

    type: Literal["mail.drafted"] = "mail.drafted"
    draft: Draft
    by: str = ""


class MailApproved(Value):
    """The send key was pressed over this very text."""

    type: Literal["mail.approved"] = "mail.approved"
    message_id: str
    digest: str
    by: str


class MessageStarted(Value):
    """On disk before a mail or an alert leaves."""

    type: Literal["message.started"] = "message.started"
    message: str
    channel: str


class MailSent(Value):
    """The server took the mail. `found` says that it was looked up after a crash."""

    type: Literal["mail.sent"] = "mail.sent"
    message_id: str
    to: tuple[str, ...]
    subject: str
    response: str = ""
    found: bool = False


class MessageFailed(Value):
    """A mail or an alert did not leave, or, with `unknown`, may have left."""

    type: Literal["message.failed"] = "message.failed"
    message: str
    channel: str
    reason: str
    unknown: bool = False


class TicketOpened(Value):
    """The ticket of the incident."""

    type: Literal["ticket.opened"] = "ticket.opened"
    ticket: str


class TicketClosed(Value):
    """The ticket is closed."""

    type: Literal["ticket.closed"] = "ticket.closed"
    ticket: str
    resolution: str = ""


class AlertRaised(Value):
    """The team was told."""

    type: Literal["alert.raised"] = "alert.raised"
    message: str
    channel: str
    text: str


class RuleAdded(Value):
    """An alert rule was added, so that it does not happen again unnoticed."""

    type: Literal["rule.added"] = "rule.added"
    rule: AlertRule


class ReportFiled(Value):
    """The incident was documented: its figures as they stood."""

    type: Literal["report.filed"] = "report.filed"
    figures: Json


class PostmortemDrafted(Value):
    """The post-mortem's text, or its edited version, in Markdown."""

    type: Literal["postmortem.drafted"] = "postmortem.drafted"
    text: str
    actions: tuple[ActionItem, ...] = ()
    by: str = ""


class PostmortemPublished(Value):
    """A person published the post-mortem; `path` is the file's absolute path, `sha256` its digest."""

    type: Literal["postmortem.published"] = "postmortem.published"
    path: str
    sha256: str
    by: str
