"""Notices as a Prefect flow: an automation runs it, so that an alarm is a run in the UI and an artifact."""

from __future__ import annotations

from prefect import flow
from prefect.artifacts import create_markdown_artifact
from prefect.logging import get_run_logger
from prefect.runtime import flow_run

from flows.parameters import start_text

__all__ = ["notice"]


def run_name() -> str:
    """Says what it is about and when."""
    return f"{flow_run.parameters.get('about', '')} · {start_text()}"


@flow(name="notice", flow_run_name=run_name, persist_result=False)
def notice(about: str, text: str) -> None:
    """Note something that deserves attention: in the log, and as the newest version of `newslake-notices`.

    To be told by mail or chat, add an action of your own to the automations that run it.

    Args:
        about: What it is about, in a word or two, such as a source's name.
        text: What is the matter, in a sentence.
    """
    get_run_logger().warning("%s: %s", about, text)
    create_markdown_artifact(f"**{about}**\n\n{text}\n", key="newslake-notices", description=text)
