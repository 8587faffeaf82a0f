"""The post-mortem as a document: Markdown for its authors, a page for the client's management. Pure."""

from collections.abc import Iterator

from skills.prose.account import applied_changes, audit_note, proofs
from skills.prose.figures import losses, metric_rows, share_rows, skill_rows
from skills.prose.foreign import code, markdown
from skills.prose.formats import clock, day, duration, zone_name
from skills.prose.knowledge import render, words
from skills.prose.naming import headline
from skills.prose.prevention import corrective_actions, root_sentence
from skills.prose.timeline import timeline_lines
from store.incident import Incident


def postmortem_markdown(incident: Incident) -> str:
    """Return the document as it stands: edited or published, else drafted from the log."""
    return incident.postmortem.text if incident.postmortem else draft_postmortem(incident)


def draft_postmortem(incident: Incident) -> str:
    """Return the document as the log fills it in, in the client's language. Foreign text in it is never markup."""
    return render(
        f"postmortem.{incident.language}.md.j2",
        headline=markdown(headline(incident), 200),
        day=day(incident.onset_at or incident.reported_at, incident.time_zone),
        zone=zone_name(incident.reported_at, incident.time_zone),
        timeline=[_moment(line) for line in timeline_lines(incident)],
        duration=_outage(incident),
        losses=losses(incident),
        root=markdown(root_sentence(incident)),
        summary=_summary(incident),
        proofs=[(markdown(source), code(line)) for source, line in proofs(incident)],
        unseen=[
            markdown(each.get(incident.language, "")) for each in (incident.cause.unseen if incident.cause else ())
        ],
        actions=[(action.done, markdown(action.text)) for action in corrective_actions(incident)],
        changes=list(_changes(incident)),
        metrics=metric_rows(incident),
        skills=[(row.skill, markdown(row.role), markdown(row.outcome)) for row in skill_rows(incident)],
        shares=list(share_rows(incident)),
        audit=audit_note(incident, short=False),
    )


def _moment(line: str) -> str:
    time, dash, text = line.partition(" - ")
    return f"{time}{dash}{markdown(text)}"


def _outage(incident: Incident) -> str:
    total = incident.metrics.total
    return words(incident.language)["not_verified"] if total is None else duration(total, incident.language)


def _summary(incident: Incident) -> str:
    return markdown(incident.cause.summary.get(incident.language, "")) if incident.cause else ""


def _changes(incident: Incident) -> Iterator[tuple[str, str, str, str]]:
    """Yield target, time, approvers and the short digest of each applied change."""
    for plan, change, view in applied_changes(incident):
        at = clock(view.at, incident.time_zone) if view.at else "-"
        yield markdown(str(change.target)), at, markdown(", ".join(plan.approvals)), change.digest[:12]


def postmortem_html(incident: Incident) -> str:
    """Return a self-contained page: no script, nothing that is fetched, fit for print."""
    said = words(incident.language)
    return render(
        "page.html.j2",
        escaped=True,
        language=incident.language,
        title=f"{headline(incident)} · {incident.client}",
        incident=incident.id,
        facts=_facts(incident, said["page"]),
        body=_html(postmortem_markdown(incident)),
        published=said["page"]["published" if incident.postmortem and incident.postmortem.published_at else "draft"],
    )


def _facts(incident: Incident, said: dict[str, str]) -> list[tuple[str, str]]:
    lost, rows = losses(incident), metric_rows(incident)
    return [
        (said["client"], incident.client),
        (said["priority"], incident.priority.value),
        (said["outage"], _outage(incident)),
        (said["sla"], rows[-1].sla),
        (said["revenue"], lost.revenue),
        (said["cause"], root_sentence(incident)),
    ]


def _html(text: str) -> str:
    """Render Markdown; raw HTML in it is shown as text, images are not fetched."""
    from markdown_it import MarkdownIt

    return str(MarkdownIt("commonmark", {"html": False}).enable("table").disable("image").render(text))
