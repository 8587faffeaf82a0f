"""A plan: in brief for the main screen, in full for the approval."""

from screens import cells
from screens.line import EMPTY, Line, Role, clip, join, run, said
from screens.look import Look
from screens.render.sections import Page
from store.incident import ChangeState, ChangeView, PlanView
from store.plan import Change, Check, Plan, Risk

_RISK: dict[Risk, Role] = {"low": "good", "medium": "warn", "high": "bad"}
_CHANGE: dict[ChangeState, tuple[str, Role]] = {
    "proposed": ("waiting", "dim"),
    "started": ("running", "accent"),
    "applied": ("done", "good"),
    "failed": ("failed", "bad"),
    "unknown": ("person", "warn"),
    "reverted": ("skipped", "warn"),
}


def plan_line(plan: Plan, look: Look) -> str:
    """Return a plan in one phrase: changes, reversible or not, pods, time."""
    words = look.words
    parts = [
        words.count("plan.changes", len(plan.changes)),
        words("plan.reversible" if plan.reversible else "plan.irreversible"),
        words.count("plan.pods", plan.pods) if plan.pods else "",
        f"~{cells.budget(max(plan.seconds, 60), look)}" if plan.seconds else "",
    ]
    return ", ".join(part for part in parts if part)


def plan_summary(view: PlanView, page: Page) -> list[Line]:
    """Return the plan in brief: its state, then a line a change."""
    words, glyphs = page.look.words, page.look.glyphs
    lines = page.cells(
        words("plan.plan"), join(run(words(f"plan.{view.state}"), "strong"), run("  "), _risk(view.plan, page))
    )
    lines += page.more(plan_line(view.plan, page.look), "")
    for number, (change, state) in enumerate(zip(view.plan.changes, view.changes, strict=False), 1):
        glyph, role = _CHANGE[state.state]
        sign = run(f"{getattr(glyphs, glyph)} ", role)
        title = run(f"{number} {said(change.title or str(change.target))}", "" if change.checked else "bad")
        word = run(f" {glyphs.dot} {words(f'change.{state.state}')}", role)
        lines.append(clip(join(run(" " * page.column), sign, title, word), page.width, glyphs.ellipsis))
        if state.reason:
            lines += page.more(f"{words.among(f'reason.{state.reason}', state.reason)} {state.detail}", "bad")
    if view.why and view.state == "rejected":
        lines += page.more(
            words("plan.rejected_by", who=view.rejected_by, why=words.among(f"why.{view.why}", view.why))
        )
    return lines


def _risk(plan: Plan, page: Page) -> Line:
    return run(page.look.words(f"risk.{plan.risk}"), _RISK[plan.risk])


def failed_checks(plan: Plan) -> list[tuple[Change, Check]]:
    """Return the checks that did not pass."""
    return [(change, check) for change in plan.changes for check in change.checks if not check.passed]


def plan_in_full(view: PlanView, look: Look, width: int, time_zone: str) -> list[Line]:
    """Return all that an approver needs to see of a plan."""
    page, words = Page(look, width, time_zone), look.words
    lines = page.cells(
        words("plan.plan"), join(run(plan_line(view.plan, look), "strong"), run("  "), _risk(view.plan, page))
    )
    lines += page.labelled(words("plan.digest"), _short(view.digest), "dim")
    if view.plan.approvals_needed > 1:
        got = ", ".join(view.approvals) or words("finding.nothing")
        lines += page.labelled(
            words("plan.approvals"), words("plan.four_eyes", n=view.plan.approvals_needed, got=got), "warn"
        )
    for number, (change, state) in enumerate(zip(view.plan.changes, view.changes, strict=False), 1):
        lines += [EMPTY, *_change(number, change, state, page)]
    return lines


def _short(digest: str) -> str:
    return f"{digest[:4]} {digest[4:8]} {digest[8:12]}"


def _change(number: int, change: Change, state: ChangeView, page: Page) -> list[Line]:
    words, glyphs = page.look.words, page.look.glyphs
    title = run(f"{number}. {said(change.title or change.kind)}", "strong")
    _, role = _CHANGE[state.state]
    done = run(f"  {words(f'change.{state.state}')}" if state.state != "proposed" else "", role)
    lines = [clip(join(title, done), page.width, glyphs.ellipsis)]
    target = change.target
    lines += page.labelled(words("plan.target"), f"{target.kind} {target.namespace}/{target.name}")
    lines += page.labelled(words("plan.command"), change.command, "accent")
    lines += _diff(change, page)
    lines += _checks(change, page)
    lines += page.labelled(words("plan.risk"), words(f"risk_level.{change.risk}"), _RISK[change.risk])
    lines += page.labelled(words("plan.blast"), _blast(change, page.look))
    back = change.inverse_note or words("plan.has_inverse" if change.inverse else "plan.no_inverse")
    return lines + page.labelled(words("plan.inverse"), back, "" if change.inverse else "warn")


def _diff(change: Change, page: Page) -> list[Line]:
    lines: list[Line] = []
    for number, text in enumerate(change.diff):
        role: Role = "added" if text.startswith("+") else "removed" if text.startswith("-") else "dim"
        sign, body = text[:1], " " * (len(text[1:]) - len(text[1:].lstrip())) + said(text[1:])
        label = page.cells(page.look.words("plan.diff") if not number else "", run(f"{sign}{body}", role))
        lines.append(clip(label[0], page.width, page.look.glyphs.ellipsis))
    return lines


def _checks(change: Change, page: Page) -> list[Line]:
    words, glyphs, lines = page.look.words, page.look.glyphs, []
    for number, check in enumerate(change.checks):
        sign = glyphs.done if check.passed else glyphs.failed
        verdict = words("check.passed" if check.passed else "check.failed")
        name = words.among(f"check.{check.name}", check.name)
        detail = f" {glyphs.dot} {check.detail}" if check.detail else ""
        label = "" if number else words("plan.checks")
        line = words("check.line", name=said(name), verdict=verdict)
        lines += page.labelled(label, f"{sign} {line}{detail}", "" if check.passed else "bad")
    return lines


def _blast(change: Change, look: Look) -> str:
    parts = [look.words.count("plan.pods", change.blast.pods)] if change.blast.pods else []
    if change.blast.others:
        parts.append(look.words("plan.others", names=", ".join(change.blast.others)))
    return " · ".join(parts) or look.words("plan.nothing_else")
