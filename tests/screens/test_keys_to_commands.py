"""Keys become commands, and only those that were meant."""

import pytest
from textual.events import Key

from console.app import ConsoleApp
from screens.approval import ApprovalScreen
from store import commands as c
from store import events as e
from store.digests import draft_digest, text_digest
from store.feed import Link
from store.plan import Check, Plan
from store.values import Priority, RequestType
from tests.screens.fixed_feed import FixedFeed, StandingTransport, at_minute
from tests.screens.seeing import press, ready, seen
from tests.support.scenario_parts import DRAFT, INCIDENT, PLAN, POSTMORTEM

SIZES = [(120, 40), (80, 24), (40, 15)]
WAITING_PLAN, WAITING_KEY, WAITING_MAIL, WAITING_DOCUMENT = 20, 15.4, 46, 50


async def typed(feed: FixedFeed, *keys: str, size: tuple[int, int] = (80, 24)) -> str:
    """Press keys in an app on the feed; return what is seen afterwards."""
    app = ConsoleApp(feed, "fr")
    async with app.run_test(size=size) as pilot:
        await press(pilot, *keys)
        return seen(app)


@pytest.mark.parametrize("size", SIZES)
async def test_a_plan_is_approved_by_its_digest_after_a_choice_and_enter(size: tuple[int, int]) -> None:
    feed = at_minute(WAITING_PLAN)
    await typed(feed, "a", "right", "enter", size=size)
    assert feed.commands == [c.Approve(incident=INCIDENT, digest=PLAN.digest)]


@pytest.mark.parametrize("keys", [("a",), ("a", "enter"), ("a", "escape"), ("a", "q"), ("a", "right", "left", "enter")])
async def test_no_single_key_and_no_cancelling_approves(keys: tuple[str, ...]) -> None:
    feed = at_minute(WAITING_PLAN)
    await typed(feed, *keys)
    assert feed.commands == []


async def test_keys_typed_before_the_approval_was_painted_are_dropped() -> None:
    feed = at_minute(WAITING_PLAN)
    app = ConsoleApp(feed, "fr")
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        for key in ("a", "right", "enter"):
            app.post_message(Key(key, key if len(key) == 1 else None))
        await ready(pilot)
        assert feed.commands == []
        assert isinstance(app.screen, ApprovalScreen)
        assert app.screen.chosen == "cancel"
        await press(pilot, "right", "enter")
    assert feed.commands == [c.Approve(incident=INCIDENT, digest=PLAN.digest)]


async def test_a_plan_is_rejected_on_its_page_or_with_a_reason() -> None:
    feed = at_minute(WAITING_PLAN)
    await typed(feed, "a", "x", "enter")
    await typed(feed, "x", "n", "o", "enter", "right", "enter")
    rejected = c.Reject(incident=INCIDENT, digest=PLAN.digest)
    assert feed.commands == [rejected, c.Reject(incident=INCIDENT, digest=PLAN.digest, why="no")]


def proposing(plan: Plan) -> FixedFeed:
    return at_minute(18.1, more=[e.PlanProposed(plan=plan, digest=plan.digest)])


async def test_a_plan_with_a_failed_check_cannot_be_approved_and_says_which() -> None:
    failed = Check(name="may_i", passed=False, detail="patch secrets: forbidden")
    change = PLAN.changes[0].model_copy(update={"checks": (failed,)})
    feed = proposing(PLAN.model_copy(update={"changes": (change,)}))
    screen = await typed(feed, "a", "a", "enter", size=(120, 40))
    assert feed.commands == []
    shown = await typed(feed, "a", size=(120, 40))
    assert "Approbation impossible" in shown
    assert "droit d'écriture" in shown
    assert "Approbation impossible" not in screen, "enter took cancel"


