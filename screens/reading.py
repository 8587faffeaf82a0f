"""A text to read in full: a step and what it did, an event with all its fields."""

from collections.abc import Sequence

from textual import on

from screens.line import EMPTY, Line, said, wrap
from screens.look import Look
from screens.render.sections import Page
from screens.sheet import Sheet
from screens.widgets.choices import Choice, Choices
from store.feed import Feed
from store.incident import Incident, StepView
from store.safe_text import plain


class ReadingScreen(Sheet):
    """Lines made beforehand; there is nothing to decide but to go back."""

    name_of_document = "reading"

    def __init__(self, feed: Feed, look: Look, incident: Incident, text: str) -> None:
        super().__init__(feed, look, incident)
        self._text = text

    def write(self, width: int) -> Sequence[Line]:
        """Return the text, its indentation kept."""
        lines: list[Line] = []
        for written in plain(self._text, lines=True).splitlines():
            indent = min(len(written) - len(written.lstrip()), width // 2)
            first = ((" " * indent, ""),) if indent else EMPTY
            lines += wrap(written.lstrip(), width, first=first, indent=indent)
        return lines

    def choices(self) -> tuple[Choice, ...]:
        """Return close."""
        return (Choice("cancel", self.look.words("choice.close")),)

    @on(Choices.Taken)
    def _taken(self) -> None:
        self.dismiss(None)


class StepScreen(ReadingScreen):
    """A step: its skill, how it went, its line, its facts."""

    def __init__(self, feed: Feed, look: Look, incident: Incident, key: str) -> None:
        super().__init__(feed, look, incident, "")
        self._key = key

    def write(self, width: int) -> Sequence[Line]:
        """Return the step as it stands now."""
        view = self.shown.step(self._key)
        if view is None:
            return []
        page = Page(self.look, width, self.shown.time_zone)
        return [*_step(view, page), *_facts(view, page)]


def _step(view: StepView, page: Page) -> list[Line]:
    words = page.look.words
    lines = page.labelled(words("reading.skill"), view.step.skill, "strong")
    lines += page.labelled(words("reading.state"), words(f"step.{view.state}"))
    lines += page.labelled(words("reading.mode"), words.among(f"mode.{view.step.mode}", view.step.mode))
    if view.started_at:
        times = [at for at in (view.started_at, view.finished_at) if at]
        shown = f" {page.look.glyphs.arrow} ".join(page.look.clock(at, page.time_zone, seconds=True) for at in times)
        lines += page.labelled(words("reading.time"), shown)
    if view.error:
        for label, text in zip(("reading.error", "reading.detail", "reading.advice"), view.error, strict=True):
            lines += page.labelled(words(label), words.among(f"why.{text}", text), "bad") if text else []
    return lines


def _facts(view: StepView, page: Page) -> list[Line]:
    if view.outcome is None:
        return []
    lines = page.labelled(page.look.words("reading.line"), view.outcome.line, "accent")
    for name, value in view.outcome.facts.items():
        lines += page.labelled("", f"{said(name)}: {said(str(value))}", "dim")
    return lines
