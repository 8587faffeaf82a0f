"""Where things lie, by the XDG rules. Functions, so that importing has no effect."""

import os
from pathlib import Path

from platformdirs import PlatformDirs

_DIRS = PlatformDirs("astreinte", appauthor=False)


def default_store() -> Path:
    """Return the directory of the journals."""
    return Path(os.environ.get("ASTREINTE_STORE", "") or Path(_DIRS.user_data_dir) / "store")


def default_config() -> Path:
    """Return the configuration file."""
    return Path(os.environ.get("ASTREINTE_CONFIG", "") or Path(_DIRS.user_config_dir) / "config.toml")


def keymap_file() -> Path:
    """Return the file that rebinds keys."""
    return Path(_DIRS.user_config_dir) / "keymap.toml"


def fingerprint_key_file(store: Path) -> Path:
    """Return the file of the key under which secrets are fingerprinted: mode 0600, outside the store."""
    name = store.resolve().as_posix().strip("/").replace("/", "%")
    return Path(_DIRS.user_state_dir) / "keys" / f"{name[-120:]}.key"


def log_file() -> Path:
    """Return the file that takes the traceback of a bug."""
    return Path(_DIRS.user_log_dir) / "astreinte.log"


def postmortem_directory(store: Path) -> Path:
    """Return where post-mortems are published, where the configuration names no place."""
    return store / "postmortems"
