"""The phase tree: phases with their clocks, skills as leaves with what came of them.

Clocks that run show minutes here: the status line has the seconds, and so the tree is repainted once a minute.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from screens import cells
from screens.line import EMPTY, Line, Role, clip, fill, join, run, said, spread, width_of
from screens.look import Look
from store.incident import Incident, PhaseView, StepState, StepView
from store.moves import Wait, next_move

Branch = tuple[str, Line]
"""A phase's name or a step's key, and its line."""
_PATHS_FROM = 76


def phases(incident: Incident, now: datetime, look: Look, width: int, opened: Collection[str]) -> list[Branch]:
    """Return the tree's lines; `opened` names the phases whose leaves are shown."""
    move = next_move(incident)
    wanted = move.step.step.key if isinstance(move, Wait) and move.step else ""
    tree, branches = _Tree(look, width, now, wanted), []
    for view in incident.phases:
        unfolded = view.phase.name in opened
        branches.append((view.phase.name, tree.phase(view, unfolded=unfolded)))
        if unfolded:
            column = min(max((len(tree.name(step)) for step in view.steps), default=0), width // 2) + 2
            branches += [(step.step.key, tree.step(step, column)) for step in view.steps]
    return branches


def opened_by_default(incident: Incident, height: int) -> frozenset[str]:
    """Return the phases to unfold: all that began, where they fit; else the one under way."""
    begun = [view for view in incident.phases if view.entered_at]
    if sum(len(view.steps) for view in begun) + len(incident.phases) <= height:
        return frozenset(view.phase.name for view in begun)
    current = incident.phase or (begun[-1] if begun else None)
    return frozenset({current.phase.name} if current else ())


def _state(view: PhaseView) -> StepState:
    if any(step.state == "failed" for step in view.steps):
        return "failed"
    return "done" if view.completed_at else "running" if view.entered_at else "waiting"


@dataclass(frozen=True, slots=True)
class _Tree:
    """What every line of the tree needs. `wanted` is the step that waits for a person."""

    look: Look
    width: int
    now: datetime
    wanted: str

    def phase(self, view: PhaseView, *, unfolded: bool) -> Line:
        """Return a phase's line."""
        glyphs, state = self.look.glyphs, _state(view)
        fold = run(f"{glyphs.opened if unfolded else glyphs.folded} ", "dim")
        name = self.look.words.among(f"phase.{view.phase.name}", view.phase.name)
        title = run(f" {name} ", "dim" if state == "waiting" else "strong")
        lead = join(fold, cells.step_glyph(state, glyphs), title)
        clock, share = self._clock(view), self._share(view)
        room = self.width - width_of(lead) - 1
        return spread(lead, join(clock, share) if width_of(clock) + width_of(share) <= room else clock, self.width)

    def name(self, view: StepView) -> str:
        """Return a skill's name; its whole path where there is room."""
        return said(view.step.skill if self.width >= _PATHS_FROM else view.step.skill.rpartition("/")[2])

    def step(self, view: StepView, column: int) -> Line:
        """Return a leaf's line; what came of the step goes before how long it took."""
        glyphs, wanted = self.look.glyphs, view.step.key == self.wanted
        sign = run(glyphs.person, "warn") if wanted and view.state != "failed" else cells.step_glyph(view.state, glyphs)
        name = fill(run(f" {self.name(view)}", "dim" if view.state in ("waiting", "skipped") else ""), column)
        lead = join(run("    "), sign, name, run(" "), self._outcome(view))
        span = self._span(view)
        if width_of(lead) + width_of(span) + 2 > self.width:
            return clip(lead, self.width, glyphs.ellipsis)
        return spread(lead, span, self.width)

    def _clock(self, view: PhaseView) -> Line:
        limit, look = view.phase.budget_seconds, self.look
        if view.entered_at is None:
            return run(f"{look.words('phases.ahead')} {look.glyphs.dot} {cells.budget(limit, look)}", "dim")
        seconds = view.seconds(self.now)
        spent = cells.timer(seconds) if view.completed_at else cells.budget(seconds, look)
        return join(run(spent, cells.overrun(seconds, limit)), run(f" / {cells.budget(limit, look)}", "dim"))

    def _share(self, view: PhaseView) -> Line:
        if (share := view.automatic_share) is None:
            return EMPTY
        role: Role = "dim" if share >= view.phase.target_share else "warn"
        got, target = (round(value * 100) for value in (share, view.phase.target_share))
        return run(f"  {self.look.words('phases.share', got=got, target=target)}", role)

    def _outcome(self, view: StepView) -> Line:
        words = self.look.words
        if view.error:
            why = words.among(f"why.{view.error[0]}", said(view.error[0]))
            text = words("step.why", word=words(f"step.{view.state}"), why=why)
            return run(text, "bad" if view.state == "failed" else "dim")
        if view.step.key == self.wanted:
            return run(words("step.wanted"), "warn")
        if view.state == "done" and view.outcome:
            return run(said(view.outcome.line), "dim")
        if view.state == "waiting":
            return run(words(f"mode.{view.step.mode}") if view.step.mode != "auto" else "", "dim")
        return cells.step_word(view.state, self.look)

    def _span(self, view: StepView) -> Line:
        if view.started_at is None or view.state in ("waiting", "skipped"):
            return EMPTY
        if view.finished_at is None or view.state == "running":
            return run(cells.budget((self.now - view.started_at).total_seconds(), self.look), "dim")
        return run(cells.took((view.finished_at - view.started_at).total_seconds(), self.look), "dim")
