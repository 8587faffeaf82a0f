"""A notification of the desktop, by the escape sequences that terminals have for it; the bell is the app's own.

OSC 777 is rxvt's, taken over by foot, Konsole and the VTE terminals; OSC 9 is iTerm2's, taken over by kitty,
Windows Terminal and WezTerm. A terminal drops the one that it does not know.
"""

from collections.abc import Mapping

from store.safe_text import plain

_OSC_9 = ("xterm-kitty", "wezterm")
_OSC_777 = ("foot", "rxvt", "xterm-ghostty", "konsole", "vte")
_NONE = ("", "dumb", "linux", "vt100", "vt102", "vt220")
_LENGTH = 200


def notification(title: str, text: str, environ: Mapping[str, str]) -> str:
    """Return what notifies the desktop, empty where the terminal can't; within tmux it is passed through.

    tmux hands it on where `allow-passthrough` is set; its own bell alert works either way.
    """
    term = environ.get("TERM", "")
    if term in _NONE:
        return ""
    said = _safe(f"{title}: {text}")
    nine, seven = f"\x1b]9;{said}\x07", f"\x1b]777;notify;{_safe(title)};{_safe(text)}\x07"
    if term.startswith(_OSC_9):
        sequence = nine
    elif term.startswith(_OSC_777):
        sequence = seven
    else:
        sequence = nine + seven
    if "TMUX" in environ or term.startswith("tmux"):
        return f"\x1bPtmux;{sequence.replace(chr(27), 2 * chr(27))}\x1b\\"
    return sequence


def _safe(text: str) -> str:
    """Foreign text without what could end the sequence or be taken for one of its fields."""
    return plain(text).replace(";", ",")[:_LENGTH]
