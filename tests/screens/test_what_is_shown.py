"""What is shown is literal, never a secret, and always says what to do next."""

import re

import pytest
from textual.events import Paste

from console.app import ConsoleApp
from store import commands as c
from store import events as e
from store.feed import Link, Notification, SourceState
from tests.screens.fixed_feed import at_minute
from tests.screens.seeing import press, ready, seen
from tests.support.scenario_parts import INCIDENT

SOURCES = (SourceState("imap support@mail", "down", detail="login refused"), SourceState("maildir in", "connected"))
NEW_KEY = "sk_" + "live_" + "N3wK3yThatNobodySees0123"


@pytest.mark.parametrize("keys", [("tab", "tab", "tab"), ("tab", "shift+tab"), ("shift+tab", "right", "right")])
async def test_the_choices_lead_back_to_the_field(keys: tuple[str, ...]) -> None:
    app = ConsoleApp(at_minute(15.4), "fr")
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "a")
        await press(pilot, *keys)
        await press(pilot, *"sk")
        assert "2 caractères saisis" in seen(app)


@pytest.mark.parametrize("way", ["typed", "pasted", "pasted beside the field"])
async def test_a_secret_leaves_in_one_command_and_is_never_on_the_screen(way: str) -> None:
    feed = at_minute(15.4)
    app = ConsoleApp(feed, "fr")
    frames = []
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "a")
        if way.startswith("pasted"):
            if "beside" in way:
                await press(pilot, "tab")
            assert app.focused
            app.focused.post_message(Paste(f" {NEW_KEY}\n"))
            await ready(pilot)
        else:
            for character in NEW_KEY:
                await pilot.press(character if character != "_" else "underscore")
                frames.append(seen(app))
        await ready(pilot)
        frames.append(seen(app) + app.export_screenshot())
        assert f"{len(NEW_KEY)} caractères saisis" in frames[-1]
        await press(pilot, "enter")
        frames.append(seen(app) + app.export_screenshot() + repr(feed.commands) + app.clipboard)
    [command] = feed.commands
    assert isinstance(command, c.OfferSecret)
    assert command.value
    assert command.value.get_secret_value() == NEW_KEY
    assert not any(piece in frame for frame in frames for piece in (NEW_KEY, NEW_KEY[8:], NEW_KEY[8:16]))


async def test_a_refused_key_says_why_when_it_is_asked_again() -> None:
    refused = e.SecretRefused(name="stripe-key", reason="other_account", detail="acct_2")
    app = ConsoleApp(at_minute(15.4, more=[refused]), "fr")
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "a")
        shown = seen(app)
    assert "Clé refusée" in shown
    assert "elle est d'un autre compte" in shown
    assert "acct_2" in shown


@pytest.mark.parametrize(
    ("subject", "literal"),
    [
        ("URGENT - Paiements bloqués !!!", "URGENT - Paiements bloqués !!!"),
        ("[ACME] [/checkout] broken", "[ACME] [/checkout] broken"),
        ("[bold red]x[/]", "[bold red]x[/]"),
        ("a\x1b]52;c;ZXZpbA==\x07b", "a␛]52;c;ZXZpbA==␇b"),
        ("abc\u202etxt.exe", "abc‹U+202E›txt.exe"),
    ],
)
async def test_foreign_text_is_literal_in_queue_tree_finding_and_toast(subject: str, literal: str) -> None:
    failed = e.SkillFailed(step="diagnosis/log-analyzer", title=subject)
    feed = at_minute(13.5, more=[failed], title=subject)
    app = ConsoleApp(feed, "fr")
    async with app.run_test(size=(200, 40), notifications=True) as pilot:
        await ready(pilot)
        feed.tell(Notification("toast", text=subject))
        while not app.screen.query("Toast"):
            await pilot.pause()
        await ready(pilot)
        queue, tree, toast, hint = (seen_pane(app, pane) for pane in ("#queue", "#phases", "Toast", "#next"))
    assert literal[:16] in queue
    assert literal[:16] in tree
    assert literal in toast
    assert literal in hint


def seen_pane(app: ConsoleApp, name: str) -> str:
    region = app.screen.query_one(name).region
    lines = seen(app).splitlines()[region.y : region.bottom]
    return "\n".join(line[region.x : region.right] for line in lines)


@pytest.mark.parametrize(
    ("minute", "hint"),
    [
        (0.1, "patienter"),
        (15.4, "a  fournir la nouvelle clé stripe-key"),
        (20, "a  lire et approuver le plan : 2 changements"),
        (26, "patienter : changement 2 sur 2"),
        (46, "m  relire et envoyer le courriel"),
        (50, "P  relire et publier le post-mortem"),
        (67, "Incident clos"),
    ],
)
@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_the_hint_line_always_says_what_is_next(minute: float, hint: str, size: tuple[int, int]) -> None:
    app = ConsoleApp(at_minute(minute), "fr")
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        assert f"Ensuite  {hint}" in seen(app)


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (40, 15)])
async def test_every_size_shows_sla_production_and_how_to_approve(size: tuple[int, int]) -> None:
    app = ConsoleApp(at_minute(20), "fr")
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        assert re.search(r"2:09:51 SLA → 14:00.*PROD", seen(app))
        assert "a approuver" in seen(app)
        await press(pilot, "a")
        shown = seen(app)
    assert "2:09:51 SLA" in shown
    assert "Annuler" in shown
    assert re.search("[Aa]pprouver", shown)


