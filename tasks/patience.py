"""Telling Prefect something although its server may be away: no run fails for want of a bar or a table.

Prefect's client waits for a server that it has reached before, but each artifact has a client of its own, which
gives up at once (seen with 3.8.8).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import httpx
from prefect.logging import get_run_logger

__all__ = ["WAITS", "told"]

WAITS = (2.0, 4.0, 8.0, 16.0)
"""Seconds between attempts: a server was seen to need 10 to 20 s to restart."""


def told(tell: Callable[[], None], what: str, waits: Sequence[float] = WAITS) -> bool:
    """Call ``tell``, again after each of ``waits`` while the server is away; whether it went through.

    What could not be told is a warning in the run's log, where ``waits`` allow more than one attempt.
    """
    for wait in (*waits, None):
        try:
            tell()
            return True
        except (httpx.TransportError, httpx.HTTPStatusError) as error:
            if isinstance(error, httpx.HTTPStatusError) and error.response.status_code < 500:
                raise
            if wait is not None:
                time.sleep(wait)
                continue
            if waits:
                get_run_logger().warning("Prefect's server is away, so there is no %s: %s", what, error)
    return False
