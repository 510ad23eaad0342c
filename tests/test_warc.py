"""WARC files: pages out of them, what is refused, and lists of such files."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

import lake.sources.warc
from lake.ingest import IngestRequest, ingest
from lake.locations import LakeRoot, lake_root
from lake.model import Item, RejectRecord
from lake.report import Report
from lake.settings import Limits, Sizes
from lake.sources.warc import read_warc
from lake.storage import captures
from tests.live_lake import LiveLake
from tests.site import Reply, Site

PAGE = "<html><head><title>{0}</title></head><body><article><h1>{0}</h1>{1}</article></body></html>"
TEXT = "<p>示例公司今天宣布，明年将在示例市建设一座新的工厂，预计投资十亿元，并招聘两千名员工。</p>" * 3


def page(number: int) -> bytes:
    return PAGE.format(f"示例标题第{number}号", TEXT).encode()


def warc(
    *records: tuple[str, bytes], packed: bool = True, date: str = "2026-09-01T01:30:00Z", **headers: str
) -> bytes:
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=packed)
    writer.write_record(writer.create_warcinfo_record("x.warc", {"software": "test"}))
    for url, body in records:
        sent = {"Content-Type": "text/html; charset=utf-8", "Set-Cookie": "secret=1"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        http = StatusAndHeaders(sent.pop("Status", "200 OK"), list(sent.items()), protocol="HTTP/1.1")
        writer.write_record(
            writer.create_warc_record(
                url,
                "response",
                payload=io.BytesIO(body),
                http_headers=http,
                warc_headers_dict={"WARC-Date": date},
            )
        )
        writer.write_record(writer.create_warc_record(url, "metadata", payload=io.BytesIO(b"x: y")))
    return out.getvalue()


def read(folder: Path, body: bytes, limits: Limits | None = None) -> list[Item | RejectRecord]:
    path = folder / "x.warc.gz"
    path.write_bytes(body)
    return list(read_warc(str(path), limits or Limits()))


def run(root: LakeRoot, *sources: Path | str) -> Report:
    return ingest(IngestRequest(tuple(map(str, sources)), root, sizes=Sizes(workers=1)))


URL = "https://n.example.org/2026/{}.html"


@pytest.mark.parametrize("packed", [True, False])
def test_responses_come_out_as_if_they_had_been_fetched(packed: bool, tmp_path: Path) -> None:
    (item,) = read(tmp_path, warc((URL.format(1), page(1)), packed=packed))
    assert isinstance(item, Item)
    assert (item.origin.text, item.body, item.http_status) == (URL.format(1), page(1), 200)
    assert item.fetched_at is not None
    assert item.fetched_at.isoformat() == "2026-09-01T01:30:00+00:00"
    assert item.content_type == "text/html; charset=utf-8"
    assert "set-cookie" not in dict(item.http_headers)


def test_packed_bodies_are_unpacked(tmp_path: Path) -> None:
    (item,) = read(tmp_path, warc((URL.format(1), gzip.compress(page(1))), Content_Encoding="gzip"))
    assert isinstance(item, Item)
    assert item.body == page(1)


def test_errors_and_pictures_are_ignored(tmp_path: Path) -> None:
    assert read(tmp_path, warc((URL.format(1), b"gone"), Status="404 Not Found")) == []
    assert read(tmp_path, warc((URL.format(1), b"\x89PNG"), Content_Type="image/png")) == []


def test_damage_and_size_are_rejects_and_the_pages_before_stay(tmp_path: Path) -> None:
    body = warc((URL.format(1), page(1)), (URL.format(2), page(2)))
    first, *_, last = read(tmp_path, body[: len(body) - 400] + b"\xff" * 50)
    assert isinstance(first, Item)
    assert isinstance(last, RejectRecord)
    assert last.reason == "corrupt"
    (large,) = read(tmp_path, warc((URL.format(1), page(1))), Limits(item_bytes=50))
    assert isinstance(large, RejectRecord)
    assert (large.reason, large.origin.url) == ("too_large", URL.format(1))
    (nothing,) = read(tmp_path, b"no archive at all, but some text")
    assert isinstance(nothing, RejectRecord)
    assert nothing.reason == "corrupt"


@pytest.mark.parametrize("packed", [True, False])
def test_a_file_that_is_cut_off_gives_no_half_page(packed: bool, tmp_path: Path) -> None:
    body = warc((URL.format(1), page(1)), (URL.format(2), page(2)), packed=packed)
    for cut in (10, 30, 200):
        found = read(tmp_path, body[: len(body) - cut])
        pages = [each for each in found if isinstance(each, Item)]
        assert [each.body for each in pages] in (
            [page(1)],
            [page(1), page(2)],
        )  # with its end mark alone missing
        if len(pages) == 1:
            assert [
                each.reason in ("corrupt", "truncated") for each in found if isinstance(each, RejectRecord)
            ] == [True]


def test_a_folder_of_warc_files_is_ingested_once_and_older_files_change_nothing(tmp_path: Path) -> None:
    root, folder = lake_root(tmp_path / "lake"), tmp_path / "files"
    folder.mkdir()
    old = folder / "a.warc.gz"
    old.write_bytes(warc((URL.format(1), page(1)), (URL.format(2), page(2))))
    assert run(root, folder).new == 2
    changed = page(1).replace("十亿元".encode(), "二十亿元".encode())
    (folder / "b.warc").write_bytes(warc((URL.format(1), changed), packed=False, date="2026-09-02T01:30:00Z"))
    second = run(root, folder)
    assert (second.revised, second.unchanged) == (1, 2)
    third = run(root, old)
    assert (third.unchanged, third.changed) == (2, False)


def test_a_list_of_paths_names_files_beside_it(tmp_path: Path) -> None:
    root = lake_root(tmp_path / "lake")
    below = tmp_path / "crawl" / "2026"
    below.mkdir(parents=True)
    (below / "1.warc.gz").write_bytes(warc((URL.format(1), page(1))))
    listed = tmp_path / "warc.paths.gz"
    listed.write_bytes(gzip.compress(b"crawl/2026/1.warc.gz\n"))
    assert run(root, listed).new == 1


def test_remote_files_are_loaded_and_a_missing_one_is_a_reject(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Site() as site:
        served = {
            "/crawl/1.warc.gz": warc((URL.format(1), page(1))),
            "/crawl/warc.paths": b"crawl/1.warc.gz\ncrawl/2.warc.gz\n",
        }
        for path, body in served.items():
            kind = "application/octet-stream"
            site.faults.add(
                path, f"^{path}$", reply=lambda body=body, kind=kind: Reply(body, kind=kind, packable=False)
            )
        lake = LiveLake(tmp_path)
        report = lake.tick(f"{site.base}/crawl/warc.paths")
        assert (report.new, report.rejects) == (1, {"capture/http_404": 1})
        assert lake.sql("SELECT origin FROM captures") == [(URL.format(1),)]


def crawl(folder: Path) -> Path:
    """A list of three files on disk: two pages and one that is too large, one page, one page."""
    folder.mkdir()
    (folder / "1.warc.gz").write_bytes(
        warc((URL.format(1), page(1)), (URL.format(2), page(2)), (URL.format(7), page(7) * 9))
    )
    for number in (3, 4):
        (folder / f"{number}.warc.gz").write_bytes(warc((URL.format(number), page(number))))
    listed = folder / "warc.paths"
    listed.write_text("1.warc.gz\n3.warc.gz\n4.warc.gz\n")
    return listed


LIMITS = Limits(item_bytes=3000)


def test_a_record_without_an_address_ends_its_file_and_not_the_run(tmp_path: Path) -> None:
    first, last = read(tmp_path, warc((URL.format(1), page(1))) + warc(("", page(2))))
    assert isinstance(first, Item)
    assert isinstance(last, RejectRecord)
    assert (last.reason, last.origin.path is not None) == ("corrupt", True)


def counts(report: Report) -> tuple[int, int, dict[str, int]]:
    return report.captured, report.new, dict(report.rejects)


def test_a_list_that_was_interrupted_goes_on_after_the_files_that_are_committed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = crawl(tmp_path / "crawl")
    whole = counts(ingest(IngestRequest((str(listed),), lake_root(tmp_path / "at_once"), limits=LIMITS)))
    assert whole == (5, 4, {"capture/too_large": 1})
    root = lake_root(tmp_path / "lake")
    monkeypatch.setattr(captures, "_COMMIT_EVERY", 1)
    request = IngestRequest((str(listed),), root, limits=LIMITS, sizes=Sizes(workers=1, batch_items=1))

    class Killed(BaseException):
        pass

    def dying(path: str, limits: Limits) -> Iterator[Item | RejectRecord]:
        if path.endswith("4.warc.gz"):
            raise Killed
        yield from opened(path, limits)

    opened = read_warc
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(lake.sources.warc, "read_warc", dying)
        ingest(request)
    (note,) = (root.path / "cache" / "paths").iterdir()
    assert json.loads(note.read_text())["done"] == ["1.warc.gz"]  # of 3 it is not known to be the end

    (tmp_path / "crawl" / "1.warc.gz").unlink()  # whoever looked for it again would fail
    assert counts(ingest(request)) == whole
    assert not note.exists()
