"""The report's page in a real browser: wide and on a phone, in light and dark, with nothing asked for."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from lake.daily import gather, render, write
from tests.daily_lake import busy, lake, month
from tests.test_daily import hostile

sync_api = pytest.importorskip("playwright.sync_api")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")

LONG = "W" * 300


@pytest.fixture(scope="module")
def browser() -> Iterator[sync_api.Browser]:
    with sync_api.sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A day with much to show, one of words without a space, and one of hostile text."""
    folder = tmp_path_factory.mktemp("pages")
    day = [busy(number) for number in range(6)]
    endless = [busy(n, title=LONG, digest=LONG, media=LONG, source=LONG, category=LONG) for n in range(5)]
    roots = {
        "plain": lake(folder / "plain", [*month(day), busy(0, revision=2, title="青禾钢铁更正")]),
        "endless": lake(folder / "endless", month(endless)),
        "hostile": hostile(folder / "hostile"),
    }
    for name, root in roots.items():
        write(render(gather(root)), folder / f"{name}.html")
    return {name: folder / f"{name}.html" for name in roots}


@pytest.mark.parametrize("name", ["plain", "endless", "hostile"])
@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_no_width_scrolls_sideways_and_nothing_is_asked_for(
    browser: sync_api.Browser, pages: dict[str, Path], name: str, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    asked: list[str] = []
    told: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: told.append(message.text))
    page.on("dialog", lambda dialog: told.append(dialog.message))
    page.goto(pages[name].as_uri())
    for summary in page.query_selector_all("summary"):
        summary.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert asked == [pages[name].as_uri()]
    assert told == []
    page.close()


@pytest.mark.parametrize(("width", "shown", "hidden"), [(390, "narrow", "wide"), (1280, "wide", "narrow")])
def test_a_chart_is_shown_once_and_its_marks_have_a_size(
    browser: sync_api.Browser, pages: dict[str, Path], width: int, shown: str, hidden: str
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(pages["plain"].as_uri())
    charts = page.locator(f"figure .{shown} svg")
    assert charts.count() >= 5
    assert page.locator(f"figure .{hidden} svg:visible").count() == 0
    for number in range(charts.count()):
        marks = charts.nth(number).locator("path:has(title)")
        boxes = [marks.nth(each).bounding_box() for each in range(marks.count())]
        assert any(box and box["width"] >= 2 and box["height"] >= 5 for box in boxes)
    page.close()


def test_unusual_attention_fits_a_phone(browser: sync_api.Browser, pages: dict[str, Path]) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 900})
    page.goto(pages["plain"].as_uri())
    wide, room = page.evaluate(
        "(each => [each.scrollWidth, each.clientWidth])(document.querySelector('#unusual .scroll'))"
    )
    page.close()
    assert wide <= room


def test_dark_is_dark_in_page_and_charts(browser: sync_api.Browser, pages: dict[str, Path]) -> None:
    def colours(scheme: str) -> list[str]:
        page = browser.new_page(color_scheme=scheme)
        page.goto(pages["plain"].as_uri())
        found = page.evaluate(
            """[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color,
                getComputedStyle(document.querySelector('#about .wide path:has(title)')).fill]"""
        )
        page.close()
        return list(found)

    light, dark = colours("light"), colours("dark")
    assert light == ["rgb(251, 250, 247)", "rgb(28, 29, 31)", "rgb(11, 93, 138)"]
    assert dark == ["rgb(20, 23, 26)", "rgb(233, 231, 225)", "rgb(103, 180, 224)"]
