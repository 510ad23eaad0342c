"""Structuring on more machines: batches as tasks of a Dask or Ray cluster that shares the lake's folder.

A batch travels as the path of its file, and so does its result. A machine that is lost costs what it was
doing: the cluster gives that to another one, and what the cluster gives up runs here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from prefect import flow
from prefect.futures import PrefectFuture
from prefect.logging import get_run_logger
from prefect.task_runners import TaskRunner

from lake.errors import Usage
from lake.restructure import Structuring
from lake.structure import BatchResult, structure_batch, structure_batches
from tasks.processes import light_children
from tasks.steps import step

__all__ = ["groups", "structuring", "task_runner"]

_TASKS = 150  # a run with more task runs than 100-200 starves a server on SQLite (measured)
Runner = TaskRunner[PrefectFuture[Any]]
Work = Callable[..., BatchResult]


def structuring(cluster: str) -> Structuring:
    """What takes the place of ``structure_batches`` on the cluster at this address. Raises Usage."""
    runner = task_runner(cluster)

    def on_cluster(
        specs: Sequence[Path],
        *,
        workers: int,
        progress: Callable[[int], None] | None = None,
        work: Work = structure_batch,
    ) -> list[BatchResult]:
        structure = _structure.with_options(task_runner=runner)
        return structure([str(spec) for spec in specs], workers, progress, work) if specs else []

    return on_cluster


def task_runner(cluster: str) -> Runner:
    """The task runner for an address: Dask's scheduler (tcp://, tls://) or a Ray cluster (ray://).

    Raises:
        Usage: the scheme is none of these, or the integration is not installed.
    """
    scheme = cluster.partition("://")[0]
    try:
        if scheme in ("tcp", "tls"):
            from prefect_dask import DaskTaskRunner  # an extra: most installations have one machine

            dask: Runner = DaskTaskRunner(address=cluster)
            return dask
        if scheme == "ray":
            from prefect_ray import RayTaskRunner  # an extra

            ray: Runner = RayTaskRunner(address=cluster)
            return ray
    except ImportError as error:
        extra = "ray" if scheme == "ray" else "dask"
        raise Usage(f"{error}: install newslake with its extra `{extra}` on every machine") from error
    raise Usage(f"{cluster} is no cluster: give tcp://HOST:PORT (Dask) or ray://HOST:PORT (Ray)")


def groups(specs: Sequence[str], most: int = _TASKS) -> list[list[str]]:
    """The batches in at most so many groups of neighbours, one group a task."""
    size = max(1, -(-len(specs) // most))
    return [list(specs[start : start + size]) for start in range(0, len(specs), size)]


@step
def structure_group(specs: list[str], work: Work) -> list[BatchResult]:
    """Structure batches one after the other in the process at hand."""
    return [work(Path(spec)) for spec in specs]


@flow(name="structure", persist_result=False, validate_parameters=False)
def _structure(
    specs: list[str], workers: int, progress: Callable[[int], None] | None, work: Work
) -> list[BatchResult]:
    """Structure batches as tasks of this flow's task runner."""
    waiting = [(group, structure_group.submit(group, work)) for group in groups(specs)]
    results: list[BatchResult] = []
    for group, future in waiting:
        done = _result(group, future, workers, work)
        if progress is not None:
            progress(sum(each.extracted + each.rejected for each in done))
        results += done
    return results


def _result(
    group: list[str], future: PrefectFuture[list[BatchResult]], workers: int, work: Work
) -> list[BatchResult]:
    try:
        return future.result()
    except Exception as error:  # noqa: BLE001 -- whatever a cluster says, the batch can run here
        get_run_logger().warning("the cluster gave up %d batches, which run here: %s", len(group), error)
    with light_children():
        return structure_batches([Path(spec) for spec in group], workers=workers, isolate=True, work=work)
