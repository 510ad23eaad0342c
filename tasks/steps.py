"""How every task of newslake runs: no cache, no stored results, repeated for ``lake.errors.Retry`` alone.

Idempotence lies in the lake, so Prefect's cache would only keep copies. What other errors mean (Reject,
Stop, a fault of ours) repeating does not change.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.tasks import exponential_backoff

from lake.errors import Retry

__all__ = ["may_retry", "step"]


def may_retry(_task: Any, _task_run: Any, state: Any) -> bool:
    """Whether a failed task run is worth repeating: its error says that the same call may succeed later."""
    return isinstance(state.result(raise_on_failure=False), Retry)


step = partial(
    task,
    cache_policy=NO_CACHE,
    persist_result=False,
    retries=3,
    retry_delay_seconds=exponential_backoff(backoff_factor=2),
    retry_jitter_factor=0.5,
    retry_condition_fn=may_retry,
)
"""Decorator for a task: ``@step(name=…)``."""
