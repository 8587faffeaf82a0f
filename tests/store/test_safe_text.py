"""No secret goes further than where it was captured, and no foreign text drives the terminal."""

import secrets
import stat
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from store.safe_text import load_key, plain, redact

RANDOM = secrets.token_hex(16)
STRIPE = "sk_" + "live_" + RANDOM
CARD = "4242 4242 4242 4242"
JWT = ".".join(("eyJ" + RANDOM, "eyJ" + RANDOM, RANDOM))
PEM_EDGE = "-----{} RSA PRIVATE " + "KEY-----"
PEM = "\n".join(
    (PEM_EDGE.format("BEGIN"), "Proc-Type: 4,ENCRYPTED", "DEK-Info: AES,0", "", RANDOM, PEM_EDGE.format("END"))
)

SECRETS = {
    "a Stripe key": (f"Invalid key {STRIPE}!", STRIPE),
    "a restricted Stripe key": ("rk_" + "test_" + RANDOM, RANDOM),
    "an organisation's Stripe key": ("sk_" + "org_live_" + RANDOM, RANDOM),
    "a webhook secret": ("whsec_" + RANDOM, RANDOM),
    "a Stripe key behind a name": (f"STRIPE_KEY_{STRIPE}", RANDOM),
    "a payment's client secret": (f"pi_3Abc_secret_{RANDOM}", RANDOM),
    "an AWS key": ("AKIA" + "ABCDEFGH23456789", "ABCDEFGH23456789"),
    "an AWS secret": (f"aws_secret_access_key = {RANDOM}", RANDOM),
    "a JWT": (f"token {JWT}.", RANDOM),
    "a bearer token": (f"Authorization: Bearer {RANDOM}", RANDOM),
    "basic authentication": (f"authorization: basic {RANDOM}==", RANDOM),
    "another authorization header": (f"Authorization: Token {RANDOM}", RANDOM),
    "an API key header": (f"X-Api-Key: {RANDOM}", RANDOM),
    "a password in a DSN": (f"postgres://shop:{RANDOM}@db:5432/shop", RANDOM),
    "a password without a user": (f"redis://:{RANDOM}@cache", RANDOM),
    "a password": (f"password={RANDOM}", RANDOM),
    "a short password": ("DB_PASSWORD=abc1", "abc1"),
    "a quoted password": ('password: "correct horse battery"', "horse"),
    "a password in JSON": ('{"db_password": "hunter two", "n": 1}', "hunter"),
    "a password in escaped JSON": (r"{\"password\": \"" + RANDOM + r"\"}", RANDOM),
    "a secret key": (f"SECRET_KEY={RANDOM}", RANDOM),
    "a private key": (PEM, RANDOM),
    "a private key without its end": (PEM[:-20], RANDOM),
    "a card number": (f"card {CARD}, refused", "4242 4242 4242"),
    "a card number at a sentence's end": ("card 4242424242424242.", "4242424242424242"),
    "a card number after another number": (f"order 1234 {CARD}", "4242 4242 4242"),
}


@pytest.mark.parametrize(("text", "secret"), SECRETS.values(), ids=SECRETS)
def test_every_kind_of_secret_becomes_a_marked_short_form(text: str, secret: str) -> None:
    shown = redact(text)
    assert secret not in shown
    assert "…‹" in shown
    assert redact(shown) == shown


@pytest.mark.parametrize(
    "text",
    [
        "Expired API Key provided: sk_live_****abcd",
        "Paiements bloqués depuis 10h, commande 1736418603123",
        "2025-01-09T10:00:03.123456789Z POST /pay 500 1736418603123456789",
        "token expired; secret stripe-api was not found",
        "password: ${DB_PASSWORD}",
        "https://shop.example/checkout?step=2 a@b.example",
        "mark_live_updates_now",
    ],
)
def test_what_is_no_secret_is_left_as_it_is(text: str) -> None:
    assert redact(text) == text


def test_equal_secrets_have_equal_marks_and_others_have_others() -> None:
    other = STRIPE[:-1] + ("0" if STRIPE[-1] != "0" else "1")
    assert redact(STRIPE) == redact(f"x {STRIPE}").removeprefix("x ")
    assert redact(STRIPE).startswith("sk_" + "live_…‹")
    assert len({redact(STRIPE + suffix) for suffix in "abcdefgh"} | {redact(other)}) > 1


PIECES = st.sampled_from(
    [*(text for text, _ in SECRETS.values()), "=", ":", '"', "‹", "›", "…", " ", "\n", "@", "****"]
)


@given(st.lists(st.one_of(PIECES, st.text(max_size=12)), max_size=8).map("".join))
@example("password=password=password=abcdefgh")
@example('token="…‹a1b2›"x@://a:b@')
@example(CARD + "rk_" + "test_" + RANDOM)
def test_redacting_twice_is_redacting_once(text: str) -> None:
    once = redact(text)
    assert redact(once) == once


@given(st.text())
@example("a\x1b]52;c;eA==\x07\u202egpj.exe\u200b\ue000\U000e0041é" + "\u0301" * 50 + "\u3164\u034f")
def test_plain_text_holds_nothing_that_a_terminal_acts_on_or_hides(text: str) -> None:
    shown = plain(text)
    kinds = {unicodedata.category(char) for char in shown}
    assert kinds.isdisjoint({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
    assert not {"\u115f", "\u1160", "\u3164", "\uffa0", "\u034f"} & set(shown)
    assert plain(shown) == shown


@given(st.text())
def test_plain_lines_keep_line_breaks_and_nothing_else(text: str) -> None:
    shown = plain(text, lines=True)
    assert {char for char in shown if unicodedata.category(char) == "Cc"} <= {"\n"}
    assert plain(shown, lines=True) == shown


def test_what_is_hidden_is_shown() -> None:
    assert plain("a\x1b[31mb") == "a␛[31mb"
    assert plain("gpj\u202eexe") == "gpj‹U+202E›exe"
    assert plain("500\rOK") == "500␍OK"
    assert plain("one\r\ntwo\tthree", lines=True) == "one\ntwo three"
    assert plain("one\ntwo") == "one two"
    assert plain("état d’âme ✔ 支払い") == "état d’âme ✔ 支払い"


def test_a_flood_of_combining_marks_is_cut() -> None:
    assert len(plain("e" + "\u0301" * 10_000)) <= 4


HOSTILE = {
    "addresses": "://a:" + "b" * 40 + " ",
    "beginnings of keys": PEM_EDGE.format("BEGIN"),
    "digits": "4 ",
    "names": "password = ",
    "quotes": 'token="',
    "colons": "://:",
    "prefixes": "sk_" + "live_",
    "marks": "e" + "\u0301" * 9,
    "hidden": "\u202e\x1b",
}


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE)
def test_time_grows_with_the_size_and_no_faster(unit: str) -> None:
    def seconds(size: int) -> float:
        text = (unit * (size // len(unit) + 1))[:size]
        best = float("inf")
        for _ in range(3):
            began = time.process_time()
            plain(redact(text))
            best = min(best, time.process_time() - began)
        return best

    assert seconds(160_000) < 4 * 4 * seconds(40_000) + 0.05


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "store.key"
    key = load_key(path)
    assert load_key(path) == key
    assert len(key) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