async def test_a_high_risk_is_approved_only_with_its_token() -> None:
    change = PLAN.changes[0].model_copy(update={"risk": "high"})
    plan = PLAN.model_copy(update={"changes": (change,)})
    feed = proposing(plan)
    await typed(feed, "a", "w", "r", "o", "n", "g", "enter", "right", "enter")
    assert [command for command in feed.commands if isinstance(command, c.Approve)] == []
    feed.commands.clear()
    await typed(feed, "a", *(k if k != "-" else "minus" for k in plan.token), "enter", "right", "enter")
    assert feed.commands == [c.Approve(incident=INCIDENT, digest=plan.digest, token="stripe-api")]


async def test_a_plan_that_changed_meanwhile_cannot_be_approved() -> None:
    feed = at_minute(WAITING_PLAN)
    app = ConsoleApp(feed, "fr")
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "a")
        feed.written = at_minute(26).written
        assert isinstance(app.screen, ApprovalScreen)
        app.screen.tick()
        await press(pilot, "a", "enter")
    assert feed.commands == []


async def test_the_mail_is_sent_by_the_digest_of_what_is_on_the_screen() -> None:
    feed = at_minute(WAITING_MAIL)
    await typed(feed, "a", "s", "enter")
    assert feed.commands == [c.SendMail(incident=INCIDENT, digest=draft_digest(DRAFT))]


async def test_opening_the_mail_sends_nothing() -> None:
    feed = at_minute(WAITING_MAIL)
    await typed(feed, "m", "enter")
    assert feed.commands == []


async def test_an_edited_mail_is_kept_before_it_can_be_sent() -> None:
    feed = at_minute(WAITING_MAIL)
    await typed(feed, "m", "e", "O", "K", "space", "ctrl+t")
    assert feed.commands == [c.EditMail(incident=INCIDENT, subject=f"OK {DRAFT.subject}", body=DRAFT.body)]


async def test_the_post_mortem_is_published_by_the_digest_of_what_is_on_the_screen() -> None:
    feed = at_minute(WAITING_DOCUMENT)
    await typed(feed, "P", "P", "enter")
    assert feed.commands == [c.PublishPostmortem(incident=INCIDENT, digest=text_digest(POSTMORTEM))]


async def test_the_configured_command_can_be_asked_to_print_the_key() -> None:
    feed = at_minute(WAITING_KEY)
    await typed(feed, "a", "tab", "right", "enter")
    assert feed.commands == [c.OfferSecret(incident=INCIDENT, name="stripe-key")]


async def test_an_unknown_account_is_confirmed_by_name() -> None:
    accepted = e.SecretAccepted(name="stripe-key", hmac="c3", account="acct_9New", livemode=True, account_known=False)
    feed = at_minute(15.4, more=[accepted])
    await typed(feed, "a", "right", "enter")
    assert feed.commands == [c.ConfirmAccount(incident=INCIDENT, name="stripe-key", account="acct_9New")]


async def test_a_failed_step_is_retried() -> None:
    failed = e.SkillFailed(step="diagnosis/log-analyzer", title="cluster unreachable", hint="check the VPN")
    feed = at_minute(13.5, more=[failed])
    shown = await typed(feed, "r", size=(120, 40))
    assert feed.commands == [c.Retry(incident=INCIDENT, step="diagnosis/log-analyzer")]
    assert "relancer devops/monitoring/log-analyzer : cluster unreachable" in shown


async def test_notes_priorities_and_closing_ask_for_words() -> None:
    feed = at_minute(13.5)
    await typed(feed, "o", "h", "i", "enter")
    palette = ("colon", *"corriger", "enter")
    await typed(feed, *palette, "w", "enter", "right", "enter")
    await typed(feed, "colon", *"clore", "enter", "o", "enter", "right", "enter")
    assert feed.commands == [
        c.AddNote(incident=INCIDENT, text="hi"),
        c.CorrectPriority(incident=INCIDENT, priority=Priority.P2, request=RequestType.HOTFIX, why="w"),
        c.CloseWithoutFix(incident=INCIDENT, why="o"),
    ]


