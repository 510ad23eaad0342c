"""From asynchronous work to a plain iterator: fetching runs in a thread of its own, a bounded step ahead."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import Generic, TypeVar

__all__ = ["Emit", "stream"]

T = TypeVar("T")
Emit = Callable[[T], Awaitable[None]]
"""Hands one value over; waits while the reader is too far behind."""
_AHEAD = 64  # values that wait to be read; a page has some 100 kB


class _End:
    """The work is done, or has raised ``error``."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


class _Worker(Generic[T]):
    def __init__(self, work: Callable[[Emit[T]], Awaitable[None]]) -> None:
        self._work = work
        self.found: queue.SimpleQueue[T | _End] = queue.SimpleQueue()
        self.thread = threading.Thread(target=self._run, name="fetching", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._places: asyncio.Semaphore | None = None

    def _run(self) -> None:
        error: BaseException | None = None
        try:
            asyncio.run(self._main())
        except BaseException as raised:  # noqa: BLE001 - handed to the reader, which raises it
            error = raised
        self.found.put(_End(error))

    async def _main(self) -> None:
        self._places = asyncio.Semaphore(_AHEAD)
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        await self._work(self._emit)

    async def _emit(self, value: T) -> None:
        assert self._places is not None
        await self._places.acquire()
        self.found.put(value)

    def taken(self) -> None:
        """One value was read."""
        if self._places is not None:
            self._call(self._places.release)

    def stop(self) -> None:
        """End the work, wherever it is."""
        if self._task is not None:
            self._call(self._task.cancel)
        self.thread.join()

    def _call(self, function: Callable[[], object]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended
            if self._loop is not None:
                self._loop.call_soon_threadsafe(function)


def stream(work: Callable[[Emit[T]], Awaitable[None]]) -> Iterator[T]:
    """Run ``work`` in a thread and give what it emits; what it raises is raised here, after all values.

    An iterator that is closed early cancels the work.
    """
    worker = _Worker(work)
    worker.thread.start()
    try:
        while not isinstance(each := worker.found.get(), _End):
            worker.taken()
            yield each
        if each.error is not None:
            raise each.error
    finally:
        worker.stop()
