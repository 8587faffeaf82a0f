"""Finding: what was found, what proves it, what speaks against it, what nobody could see; before that, the mail."""

from collections.abc import Sequence

from screens import cells
from screens.line import EMPTY, Line, run, said
from screens.look import Look
from screens.render.log_evidence import marked
from screens.render.plan import plan_summary
from screens.render.reports import joined_reports
from screens.render.sections import Page
from store.incident import Incident
from store.values import Cause, Words


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
        unseen = [each.unseen for each in incident.evidence if each.unavailable]
        return [*page.labelled(words("finding.cause"), words("finding.no_cause"), "good"), *_unseen(unseen, page)]
    _, *others = incident.causes
    further = [line for each in others for line in _further(each, page)]
    return [*_cause(incident.cause, page), *further]


def _cause(cause: Cause, page: Page) -> list[Line]:
    words, language = page.look.words, page.look.words.language
    lines = page.labelled(words("finding.cause"), _title(cause, page), "strong")
    if summary := cause.summary.get(language):
        lines += page.more(summary, "")
    lines += page.cells(words("finding.confidence"), cells.confidence(cause.confidence, page.look))
    lines += _proofs(cause, page)
    lines += _seen_before(cause, page)
    against = _worded(cause.against, page)
    lines += page.labelled(words("finding.against"), against or words("finding.nothing"), "warn" if against else "")
    lines += _unseen(cause.unseen, page)
    if cause.also:
        lines += page.labelled(words("finding.also"), " · ".join(cause.also))
    return lines


def _title(cause: Cause, page: Page) -> str:
    return cause.title.get(page.look.words.language) or next(iter(cause.title.values()), cause.key)


def _further(cause: Cause, page: Page) -> list[Line]:
    """A second, independent cause: its own proof, and what speaks against it."""
    words = page.look.words
    lines = page.labelled(words("finding.further"), _title(cause, page), "strong")
    lines += page.cells("", cells.confidence(cause.confidence, page.look))
    lines += [line for proof in cause.proofs[:1] for line in page.more(f"« {said(proof.line)} »", "accent")]
    against = _worded(cause.against, page)
    return [*lines, *(page.labelled(words("finding.against"), against, "warn") if against else [])]


def _unseen(unseen: Sequence[Words], page: Page) -> list[Line]:
    """What could not be looked at, and why: it lowers the confidence, and is no finding."""
    words, told = page.look.words, _worded(unseen, page)
    return page.labelled(words("finding.unseen"), told or words("finding.nothing"), "warn" if told else "")


def _worded(texts: Sequence[Words], page: Page) -> str:
    """Return the texts in the console's language, each once."""
    language = page.look.words.language
    return " · ".join(dict.fromkeys(text.get(language) or next(iter(text.values()), "") for text in texts))


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
