"""What the keys of the main screen do that needs no incident: help, palette, copying, the replay's transport."""

from collections.abc import Callable

from screens.ask import Answer, Ask
from screens.help import HelpScreen
from screens.incident_port import Port
from screens.keymap import Group, Key, group
from screens.palette_screen import PaletteScreen
from screens.widgets.log_pane import LogPane
from screens.widgets.pane import Pane
from store.feed import Transport


def show_help(port: Port) -> None:
    """Show the keys of what has the focus."""
    groups: tuple[Group, ...] = ("replay",) if port.feed.transport else ()
    of_logs: tuple[Group, ...] = ("logs", "move", "console")
    others: tuple[Group, ...] = ("move", "console", "logs")
    in_logs = isinstance(port.app.focused, LogPane)
    port.app.push_screen(HelpScreen(port.feed, port.look, (*groups, *(of_logs if in_logs else others))))


def palette(port: Port) -> None:
    """Offer every action by its words."""
    names = ("console", "logs", "replay") if port.feed.transport else ("console", "logs")
    commands = [key for key in group(*names) if key.action != "palette"]

    def chosen(key: Key | None) -> None:
        if key:
            port.app.run_worker(port.app.run_action(key.run, port.app.screen))

    port.app.push_screen(PaletteScreen(port.look, commands), chosen)


def copy(port: Port) -> None:
    """Copy what has the focus by OSC 52: it holds no secret, for nothing on the screen does."""
    focused = port.app.focused
    if isinstance(focused, Pane) and (text := focused.copied()):
        port.app.copy_to_clipboard(text)
        port.say("copied")


DESK_WORK: dict[str, Callable[[Port], None]] = {"help": show_help, "palette": palette, "copy": copy}

_TRANSPORT: dict[str, Callable[[Transport], object]] = {
    "play": lambda transport: transport.toggle(),
    "event_back": lambda transport: transport.step(-1),
    "event_on": lambda transport: transport.step(1),
    "phase_back": lambda transport: transport.step_phase(-1),
    "phase_on": lambda transport: transport.step_phase(1),
    "faster": lambda transport: transport.faster(2.0),
    "slower": lambda transport: transport.faster(0.5),
}


def seek(port: Port, name: str) -> None:
    """Do what a key of the transport asks for."""
    transport = port.feed.transport
    if transport is None:
        return
    if name in _TRANSPORT:
        _TRANSPORT[name](transport)
        return

    def go(answer: Answer) -> None:
        if not transport.seek(answer.text):
            port.say("replay.not_found")

    port.ask(Ask(port.look, port.look.words("replay.question"), text=""), go)
