"""Loads what the first diagnosis needs before there is an incident: most of two seconds that nobody then waits for."""

import logging
import threading

_log = logging.getLogger(__name__)


def warm_up() -> None:
    """Begin to load the clients' libraries and the signatures, in a thread that no exit waits for."""
    threading.Thread(target=_load, name="warming", daemon=True).start()


def _load() -> None:
    try:
        import httpx  # noqa: F401
        import kubernetes.aio.client
        import kubernetes.aio.config  # noqa: F401
        import stripe  # noqa: F401

        from skills.devops.monitoring.logs.scanning import scan
    except ImportError:
        _log.warning("a library could not be loaded; its first use will say so", exc_info=True)
    else:
        scan("", b"")