async def test_digits_bring_each_pane_to_the_front_on_the_smallest_terminal() -> None:
    app = ConsoleApp(at_minute(20), "fr")
    async with app.run_test(size=(40, 15)) as pilot:
        for key, words in (("1", "Stock en retard"), ("2", "secret-manager"), ("3", "Clé API"), ("4", "POST /pay")):
            await press(pilot, key)
            assert words in seen(app)
        await press(pilot, "5")
        assert "plan proposé" in seen(app)


async def test_zoom_gives_a_pane_all_the_room_and_gives_it_back() -> None:
    app = ConsoleApp(at_minute(20), "fr")
    async with app.run_test(size=(120, 40)) as pilot:
        await press(pilot, "3", "z")
        assert "Journaux" not in seen(app)
        await press(pilot, "q")
        assert "Journaux" in seen(app)


async def test_logs_are_filtered_and_say_how_many_lines_are_hidden() -> None:
    app = ConsoleApp(at_minute(20), "fr")
    async with app.run_test(size=(120, 40)) as pilot:
        await press(pilot, "slash", *"health", "enter")
        logs = seen_pane(app, "#logs")
        assert "27 masquées" in logs
        assert "POST" not in logs
        await press(pilot, "4", "e")
        assert "suivi" in seen_pane(app, "#logs"), "no error passes the filter"


async def test_the_next_error_is_found_and_the_log_stops_following() -> None:
    app = ConsoleApp(at_minute(20), "fr")
    async with app.run_test(size=(120, 40)) as pilot:
        await press(pilot, "4", "g", "e")
        logs = seen_pane(app, "#logs")
    assert "en pause" in logs
    [marked] = [line for line in logs.splitlines() if line.startswith("▌") and "11:" in line]
    assert "ERR" in marked


async def test_help_lists_the_keys_of_the_pane_and_the_palette_finds_by_word() -> None:
    app = ConsoleApp(at_minute(20), "en")
    async with app.run_test(size=(100, 60)) as pilot:
        await press(pilot, "question_mark")
        assert "Next error" in seen(app)
        await press(pilot, "q", "colon", *"timeline", "enter")
        assert "plan proposed" in seen(app)


async def test_a_slow_link_is_said_and_spares_repaints() -> None:
    app = ConsoleApp(at_minute(20), "en")
    async with app.run_test(size=(120, 40)) as pilot:
        await press(pilot, "L")
        assert "LO-FI" in seen(app)
        await press(pilot, "L")
        assert "LO-FI" not in seen(app)


async def test_what_has_the_focus_is_copied_without_markup() -> None:
    app = ConsoleApp(at_minute(20), "fr")
    async with app.run_test(size=(120, 40)) as pilot:
        await press(pilot, "1", "c")
        assert "client-existant.fr" in app.clipboard
        assert INCIDENT not in app.clipboard


async def test_a_replay_that_goes_back_shows_the_earlier_log_again() -> None:
    feed = at_minute(20)
    app = ConsoleApp(feed, "fr")
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        feed.entries = feed.entries[:2]
        feed.tell(Notification("log"))
        while "11:34" in seen_pane(app, "#logs"):
            await pilot.pause(0.01)
        assert "11:30:07" in seen_pane(app, "#logs")


async def test_a_mail_source_that_is_down_is_named() -> None:
    feed = at_minute(20)
    feed.connection = Link(cluster_seconds=None, sources=SOURCES, trouble="disk full")
    app = ConsoleApp(feed, "en")
    async with app.run_test(size=(160, 40)) as pilot:
        await ready(pilot)
        status = seen(app).splitlines()[0]
    assert "imap support@mail: login refused" in status
    assert "disk full" in status
    assert "link ?" in status
    assert "maildir" not in status


async def test_an_event_and_a_step_open_in_full() -> None:
    app = ConsoleApp(at_minute(20), "en")
    async with app.run_test(size=(120, 40)) as pilot:
        await press(pilot, "5", "enter")
        assert '"type": "plan.proposed"' in seen(app)
        await press(pilot, "q", "2", "j", "enter")
        assert "client-intake/reception/email-parser" in seen(app)


async def test_editing_is_not_lost_by_a_quit_key() -> None:
    app = ConsoleApp(at_minute(46), "en")
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "m", "e", "x", "ctrl+c")
        assert "not kept yet" in seen(app)
        await press(pilot, "enter", "ctrl+t")
        assert app.is_running


async def test_a_toast_covers_neither_the_choices_nor_the_hint() -> None:
    app = ConsoleApp(at_minute(20), "fr")
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await press(pilot, "a")
        app.notify("toast " + "x" * 60, markup=False)
        while not app.screen.query("Toast"):
            await pilot.pause()
        await ready(pilot)
        toast, lines = seen_pane(app, "Toast"), seen(app).splitlines()
    assert "toast" in toast
    assert lines[-2].strip() == "[ Annuler ]   Approuver les 2 changements     Rejeter le plan"
