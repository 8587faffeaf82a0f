"""Finding: what was found, what proves it, what speaks against it, what nobody could see; before that, the mail."""

from screens import cells
from screens.line import EMPTY, Line, run, said
from screens.look import Look
from screens.render.log_evidence import marked
from screens.render.plan import plan_summary
from screens.render.reports import joined_reports
from screens.render.sections import Page
from store.incident import Incident
from store.values import Cause


def finding(incident: Incident, look: Look, width: int) -> list[Line]:
    """Return the pane's lines: the latest fact first."""
    page = Page(look, width, incident.time_zone)
    parts = [
        _clock(incident, page),
        _outcome(incident, page),
        _plan(incident, page),
        _causes(incident, page),
        marked(incident, page),
        joined_reports(incident, page),
        _mail(incident, page),
    ]
    lines = [line for part in parts if part for line in (*part, EMPTY)]
    return lines[:-1]


def _clock(incident: Incident, page: Page) -> list[Line]:
    """Why the SLA's clock stands still, where it does."""
    if incident.paused_at is None:
        return []
    words = page.look.words
    since = words("finding.paused_since", at=page.look.clock(incident.paused_at, page.time_zone))
    how = words("finding.paused_how", key=page.look.keys.label("pause"))
    return [*page.labelled(words("finding.clock"), f"{since} · {incident.paused_why}", "warn"), *page.more(how)]


def _outcome(incident: Incident, page: Page) -> list[Line]:
    words, lines = page.look.words, []
    if proof := incident.verification:
        glyph = page.look.glyphs.done if proof.passed else page.look.glyphs.failed
        role = "good" if proof.passed else "bad"
        word = words("finding.verified" if proof.passed else "finding.unverified")
        lines += page.labelled(words("finding.proof_of_fix"), f"{glyph} {word}", "good" if role == "good" else "bad")
        lines += page.more(proof.line)
    for message in incident.messages:
        if message.state in ("failed", "unknown"):
            lines += page.labelled(words("finding.message"), f"{message.channel}: {message.reason}", "bad")
    if (draft := incident.draft) and draft.sent_at:
        sent = words("finding.sent", at=page.look.clock(draft.sent_at, page.time_zone))
        lines += page.labelled(words("finding.mail"), f"{page.look.glyphs.done} {sent}", "good")
    if (document := incident.postmortem) and document.published_at:
        lines += page.labelled(words("finding.postmortem"), f"{page.look.glyphs.done} {document.path}", "good")
    return lines


def _plan(incident: Incident, page: Page) -> list[Line]:
    return plan_summary(incident.plan, page) if incident.plan else []


def _causes(incident: Incident, page: Page) -> list[Line]:
    words = page.look.words
    if incident.causes is None:
        return []
    if incident.cause is None:
        return page.labelled(words("finding.cause"), words("finding.no_cause"), "good")
    return _cause(incident.cause, page)


def _cause(cause: Cause, page: Page) -> list[Line]:
    words, language = page.look.words, page.look.words.language
    title = cause.title.get(language) or next(iter(cause.title.values()), cause.key)
    lines = page.labelled(words("finding.cause"), title, "strong")
    if summary := cause.summary.get(language):
        lines += page.more(summary, "")
    lines += page.cells(words("finding.confidence"), cells.confidence(cause.confidence, page.look))
    lines += _proofs(cause, page)
    lines += _seen_before(cause, page)
    lines += page.labelled(words("finding.against"), " · ".join(cause.against) or words("finding.nothing"))
    unseen = " · ".join(cause.unseen)
    lines += page.labelled(words("finding.unseen"), unseen or words("finding.nothing"), "warn" if unseen else "")
    if cause.also:
        lines += page.labelled(words("finding.also"), " · ".join(cause.also))
    return lines


def _seen_before(cause: Cause, page: Page) -> list[Line]:
    """How often this client had this cause, and what mended it the last time."""
    if not cause.seen_before:
        return []
    words = page.look.words
    before = words.count("finding.before", len(cause.seen_before))
    lines = page.labelled(words("finding.seen"), f"{before} · {cause.seen_before[0]}", "")
    mended = cause.mended_by.get(words.language, "")
    return [*lines, *(page.more(words("finding.mended", remedy=said(mended))) if mended else [])]


def _proofs(cause: Cause, page: Page) -> list[Line]:
    words, lines = page.look.words, []
    for number, proof in enumerate(cause.proofs[:3]):
        lines += page.labelled("" if number else words("finding.evidence"), f"« {said(proof.line)} »", "accent")
        at = page.look.clock(proof.at, page.time_zone, seconds=True) if proof.at else ""
        lines += page.more(" · ".join(part for part in (said(proof.source), at) if part))
    if cause.count:
        since = cause.first_seen_at
        seen = words("finding.count", n=cause.count, times=page.look.glyphs.times)
        if since:
            seen += " " + words("finding.since", at=page.look.clock(since, page.time_zone))
        lines += page.more(seen)
    return lines


def _mail(incident: Incident, page: Page) -> list[Line]:
    mail, words = incident.mail, page.look.words
    sender = f"{mail.sender.name} <{mail.sender.email}>" if mail.sender.name else mail.sender.email
    lines = [
        *page.labelled(words("finding.mail"), mail.subject, "strong"),
        *page.more(f"{said(sender)} · {page.look.clock(incident.reported_at, page.time_zone)}"),
    ]
    for paragraph in mail.text.splitlines():
        lines += page.more(paragraph, "") if paragraph.strip() else [EMPTY]
    reasons = [reason for reason in incident.reading.reasons if reason.decides in ("priority", "type", "onset")]
    for number, reason in enumerate(reasons[:4]):
        label = "" if number else words("finding.read_as")
        argues = f" {page.look.glyphs.arrow} {said(reason.argues)}" if reason.argues else ""
        lines += page.labelled(label, f"« {said(reason.words)} »{argues}", "dim")
    return lines or [run("")]
