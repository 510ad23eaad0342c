"""How every task of newslake runs: no cache, no stored results, repeated for ``lake.errors.Retry`` alone.

Idempotence lies in the lake, so Prefect's cache would only keep copies. What other errors mean (Reject,
Stop, a fault of ours) repeating does not change.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from prefect import Task, task
from prefect.cache_policies import NO_CACHE
from prefect.tasks import exponential_backoff

from lake.errors import Retry

__all__ = ["may_retry", "step"]

P = ParamSpec("P")
R = TypeVar("R")

_RETRIES = 3  # 2, 4 and 8 seconds later, give or take half
_FIRST_DELAY = 2


def step(function: Callable[P, R]) -> Task[P, R]:
    """Decorator: ``function`` as a task of its own name."""
    return task(
        name=getattr(function, "__name__", None),
        cache_policy=NO_CACHE,
        persist_result=False,
        retries=_RETRIES,
        retry_delay_seconds=exponential_backoff(_FIRST_DELAY),
        retry_jitter_factor=0.5,
        retry_condition_fn=may_retry,
    )(function)


def may_retry(_task: Any, _task_run: Any, state: Any) -> bool:
    """Whether a failed task run is worth repeating: its error says that the same call may succeed later."""
    return isinstance(state.result(raise_on_failure=False), Retry)
