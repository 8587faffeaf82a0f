"""The command line: a contract. Data on stdout, messages on stderr; exit 0 done, 1 not so, 2 bad usage."""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from console.config import UsageError
from store.errors import StoreError

EPILOG = "Without a command: the console, on the configured world. `astreinte demo` needs no configuration."


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Say in one line what is wrong, and what to type to learn more."""
        self.exit(2, f"astreinte: {message} (see {self.prog} --help)\n")


def _common() -> _Parser:
    common = _Parser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument("--store", type=Path, metavar="DIR", help="where the journals lie")
    common.add_argument("--config", type=Path, metavar="FILE", help="the configuration (TOML)")
    common.add_argument("--lang", choices=("fr", "en"), help="the console's language")
    return common


class _Verbs:
    """Adds verbs that share the common options."""

    def __init__(self, parser: _Parser, common: _Parser) -> None:
        self._verbs = parser.add_subparsers(metavar="COMMAND", parser_class=_Parser)
        self._common = common

    def add(self, name: str, text: str, *, module: str = "", json: bool = True) -> _Parser:
        """Add a verb that `console.verbs.<module>` does; the module is named like the verb unless said."""
        made: _Parser = self._verbs.add_parser(name, help=text, description=text, parents=[self._common])
        made.set_defaults(verb=module or name)
        if json:
            made.add_argument("--json", action="store_true", help="print JSON on stdout")
        return made


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    common = _common()
    parser = _Parser(prog="astreinte", description="The on-call engineer's console.", epilog=EPILOG, parents=[common])
    parser.add_argument("--version", action="store_true", help="print the version")
    parser.set_defaults(verb="console")
    verbs = _Verbs(parser, common)
    _add_work(verbs)
    _add_reading(verbs)
    _add_records(verbs)
    return parser


def _add_work(verbs: _Verbs) -> None:
    demo = verbs.add("demo", "the console on the loopback world: nothing to configure")
    demo.add_argument("scenario", nargs="?", default="paiements-bloques", metavar="SCENARIO")
    demo.add_argument("--headless", action="store_true", help="a scripted operator plays the whole incident")
    demo.add_argument("--speed", type=_factor, default=1.0, metavar="N", help="the drill clock's factor")
    demo.add_argument("--list", action="store_true", help="name the scenarios")
    approve = verbs.add("approve", "a second person's approval", json=False)
    approve.add_argument("incident", metavar="INC")
    approve.add_argument("digest", metavar="DIGEST")


def _add_reading(verbs: _Verbs) -> None:
    for name, text in (("intake", "put mails in the queue"), ("triage", "classify mails without storing them")):
        verbs.add(name, text).add_argument("files", nargs="+", metavar="FILE", help="a mail; - reads one from stdin")
    diagnose = verbs.add("diagnose", "name the cause from logs alone")
    diagnose.add_argument("--logs", nargs="+", required=True, metavar="FILE", dest="files")


def _add_records(verbs: _Verbs) -> None:
    listing = verbs.add("list", "the incidents", module="incidents")
    listing.add_argument("--all", action="store_true", help="the closed ones and the mails that opened none too")
    verbs.add("show", "one incident", module="incidents").add_argument("incident", metavar="INC")
    search = verbs.add("search", "past incidents by client, cause, words", module="incidents")
    search.add_argument("words", nargs="+", metavar="WORDS")
    replay = verbs.add("replay", "play an incident back, offline", json=False)
    replay.add_argument("incident", metavar="INC|FILE")
    replay.add_argument("--plain", action="store_true", help="print the timeline instead")
    replay.add_argument("--at", metavar="T", help="start at a time, an event's number, or a text")
    export = verbs.add("export", "an incident as a replay file, Markdown, HTML or JSON", json=False)
    export.add_argument("incident", metavar="INC")
    export.add_argument("--format", choices=("replay", "markdown", "html", "json"), default="markdown")
    export.add_argument("--output", type=Path, metavar="FILE", help="write there instead of stdout")
    verbs.add("import", "take in a replay file", module="archive").add_argument("file", type=Path, metavar="FILE")
    purge = verbs.add("purge", "erase a client's data; the chain still verifies", module="archive")
    purge.add_argument("--client", required=True, metavar="DOMAIN")
    purge.add_argument("--before", required=True, metavar="DATE", help="ISO 8601")
    audit = verbs.add("audit", "check the hash chain, or salvage a damaged journal")
    audit.add_argument("action", choices=("verify", "repair"))
    audit.add_argument("target", nargs="?", metavar="INC|FILE")


def _factor(text: str) -> float:
    value = float(text)
    if not 0 < value <= 10000:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 10000")
    return value


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    options = build_parser().parse_args(arguments)
    if options.version:
        from importlib.metadata import version

        print(f"astreinte {version('astreinte')}")
        return 0
    try:
        status: int = importlib.import_module(f"console.verbs.{options.verb.replace('-', '_')}").run(options)
    except UsageError as error:
        print(f"astreinte: {error}", file=sys.stderr)
        return 2
    except StoreError as error:
        print(f"astreinte: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return status


if __name__ == "__main__":
    sys.exit(main())
