"""An operator's way through the UI, in a real browser: a custom run from its form, and what it leaves.

Needs Debian's Chromium (`apt-get install chromium`); skipped where there is none.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.stack import PATIENCE, Running, wait_until

sync_api = pytest.importorskip("playwright.sync_api")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SLOW = 1000 * PATIENCE  # ms

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


@pytest.fixture
def page(tmp_path: Path) -> Iterator[sync_api.Page]:
    """A page of a browser with an empty profile."""
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch_persistent_context(
            tmp_path / "profile", executable_path=CHROMIUM, headless=True, args=list(FLAGS)
        )
        browser.set_default_timeout(SLOW)
        yield browser.new_page()
        browser.close()


def run_that_reads(stack: Running) -> str:
    """The id of the run that the form has made; the note that links to it vanishes too soon to be clicked."""

    def found() -> list[str]:
        runs = stack.runs(flows={"name": {"any_": ["ingest"]}})
        return [str(run["id"]) for run in runs if run["parameters"].get("source") == "browser"]

    wait_until(lambda: bool(found()), PATIENCE, lambda: [run["parameters"] for run in stack.runs()])
    return found()[0]


def test_a_run_from_the_form_leaves_its_report_its_picture_and_its_rows(
    stack: Running, posts: Path, page: sync_api.Page
) -> None:
    expect = sync_api.expect
    expect.set_options(timeout=SLOW)
    page.goto(f"{stack.told['ui']}/deployments")
    page.get_by_role("link", name="ingest-files", exact=True).click()
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_text("Custom run").click()
    expect(page.get_by_text("What to read: files, folders, globs")).to_be_visible()
    page.locator("textarea").first.fill(str(posts))
    page.get_by_role("button", name="str", exact=True).nth(1).click()  # of lake and source the second
    page.locator("textarea").nth(1).fill("browser")
    page.get_by_role("button", name="Submit").click()
    expect(page).to_have_url(re.compile("tab=Runs"))  # the form has been sent

    page.goto(f"{stack.told['ui']}/runs/flow-run/{run_that_reads(stack)}")
    expect(page.get_by_text("Completed", exact=True).first).to_be_visible()
    expect(page.get_by_text(re.compile(rf"{posts.name} · 20\d\d-")).first).to_be_visible()

    page.goto(f"{stack.told['ui']}/artifacts")
    for key in ("progress", "ingest-figures", "articles-per-hour"):
        expect(page.get_by_text(key, exact=True).first).to_be_visible()
    page.get_by_text("ingest-report", exact=True).click()
    page.locator("a[href*='/artifacts/artifact/']").first.click()
    expect(page.get_by_text("31 captured").first).to_be_visible()
    expect(page.get_by_text("Slowest captures")).to_be_visible()

    with duckdb.connect(str(stack.lake / "lake.duckdb"), read_only=True) as connection:
        found = connection.execute("SELECT count(*) FROM articles WHERE source = 'browser'").fetchone()
    assert found is not None
    assert found[0] > 20
