"""Every key, declared once: footer, help, palette and the user's keymap file are made of this table."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from textual.binding import Binding, BindingType

Group = Literal["console", "move", "logs", "replay", "sheet", "ask", "edit", "choice", "app"]


@dataclass(frozen=True, slots=True)
class Key:
    """An action, the keys that do it by default, and what it runs. Its text is `keys.<action>` of the locale.

    `danger` says that it leads to the outside world; such an action only ever opens a screen that asks.
    `keys` is empty where the palette alone offers it.
    """

    action: str
    keys: str
    group: Group
    run: str
    danger: bool = False
    priority: bool = False


def _work(action: str, keys: str, *, danger: bool = False) -> Key:
    return Key(action, keys, "console", f"screen.work('{action}')", danger=danger)


def _transport(action: str, keys: str) -> Key:
    return Key(action, keys, "replay", f"screen.transport('{action}')")


KEYS: tuple[Key, ...] = (
    _work("approve", "a", danger=True),
    _work("reject", "x", danger=True),
    _work("inverse", "u", danger=True),
    _work("mail", "m", danger=True),
    _work("postmortem", "P", danger=True),
    _work("retry", "r", danger=True),
    _work("replan", "R"),
    _work("note", "o"),
    _work("priority", "C", danger=True),
    _work("request", "T", danger=True),
    _work("pause", "H", danger=True),
    _work("split", "D", danger=True),
    _work("close", "", danger=True),
    _work("settle", "", danger=True),
    _work("copy", "c"),
    *(Key(f"pane_{n}", str(n), "console", f"screen.pane({n})") for n in range(1, 6)),
    Key("zoom", "z", "console", "screen.zoom"),
    Key("lofi", "L", "console", "screen.lofi"),
    Key("help", "question_mark,f1", "console", "screen.work('help')"),
    Key("palette", "colon,ctrl+p", "console", "screen.work('palette')"),
    Key("leave", "q,escape", "console", "screen.leave"),
    Key("quit", "ctrl+q,ctrl+c", "app", "app.leave", priority=True),
    Key("down", "j,down", "move", "move(1)"),
    Key("up", "k,up", "move", "move(-1)"),
    Key("page_down", "pagedown,ctrl+d", "move", "page(1)"),
    Key("page_up", "pageup,ctrl+u", "move", "page(-1)"),
    Key("top", "g,home", "move", "top"),
    Key("bottom", "G,end", "move", "bottom"),
    Key("open", "enter", "move", "open"),
    Key("logs", "l", "console", "screen.pane(4)"),
    Key("filter", "slash", "logs", "screen.logs('filter')"),
    Key("next_match", "n", "logs", "screen.logs('next_match')"),
    Key("previous_match", "N", "logs", "screen.logs('previous_match')"),
    Key("next_error", "e", "logs", "screen.logs('next_error')"),
    Key("previous_error", "E", "logs", "screen.logs('previous_error')"),
    Key("wrap", "w", "logs", "screen.logs('wrap')"),
    Key("timestamps", "t", "logs", "screen.logs('timestamps')"),
    Key("follow", "f", "logs", "screen.logs('follow')"),
    Key("evidence", "v", "logs", "screen.logs('evidence')"),
    Key("previous", "p", "logs", "screen.logs('previous')"),
    Key("patterns", "b", "logs", "screen.logs('patterns')"),
    _transport("play", "space"),
    _transport("event_back", "left_square_bracket"),
    _transport("event_on", "right_square_bracket"),
    _transport("phase_back", "left_curly_bracket"),
    _transport("phase_on", "right_curly_bracket"),
    _transport("seek", "S"),
    _transport("faster", "plus"),
    _transport("slower", "minus"),
    Key("back", "escape,q", "sheet", "screen.back"),
    Key("sheet_down", "j,down", "sheet", "screen.scroll(1)"),
    Key("sheet_up", "k,up", "sheet", "screen.scroll(-1)"),
    Key("sheet_page_down", "pagedown,ctrl+d", "sheet", "screen.scroll(10)"),
    Key("sheet_page_up", "pageup,ctrl+u", "sheet", "screen.scroll(-10)"),
    Key("sheet_help", "question_mark,f1", "sheet", "screen.help"),
    Key("choose_approve", "a", "sheet", "screen.choose('approve')", danger=True),
    Key("choose_reject", "x", "sheet", "screen.choose('reject')", danger=True),
    Key("choose_send", "s", "sheet", "screen.choose('send')", danger=True),
    Key("choose_publish", "P", "sheet", "screen.choose('publish')", danger=True),
    Key("edit", "e", "sheet", "screen.edit"),
    Key("dismiss", "escape", "ask", "screen.back"),
    Key("done", "ctrl+t,escape", "edit", "screen.done", priority=True),
    Key("choice_next", "right,tab,l", "choice", "choose(1)"),
    Key("choice_previous", "left,shift+tab,h", "choice", "choose(-1)"),
    Key("choice_take", "enter", "choice", "take", danger=True),
)

_LABELS = {
    "question_mark": "?",
    "colon": ":",
    "slash": "/",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "left_curly_bracket": "{",
    "right_curly_bracket": "}",
    "plus": "+",
    "minus": "-",
    "escape": "esc",
    "pagedown": "pgdn",
    "pageup": "pgup",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
}


def label(key: str) -> str:
    """Return a key as it is written on screen."""
    return _LABELS.get(key, key)


@dataclass(frozen=True, slots=True)
class Keymap:
    """The keys as they are really bound: the table above, with the user's own keys by action name."""

    own: Mapping[str, str] = field(default_factory=dict)

    @property
    def unknown(self) -> tuple[str, ...]:
        """Action names of the user's file that there are not."""
        known = {key.action for key in KEYS}
        return tuple(action for action in self.own if action not in known)

    def keys_of(self, action: str) -> tuple[str, ...]:
        """Return the keys of an action, empty where it has none."""
        bound = self.own.get(action) or next((key.keys for key in KEYS if key.action == action), "")
        return tuple(part.strip() for part in bound.split(",") if part.strip())

    def label(self, action: str) -> str:
        """Return the first key of an action as it is written on screen."""
        return next((label(key) for key in self.keys_of(action)), "")

    def labels(self, action: str) -> str:
        """Return all keys of an action."""
        return " ".join(label(key) for key in self.keys_of(action))


def group(*names: Group) -> Iterable[Key]:
    """Return the keys of some groups."""
    return (key for key in KEYS if key.group in names)


def bindings(*names: Group) -> list[BindingType]:
    """Return Textual's bindings of some groups; their ids let a keymap rebind them."""
    return [
        Binding(key.keys, key.run, key.action, show=False, id=key.action, priority=key.priority)
        for key in group(*names)
        if key.keys
    ]
