"""`astreinte`: the console, on the configured world."""

import sys
from argparse import Namespace
from pathlib import Path

from console import paths
from console.config import UsageError, load_config


def run(options: Namespace) -> int:
    """Run the console until its user quits."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("the console needs a terminal; `astreinte list` and `astreinte run INC --plain` do without")
    from console.front import run_console

    return run_console(load_config(config_file(options)), store_directory(options), getattr(options, "lang", None))


def config_file(options: Namespace) -> Path | None:
    """Return the configuration's path: the command line's, or the default where there is one."""
    named: Path | None = getattr(options, "config", None)
    if named is not None:
        return named
    default = paths.default_config()
    return default if default.exists() else None


def store_directory(options: Namespace) -> Path:
    """Return the store's directory: command line, environment, default."""
    named: Path | None = getattr(options, "store", None)
    return named or paths.default_store()
