"""The raw zone gives back what it took, stores bytes once and loses nothing to a faster writer."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lake.errors import Stop, Usage
from lake.locations import LakeRoot
from lake.model import Item, Origin, RejectRecord
from lake.settings import Sizes
from lake.storage.captures import Stored, read, read_batch, read_many, store
from lake.storage.tables import open_table
from tests.stored import post, run, spec_rows


def put(root: LakeRoot, items: list[Item | RejectRecord], run_id: str = "r1", **sizes: int) -> Stored:
    return store(root, items, run_id=run_id, source="test", sizes=Sizes(**sizes))


def item(body: bytes, path: str = "/in/a.html") -> Item:
    return Item(Origin(path=path), body)


def bodies_stored(root: LakeRoot) -> list[bytes]:
    from lake.storage.raw import bodies  # what lies in the files, past the index

    table = open_table(root, "captures")
    return [body for file in table.files() for _, body in bodies(table.folder / file.path)]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(contents=st.lists(st.binary(max_size=300), min_size=1, max_size=8), per_batch=st.integers(1, 4))
def test_bytes_come_back_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, contents: list[bytes], per_batch: int
) -> None:
    root = LakeRoot(tmp_path_factory.mktemp("lake"))
    stored = put(root, [item(body, f"/in/{n}") for n, body in enumerate(contents)], batch_items=per_batch)
    assert stored.captured == stored.added == stored.pending == len(contents)
    back = {
        row["path"]: (row["capture_id"], body)
        for spec in stored.specs
        for row, body in read_batch(Path(spec))
    }
    assert {path: body for path, (_, body) in back.items()} == {
        f"/in/{n}": body for n, body in enumerate(contents)
    }
    for capture_id, body in back.values():
        assert read(root, capture_id) == body
    assert sorted(bodies_stored(root)) == sorted(set(contents))


def test_same_bytes_are_stored_once_and_every_origin_is_kept(tmp_path: Path) -> None:
    root = LakeRoot(tmp_path)
    first = put(root, [item(b"<p>one</p>", "/in/a"), item(b"<p>one</p>", "/in/b")])
    second = put(root, [item(b"<p>one</p>", "/other/c"), item(b"<p>two</p>", "/other/d")], "r2")
    assert (first.added, second.added) == (2, 2)
    assert sorted(bodies_stored(root)) == [b"<p>one</p>", b"<p>two</p>"]
    ids = (
        spec_rows(first).column("capture_id").to_pylist() + spec_rows(second).column("capture_id").to_pylist()
    )
    found = {row["path"]: body for row, body in read_many(root, ids)}
    assert found == {
        "/in/a": b"<p>one</p>",
        "/in/b": b"<p>one</p>",
        "/other/c": b"<p>one</p>",
        "/other/d": b"<p>two</p>",
    }


def test_an_item_that_comes_twice_counts_once(tmp_path: Path) -> None:
    refused = RejectRecord(
        Origin(path="/in/x.zip", member="y"), "discover", "encrypted_member", "has a password"
    )
    stored = put(LakeRoot(tmp_path), [item(b"a"), refused, item(b"a"), refused], batch_items=2)
    assert (stored.captured, stored.added, stored.pending, stored.unreadable) == (2, 1, 1, 1)


def test_what_has_no_outcome_yet_waits_again(tmp_path: Path) -> None:
    root = LakeRoot(tmp_path)
    first = put(root, [item(b"a"), item(b"b", "/in/b")])  # this run dies before it commits
    again = put(root, [item(b"a"), item(b"b", "/in/b")], "r2")
    assert (again.captured, again.added, again.pending) == (2, 0, 2)
    assert sorted(body for spec in again.specs for _, body in read_batch(Path(spec))) == [b"a", b"b"]
    assert sorted(spec_rows(again).to_pylist(), key=str) == sorted(spec_rows(first).to_pylist(), key=str)


def test_known_outcomes_are_counted_and_not_structured_again(tmp_path: Path) -> None:
    root = LakeRoot(tmp_path)
    items = [post(1), item(b"")]
    run(root, items, "r1")
    again = put(root, items, "r2")
    assert (again.captured, again.unchanged, again.rejected, again.pending) == (2, 1, 1, 0)
    assert again.specs == ()


def test_facts_of_a_capture(tmp_path: Path) -> None:
    root = LakeRoot(tmp_path)
    odd = Origin(path="/in/\udcff.html")  # a file name that is no valid UTF-8
    texts = [
        Item(
            Origin(url="https://news.example/a"),
            "<html><p>新闻</p>".encode(),
            "text/html",
            None,
            200,
            (("ETag", "x"),),
        ),
        Item(odd, ("<html><p>" + "公司发布公告，投资者关注后续进展。" * 20).encode("gb18030")),
        Item(Origin(path="/in/c"), b"\x89PNG\x00\x01"),
    ]
    rows = spec_rows(put(root, texts)).to_pylist()
    facts = [(row["detected_type"], row["charset"], row["length"]) for row in rows]
    assert facts == [
        ("html", "utf-8", len(texts[0].body)),
        ("html", "gb18030", len(texts[1].body)),
        ("binary", None, 6),
    ]
    assert (rows[0]["origin"], rows[0]["http_status"]) == ("https://news.example/a", 200)
    assert rows[0]["http_headers"] == [{"name": "ETag", "value": "x"}]
    assert rows[1]["path"] == "/in/\ufffd.html"


def test_batches_are_bounded_by_items_and_by_bytes(tmp_path: Path) -> None:
    items = [item(b"x" * 1000 + bytes([n]), f"/in/{n}") for n in range(10)]
    assert len(put(LakeRoot(tmp_path / "a"), items, batch_items=4).specs) == 3
    assert len(put(LakeRoot(tmp_path / "b"), items, batch_bytes=2000).specs) == 5


def test_another_writer_in_the_middle_takes_nothing_away(tmp_path: Path) -> None:
    """While one run reads its source, another commits half of the same captures and bytes."""
    root = LakeRoot(tmp_path)

    def disturbed() -> Iterator[Item]:
        yield from (item(b"body %d" % n, f"/in/{n}") for n in range(4))
        put(root, [item(b"body 1", "/in/1"), item(b"body 3", "/elsewhere/3")], "r2")
        yield item(b"body 4", "/in/4")

    stored = store(root, disturbed(), run_id="r1", source="test", sizes=Sizes(batch_items=2))
    assert (stored.captured, stored.added, stored.pending) == (5, 4, 5)
    assert sorted(bodies_stored(root)) == [b"body %d" % n for n in range(5)]
    for row, body in (pair for spec in stored.specs for pair in read_batch(Path(spec))):
        assert body == b"body " + row["path"][-1].encode()


def _put_all(path: Path, name: str) -> None:
    put(LakeRoot(path), [item(b"body %d" % n, f"/in/{n}") for n in range(60)], name, batch_items=7)


def test_processes_that_store_the_same_items_at_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_put_all, args=(tmp_path, f"r{n}")) for n in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        assert process.exitcode == 0
    root = LakeRoot(tmp_path)
    assert sum(file.rows for file in open_table(root, "captures").files()) == 60
    assert sorted(bodies_stored(root)) == sorted(b"body %d" % n for n in range(60))


def test_unknown_and_damaged_captures_are_named(tmp_path: Path) -> None:
    root = LakeRoot(tmp_path)
    stored = put(root, [item(b"to be damaged " * 50)])
    capture_id = spec_rows(stored).column("capture_id")[0].as_py()
    with pytest.raises(Usage, match="0123"):
        read(root, "0123" * 8)
    table = open_table(root, "captures")
    path = table.folder / table.files()[0].path
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(Stop, match=path.name):
        read(root, capture_id)
