"""The log lines that persons marked as evidence, in the finding."""

from screens.line import Line, said
from screens.render.sections import Page
from store.incident import Incident
from store.marked_lines import marked_lines

_SHOWN = 5


def marked(incident: Incident, page: Page) -> list[Line]:
    """Return the last lines that were marked, each with its pod, its instant and who marked it."""
    found = list(marked_lines(incident.evidence))
    words, lines = page.look.words, list[Line]()
    for number, evidence in enumerate(found[-_SHOWN:]):
        head = evidence.excerpt.partition("\n")[0]
        lines += page.labelled(
            "" if number else words("finding.marked"), f"{page.look.glyphs.mark} {said(head)}", "accent"
        )
        lines += page.more(words("finding.marked_by", pod=said(evidence.facts["pod"]), by=said(evidence.facts["by"])))
    if len(found) > _SHOWN:
        lines += page.more(words.count("finding.marked_more", len(found) - _SHOWN))
    return lines
