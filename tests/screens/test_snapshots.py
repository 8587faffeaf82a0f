"""The screens as they look, on a feed that stands still. `pytest --snapshot-update` renews them."""

from typing import Protocol

import pytest
from textual.pilot import Pilot

from console.app import ConsoleApp
from screens.glyphs import ASCII
from store import events as e
from store.values import Language
from tests.screens.fixed_feed import StandingTransport, at_minute
from tests.screens.seeing import press


class Compare(Protocol):
    """The fixture of pytest-textual-snapshot."""

    def __call__(self, app: ConsoleApp, *, terminal_size: tuple[int, int], run_before: object = ...) -> bool: ...


def keys(*pressed: str) -> object:
    async def run_before(pilot: Pilot[None]) -> None:
        await press(pilot, *pressed)

    return run_before


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("size", [(120, 40), (80, 24), (40, 15)])
def test_main_screen_with_a_plan_to_approve(snap_compare: Compare, size: tuple[int, int], language: Language) -> None:
    assert snap_compare(ConsoleApp(at_minute(20), language), terminal_size=size, run_before=keys())


def test_main_screen_during_diagnosis_with_the_mail(snap_compare: Compare) -> None:
    assert snap_compare(ConsoleApp(at_minute(13.5), "fr"), terminal_size=(120, 40), run_before=keys())


def test_main_screen_with_a_failed_step(snap_compare: Compare) -> None:
    failed = e.SkillFailed(step="diagnosis/log-analyzer", title="cluster unreachable", hint="check the VPN")
    app = ConsoleApp(at_minute(13.5, more=[failed]), "en")
    assert snap_compare(app, terminal_size=(120, 40), run_before=keys())


def test_main_screen_when_all_is_done(snap_compare: Compare) -> None:
    assert snap_compare(ConsoleApp(at_minute(70), "fr"), terminal_size=(120, 40), run_before=keys("2", "5"))


def test_main_screen_in_ascii(snap_compare: Compare) -> None:
    assert snap_compare(ConsoleApp(at_minute(20), "fr", glyphs=ASCII), terminal_size=(80, 24), run_before=keys())


def test_main_screen_in_the_light_theme(snap_compare: Compare) -> None:
    assert snap_compare(ConsoleApp(at_minute(20), "en", light=True), terminal_size=(120, 40), run_before=keys())


def test_main_screen_of_a_replay(snap_compare: Compare) -> None:
    feed = at_minute(26)
    feed.transport = StandingTransport()
    assert snap_compare(ConsoleApp(feed, "en"), terminal_size=(120, 40), run_before=keys())


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (40, 15)])
def test_approval_with_approve_chosen(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(ConsoleApp(at_minute(20), "fr"), terminal_size=size, run_before=keys("a", "right"))


def test_prompt_for_a_key_after_a_refusal(snap_compare: Compare) -> None:
    refused = e.SecretRefused(name="stripe-key", reason="other_mode", detail="test mode")
    app = ConsoleApp(at_minute(15.4, more=[refused]), "en")
    assert snap_compare(app, terminal_size=(80, 24), run_before=keys("a", "x", "y"))


@pytest.mark.parametrize("pressed", [("a",), ("a", "e"), ("a", "s")])
def test_mail_read_edited_and_about_to_be_sent(snap_compare: Compare, pressed: tuple[str, ...]) -> None:
    assert snap_compare(ConsoleApp(at_minute(46), "fr"), terminal_size=(80, 24), run_before=keys(*pressed))


def test_post_mortem_about_to_be_published(snap_compare: Compare) -> None:
    assert snap_compare(ConsoleApp(at_minute(50), "fr"), terminal_size=(100, 36), run_before=keys("P", "P"))


def test_help(snap_compare: Compare) -> None:
    assert snap_compare(ConsoleApp(at_minute(20), "en"), terminal_size=(80, 40), run_before=keys("f1"))


def test_palette(snap_compare: Compare) -> None:
    app = ConsoleApp(at_minute(20), "fr")
    assert snap_compare(app, terminal_size=(80, 24), run_before=keys("colon", "r", "e", "l"))