async def test_a_refusal_is_shown_in_the_person_s_words() -> None:
    feed = at_minute(WAITING_PLAN)
    feed.refusal = c.Refusal("second_person", "[/lea]")
    app = ConsoleApp(feed, "fr")
    async with app.run_test(size=(100, 30)) as pilot:
        await press(pilot, "a", "right", "enter")
        toasts = [toast.message for toast in app._notifications]
    assert toasts == ["Une seconde personne doit approuver ([/lea])"]


async def test_the_keys_of_a_replay_are_bound_only_in_a_replay() -> None:
    live = at_minute(WAITING_PLAN)
    await typed(live, "space", "right_square_bracket", "S")
    replay = at_minute(WAITING_PLAN)
    replay.transport = transport = StandingTransport()
    shown = await typed(replay, "space", "right_square_bracket", "left_curly_bracket", "plus", size=(120, 40))
    assert transport.asked == [("toggle", None), ("step", 1), ("step_phase", -1), ("faster", 2.0)]
    assert "12/96" in shown
    await typed(replay, "S", "1", "2", "colon", "0", "5", "enter")
    assert transport.asked[-1] == ("seek", "12:05")


async def test_a_rebound_key_works_and_the_hints_show_it() -> None:
    feed = at_minute(WAITING_PLAN)
    app = ConsoleApp(feed, "fr", keymap={"approve": "f2"})
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "a")
        assert "f2  lire et approuver" in seen(app)
        await press(pilot, "f2")
        assert isinstance(app.screen, ApprovalScreen)


async def test_quitting_asks_only_while_an_effect_is_on_its_way() -> None:
    idle, busy = at_minute(WAITING_PLAN), at_minute(25.06)
    for feed, asks in ((idle, False), (busy, True)):
        app = ConsoleApp(feed, "fr")
        async with app.run_test(size=(80, 24)) as pilot:
            await press(pilot, "ctrl+q")
            assert app.is_running is asks
            if asks:
                assert "Quitter quand même" in seen(app)
                await press(pilot, "enter")
                assert app.is_running, "staying is the first choice"


async def test_a_read_only_session_says_why() -> None:
    feed = at_minute(WAITING_PLAN)
    feed.connection = Link(cluster_seconds=0.01, read_only="tom")
    assert "Lecture seule : tom" in await typed(feed, size=(120, 40))


async def test_opening_a_row_looks_at_that_incident() -> None:
    feed = at_minute(WAITING_PLAN)
    await typed(feed, "1", "j", "enter", size=(120, 40))
    assert feed.selected == [INCIDENT, "INC-2025-0109-2"]


async def test_the_priority_and_the_type_are_corrected_by_key_with_why() -> None:
    feed = at_minute(20)
    await typed(feed, "C", *"logo", "enter", "right", "right", "enter")
    await typed(feed, "T", *"wish", "enter", "right", "right", "right", "enter")
    assert feed.commands == [
        c.CorrectPriority(incident=INCIDENT, priority=Priority.P3, request=RequestType.HOTFIX, why="logo"),
        c.CorrectPriority(incident=INCIDENT, priority=Priority.P1, request=RequestType.CHANGE_REQUEST, why="wish"),
    ]


async def test_the_clock_is_paused_with_a_reason_and_let_run_by_the_same_key() -> None:
    feed = at_minute(20)
    await typed(feed, "H", "enter", "right", "enter")
    assert feed.commands == [c.PauseClock(incident=INCIDENT, why="en attente du client")]
    paused = at_minute(20, more=[e.ClockPaused(why="waiting for the client", by="lea")])
    await typed(paused, "H")
    assert paused.commands == [c.ResumeClock(incident=INCIDENT)]


async def test_a_report_that_joined_wrongly_is_taken_out_by_one_key_and_a_choice() -> None:
    joined = e.ReportJoined(report="R-2", sender="b@shop.fr", subject="logo", reason="checkout", rule="same.matter")
    feed = at_minute(20, more=[joined])
    await typed(feed, "D", "enter")
    assert feed.commands == []
    await typed(feed, "D", "right", "enter")
    assert feed.commands == [c.SplitReport(incident=INCIDENT, report="R-2")]
