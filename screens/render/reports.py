"""The reports that joined an incident, each with why it was taken for one."""

from screens.line import Line, said
from screens.look import Look
from screens.render.sections import Page
from store.incident import Incident, JoinedReport


def joined_reports(incident: Incident, page: Page) -> list[Line]:
    """Return a paragraph a report, the latest first."""
    words, lines = page.look.words, []
    for number, joined in enumerate(reversed(incident.joined)):
        label = "" if number else words("finding.joined")
        at = page.look.clock(joined.at, page.time_zone)
        lines += page.labelled(label, f"{joined.sender} · {at} · {joined_because(joined, page.look)}")
        lines += page.more(f"« {joined.subject} »")
    if lines:
        lines += page.more(words("finding.joined_how", key=page.look.keys.label("split")))
    return lines


def joined_because(joined: JoinedReport, look: Look) -> str:
    """Return why a report was taken for one of the incident, in words."""
    why = look.words.among(f"joined.{joined.rule}", joined.rule)
    quoted = said(joined.reason)
    return f"{why} (« {quoted} »)" if quoted and not joined.rule.startswith("thread.reply") else why
