"""What the roles look like. Few colours, told apart in every common colour blindness (after Okabe and Ito)."""

from functools import cache

from rich.style import Style
from textual.theme import Theme

from screens.line import Role

DARK = Theme(
    name="astreinte-dark",
    primary="#6cb6ff",
    secondary="#8b98a8",
    accent="#6cb6ff",
    success="#5cc8a5",
    warning="#e8b54d",
    error="#ff8566",
    foreground="#d5dae1",
    background="#11161c",
    surface="#11161c",
    panel="#1b232c",
    dark=True,
)
LIGHT = Theme(
    name="astreinte-light",
    primary="#0060b0",
    secondary="#5b6672",
    accent="#0060b0",
    success="#00704e",
    warning="#8a5a00",
    error="#b83a14",
    foreground="#1d2329",
    background="#fbfaf7",
    surface="#fbfaf7",
    panel="#e9e7e1",
    dark=False,
)
THEMES = (DARK, LIGHT)


@cache
def styles_of(theme: str) -> dict[Role, Style]:
    """Return the look of every role under a theme."""
    chosen = LIGHT if theme == LIGHT.name else DARK
    dim, rule = ("#66717d", "#c3c0b8") if chosen is LIGHT else ("#8793a1", "#3a4552")
    return {
        "": Style(),
        "dim": Style(color=dim),
        "strong": Style(bold=True),
        "accent": Style(color=chosen.accent, bold=True),
        "good": Style(color=chosen.success),
        "warn": Style(color=chosen.warning, bold=True),
        "bad": Style(color=chosen.error, bold=True),
        "rule": Style(color=rule),
        "key": Style(color=chosen.accent, bold=True),
        "badge": Style(color=chosen.background, bgcolor=chosen.error, bold=True),
        "added": Style(color=chosen.success),
        "removed": Style(color=chosen.error),
        "mark": Style(reverse=True),
    }
