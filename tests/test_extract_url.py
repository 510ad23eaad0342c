"""``newslake extract``: addresses are fetched as a run does it, long values are cut in the table alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.cli import main
from tests.live_lake import LiveLake
from tests.site import Site

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


def test_an_address_is_fetched_and_read(site: Site, tmp_path: Path, capsys: Capture) -> None:
    lake = LiveLake(tmp_path)
    (code,) = site.news.publish(1)
    piece = site.news.get(code)
    assert piece is not None
    url = f"{site.base}/a/{code}.html"
    assert main(["extract", url, "--json", "--lake", str(lake.root.path)]) == 0
    fields = {each["field"]: each for each in json.loads(capsys.readouterr().out)["fields"]}
    assert (fields["title"]["value"], fields["title"]["rule"] != "") == (piece.title, True)
    assert site.asked("/a/") == 1
    assert site.asked("/robots.txt") == 1
    assert main(["extract", url, "--compare", "--lake", str(lake.root.path)]) == 0
    assert piece.title in capsys.readouterr().out


def test_a_private_address_is_refused_unless_the_configuration_names_it(
    site: Site, tmp_path: Path, capsys: Capture
) -> None:
    (code,) = site.news.publish(1)
    assert main(["extract", f"{site.base}/a/{code}.html", "--lake", str(tmp_path / "none")]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "private_address" in err
    assert site.asked("/a/") == 0


def test_an_address_without_a_page_is_told(site: Site, tmp_path: Path, capsys: Capture) -> None:
    lake = LiveLake(tmp_path)
    assert main(["extract", f"{site.base}/nothing.html", "--lake", str(lake.root.path)]) == 1
    assert "http_404" in capsys.readouterr().err


def test_long_values_are_cut_from_where_two_readings_part(tmp_path: Path, capsys: Capture) -> None:
    same = "".join(f"<p>青禾证券第{n}段的正文，说的是当天的市场与成交情况。</p>" for n in range(40))
    page = tmp_path / "page.html"
    page.write_text(
        f"<html><head><title>青禾证券的日报</title></head><body><h1 class='main-title'>青禾证券的日报</h1><div id='artibody'>{same}"
        "<p class='article-editor'>这一段由配置去掉，通用的读法会留下它，于是两边不同。</p></div></body></html>",
        "utf-8",
    )
    arguments = [
        "extract",
        str(page),
        "--compare",
        "--url",
        "https://finance.sina.com.cn/a/2024-01-02/doc-iabc.shtml",
    ]
    assert main(arguments) == 0
    line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("body_text"))
    assert "第0段" not in line
    assert "第39段" in line
    assert len(line) < 300
    assert main([*arguments, "--json"]) == 0
    fields = {each["field"]: each for each in json.loads(capsys.readouterr().out)["fields"]}
    assert fields["body_text"]["profile"].startswith("青禾证券第0段")
