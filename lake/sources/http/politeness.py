"""How often a host is asked: one gate a host, with places, a delay between starts, and times of rest."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic

from lake.sources.http.failures import FetchFailed
from lake.sources.http.settings import FetchSettings, Pace

__all__ = ["Gates"]

log = logging.getLogger(__name__)

_FAILURES = 5
"""Requests of one host in a row that may fail in every attempt before it is left alone for a while, instead
of waiting out each one's timeouts against a server that is down."""


class _Gate:
    """One host's state; times are on the monotonic clock."""

    def __init__(self, pace: Pace) -> None:
        self.delay = pace.delay
        self.places = asyncio.Semaphore(max(1, pace.concurrency))
        self.turn = asyncio.Lock()
        self.next_start = 0.0
        self.rests_until = 0.0
        self.why = ""
        self.failures = 0


class Gates:
    """The gates of all hosts, and the places for all of them together."""

    def __init__(self, settings: FetchSettings) -> None:
        self._settings = settings
        self._gates: dict[str, _Gate] = {}
        self._places = asyncio.Semaphore(settings.concurrency)

    @asynccontextmanager
    async def passing(self, host: str, delay: float = 0.0) -> AsyncIterator[None]:
        """Wait for the host's turn, and hold a place while the request runs.

        Args:
            host: as in the URL, with its port if it names one.
            delay: seconds that robots.txt wants between two requests.

        Raises:
            FetchFailed: ``host_waits``: the turn is further away than the settings' patience.
        """
        gate = self._gate(host)
        async with gate.places:
            async with gate.turn:
                await self._wait(gate, host)
                gate.next_start = monotonic() + max(gate.delay, delay)
            async with self._places:
                yield

    async def _wait(self, gate: _Gate, host: str) -> None:
        while (wait := max(gate.next_start, gate.rests_until) - monotonic()) > 0:
            if wait > self._settings.patience:
                why = gate.why or "robots.txt or the configuration wants such a delay"
                raise FetchFailed("host_waits", f"{host} is not asked for another {wait:.0f} s: {why}", wait)
            await asyncio.sleep(wait)

    def failed(self, host: str, failure: FetchFailed) -> None:
        """Note a failed attempt: the host rests as long as it asks, or when it fails again and again."""
        gate = self._gate(host)
        gate.failures += 1
        if failure.wait:
            self._rest(gate, host, failure.wait, failure.detail)
        elif gate.failures >= _FAILURES * self._settings.attempts:
            words = f"{gate.failures} attempts in a row failed, the last: {failure.detail}"
            self._rest(gate, host, 2 * self._settings.patience, words)

    def answered(self, host: str) -> None:
        """Note that the host gave a proper answer."""
        self._gate(host).failures = 0

    def _rest(self, gate: _Gate, host: str, seconds: float, why: str) -> None:
        now = monotonic()
        if gate.rests_until <= now:
            log.warning("%s is left alone for %.0f s: %s", host, seconds, why)
        gate.rests_until = max(gate.rests_until, now + seconds)
        gate.why = why

    def _gate(self, host: str) -> _Gate:
        if host not in self._gates:
            self._gates[host] = _Gate(self._settings.paces.get(host, self._settings.pace))
        return self._gates[host]
