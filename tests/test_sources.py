"""Files, folders and globs: what is read, in which order, and why the rest is refused."""

from __future__ import annotations

import glob
import logging
import os
import socket
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake.model import Item, RejectRecord
from lake.settings import Limits
from lake.sources import globs, kinds, read

PAGE = "<html><body><p>海川重工一季度交付两艘散货船。</p></body></html>".encode()


def results(
    *sources: str | Path, limits: Limits | None = None
) -> tuple[dict[str, bytes], list[RejectRecord]]:
    """The items by origin, and the rejects; an origin that came twice fails the test."""
    items: dict[str, bytes] = {}
    rejects = []
    for found in read([str(source) for source in sources], limits or Limits()):
        if isinstance(found, RejectRecord):
            rejects.append(found)
        else:
            assert found.origin.text not in items
            items[found.origin.text] = found.body
    return items, rejects


def reasons(rejects: Sequence[RejectRecord]) -> list[tuple[str, str]]:
    return [(Path(reject.origin.path or "").name, reject.reason) for reject in rejects]


def fill(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(PAGE + name.encode())
    return folder


def test_a_file_is_read_exactly_and_its_origin_is_absolute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.html").write_bytes(b"\xef\xbb\xbf\r\n\x00\xff")
    monkeypatch.chdir(tmp_path)
    assert results("a.html") == ({str(tmp_path / "a.html"): b"\xef\xbb\xbf\r\n\x00\xff"}, [])
    assert results("./a.html") == results("a.html")


def test_a_folder_is_read_in_order_with_the_endings_of_pages_only(tmp_path: Path) -> None:
    fill(tmp_path, "b.HTML", "b/2.htm", "a.md", "b/1.shtml", "c.json", "d.markdown", "e.xhtml")
    fill(tmp_path, "logo.png", "notes.txt", ".hidden.html", ".git/x.html", "b/.cache/y.md")
    items, rejects = results(tmp_path)
    names = [str(Path(name).relative_to(tmp_path)) for name in items]
    assert names == ["a.md", "b.HTML", "b/1.shtml", "b/2.htm", "c.json", "d.markdown", "e.xhtml"]
    assert rejects == []


def test_a_folder_named_like_a_page_is_a_folder(tmp_path: Path) -> None:
    fill(tmp_path, "saved.html/inner.html")
    items, rejects = results(tmp_path)
    assert list(items) == [str(tmp_path / "saved.html/inner.html")]
    assert rejects == []


def test_a_file_with_another_ending_is_read_when_named_and_text(tmp_path: Path) -> None:
    fill(tmp_path, "page.txt", "page")
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0\x00\x10JFIF")
    (tmp_path / "gbk.txt").write_bytes("海川重工".encode("gbk"))
    (tmp_path / "wide.txt").write_bytes("海川重工".encode("utf-16"))
    names = ["page.txt", "page", "photo.jpg", "gbk.txt", "wide.txt"]
    items, rejects = results(*(tmp_path / name for name in names))
    assert [Path(name).name for name in items] == ["page.txt", "page", "gbk.txt", "wide.txt"]
    assert reasons(rejects) == [("photo.jpg", "not_text")]


@pytest.mark.parametrize("second", ["a.html", "sub/../a.html", ".", "*.html", "**", "**/*.html", "link.html"])
def test_what_several_sources_share_is_read_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, second: str
) -> None:
    fill(tmp_path, "a.html", "sub/b.html")
    (tmp_path / "link.html").symlink_to("a.html")
    monkeypatch.chdir(tmp_path)
    for pair in (("a.html", second), (second, "a.html")):
        items, rejects = results(*pair)
        assert str(tmp_path / "a.html") in items
        assert rejects == []


def test_overlapping_folders_are_read_once(tmp_path: Path) -> None:
    fill(tmp_path, "a.html", "sub/b.html")
    (tmp_path / "again").symlink_to("sub")
    for sources in (
        (tmp_path, tmp_path / "sub"),
        (tmp_path / "sub", tmp_path),
        (tmp_path, tmp_path / "again"),
    ):
        items, rejects = results(*sources)
        assert sorted(items) == [str(tmp_path / "a.html"), str(tmp_path / "sub/b.html")]
        assert rejects == []


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("*.html", ["1.html", "2.html"]),
        ("[12].htm?", ["1.html", "2.html"]),
        ("**/*.html", ["1.html", "2.html", "a/3.html", "a/b/4.html"]),
        ("a/**/*.html", ["a/3.html", "a/b/4.html"]),
        ("**/b/*", ["a/b/4.html"]),
        ("a/**", ["a/3.html", "a/b/4.html"]),
        ("**/**/*.html", ["1.html", "2.html", "a/3.html", "a/b/4.html"]),
        ("**/a/**/*.html", ["a/3.html", "a/b/4.html"]),
        ("?", ["a/3.html", "a/b/4.html"]),
        ("*/../1.html", ["1.html"]),
        ("[[]1].html", ["[1].html"]),
        ("[1].html", ["[1].html"]),
        ("*.txt", ["note.txt"]),
        (".h*", [".h.html"]),
    ],
)
def test_globs_match_as_in_a_shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pattern: str, names: list[str]
) -> None:
    fill(tmp_path, "1.html", "2.html", "a/3.html", "a/b/4.html", ".h.html", "note.txt", ".g/5.html")
    if "[" in pattern and "?" not in pattern:
        fill(tmp_path, "[1].html")
    monkeypatch.chdir(tmp_path)
    items, rejects = results(pattern)
    assert [str(Path(name).relative_to(tmp_path)) for name in items] == names
    assert rejects == []


def test_a_glob_under_links_ends(tmp_path: Path) -> None:
    fill(tmp_path, "a/1.html")
    (tmp_path / "a/loop").symlink_to(tmp_path)
    items, _ = results(tmp_path / "**/*.html")
    assert list(items) == [str(tmp_path / "a/1.html")]


def test_missing_things_say_so_and_the_rest_goes_on(tmp_path: Path) -> None:
    fill(tmp_path, "a.html")
    sources = [
        tmp_path / "nothing.html",
        tmp_path / "n*.md",
        "",
        tmp_path / "a.html/b.html",
        "nul\0.html",
        tmp_path / ("n" * 300),
    ]
    items, rejects = results(*sources, tmp_path / "a.html")
    assert list(items) == [str(tmp_path / "a.html")]
    expected = ["not_found", "no_match", "not_found", "not_found", "not_found", "name_too_long"]
    assert [reject.reason for reject in rejects] == expected
    assert {reject.stage for reject in rejects} == {"discover"}


def test_links_are_followed_once_and_loops_are_told(tmp_path: Path) -> None:
    real = fill(tmp_path / "real", "a.html", "sub/b.html")
    outside = fill(tmp_path / "outside", "c.html", "d.txt")
    (real / "up").symlink_to("..")
    (real / "sub/self").symlink_to(real / "sub")
    (real / "to_outside").symlink_to(outside)
    (real / "again").symlink_to("sub")
    (real / "file.html").symlink_to(outside / "d.txt")
    (real / "gone.html").symlink_to("nowhere")
    (real / "ring.html").symlink_to("ring.html")
    items, rejects = results(real)
    names = [str(Path(name).relative_to(real)) for name in items]
    assert names == ["a.html", "file.html", "sub/b.html", "to_outside/c.html"]
    assert sorted(reasons(rejects)) == [
        ("gone.html", "broken_link"),
        ("ring.html", "symlink_loop"),
        ("self", "symlink_loop"),
        ("up", "symlink_loop"),
    ]


def test_pipes_sockets_and_devices_are_never_opened(tmp_path: Path) -> None:
    fill(tmp_path, "a.html")
    os.mkfifo(tmp_path / "pipe.html")
    os.mkfifo(tmp_path / "pipe.zip")
    (tmp_path / "null.html").symlink_to("/dev/null")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(os.path.relpath(tmp_path / "socket.md"))
    items, rejects = results(tmp_path)
    assert list(items) == [str(tmp_path / "a.html")]
    names = ["null.html", "pipe.html", "pipe.zip", "socket.md"]
    assert reasons(rejects) == [(name, "not_a_file") for name in names]
    assert reasons(results(tmp_path / "pipe.html", "/dev/zero")[1]) == [
        ("pipe.html", "not_a_file"),
        ("zero", "not_a_file"),
    ]


def test_a_large_file_is_refused_without_being_read(tmp_path: Path) -> None:
    fill(tmp_path, "a.html")
    with (tmp_path / "huge.html").open("wb") as file:
        file.truncate(100 * 1024**3)
    items, rejects = results(tmp_path)
    assert list(items) == [str(tmp_path / "a.html")]
    assert reasons(rejects) == [("huge.html", "too_large")]


def test_the_limit_is_inclusive(tmp_path: Path) -> None:
    (tmp_path / "fits.html").write_bytes(b"x" * 1000)
    (tmp_path / "not.html").write_bytes(b"x" * 1001)
    items, rejects = results(tmp_path, limits=Limits(item_bytes=1000))
    assert list(items) == [str(tmp_path / "fits.html")]
    assert reasons(rejects) == [("not.html", "too_large")]


def test_a_file_that_vanishes_after_it_was_listed_is_a_reject(tmp_path: Path) -> None:
    fill(tmp_path, "a.html", "b.html", "c.zip", "d.html")
    found = read([str(tmp_path)], Limits())
    first = next(found)
    (tmp_path / "b.html").unlink()
    (tmp_path / "c.zip").unlink()
    rest = list(found)
    assert isinstance(first, Item)
    assert reasons([x for x in rest if isinstance(x, RejectRecord)]) == [
        ("b.html", "vanished"),
        ("c.zip", "vanished"),
    ]
    assert [x.origin.name for x in rest if isinstance(x, Item)] == ["d.html"]


def test_a_file_that_grows_while_it_is_read_is_a_reject(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path, "a.html", "b.html")
    system_read = os.read

    def growing(descriptor: int, size: int) -> bytes:
        body = system_read(descriptor, size)
        if b"a.html" in body:
            with (tmp_path / "a.html").open("ab") as file:
                file.write(b"more")
        return body

    monkeypatch.setattr(os, "read", growing)
    items, rejects = results(tmp_path)
    assert list(items) == [str(tmp_path / "b.html")]
    assert reasons(rejects) == [("a.html", "changed")]


def test_without_permission() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = fill(Path(name).resolve(), "a.html", "secret.html", "closed/b.html", "z.html")
        folder.chmod(0o755)
        (folder / "secret.html").chmod(0)
        (folder / "closed").chmod(0)
        (fill(folder, "unlisted/c.html") / "unlisted").chmod(0o311)
        code = f"""
            import os
            from lake.settings import Limits
            from lake.sources import read
            if os.getuid() == 0:  # to whom nothing is forbidden
                os.setgroups([])
                os.setgid(65534)
                os.setuid(65534)
            for found in read([{name!r}, {name + "/closed/b.html"!r}, {name + "/unlisted/c.html"!r}], Limits()):
                print(found.origin.name, getattr(found, "stage", "item"), getattr(found, "reason", ""))
        """
        command = [sys.executable, "-c", textwrap.dedent(code)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        (folder / "closed").chmod(0o755)
    assert done.stdout.splitlines() == [
        "a.html item ",
        "closed discover permission",
        "secret.html capture permission",
        "unlisted discover permission",
        "z.html item ",
        "b.html discover permission",
        "c.html item ",
    ]


def test_names_that_are_not_utf8_can_be_stored(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/\xba\xa3.html"
    with Path(os.fsdecode(name)).open("wb") as file:
        file.write(PAGE)
    items, rejects = results(tmp_path)
    assert list(items) == [f"{tmp_path}/\\xba\\xa3.html"]
    assert rejects == []
    assert results(os.fsdecode(name))[0] == items


def test_a_deep_tree_is_read_to_its_end(tmp_path: Path) -> None:
    deep = tmp_path / "/".join(["d"] * 800)
    fill(deep, "a.html")
    assert list(results(tmp_path)[0]) == [str(deep / "a.html")]


def test_a_source_without_pages_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    fill(tmp_path, "logo.png")
    logging.getLogger("lake.sources").addHandler(caplog.handler)  # commands cut off the root's handlers
    assert results(tmp_path) == ({}, [])
    logging.getLogger("lake.sources").removeHandler(caplog.handler)
    assert str(tmp_path) in caplog.text


def test_items_come_one_at_a_time(tmp_path: Path) -> None:
    fill(tmp_path, "a.html", "b.html")
    found = read([str(tmp_path)], Limits())
    next(found)
    (tmp_path / "b.html").write_bytes(b"written after the first item")
    assert next(found).body == b"written after the first item"  # type: ignore[union-attr]


PARTS = st.sampled_from(["a", "b", "*", "?", "**", "a*", "[ab]", "[!a]", "*.html"])


@given(st.lists(PARTS, min_size=1, max_size=5).filter(lambda parts: parts[-1] != "**"))
def test_globs_agree_with_the_standard_library(tree: Path, parts: list[str]) -> None:
    pattern = f"{tree}/{'/'.join(parts)}"
    assert set(globs.expand(pattern)) == set(glob.glob(pattern, recursive=True))  # noqa: PTH207


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tree")
    return fill(
        folder, "a/a/a.html", "a/b/b", "b/a/a/a", "b/.a/a.html", "ab/a.html", "a.html", "c/d/e/a.html"
    )


@pytest.mark.parametrize(
    "encoding", ["utf-8", "gb18030", "big5", "utf-16", "iso-2022-jp", "shift_jis", "latin-1"]
)
def test_text_of_any_encoding_is_text(encoding: str) -> None:
    assert kinds.is_text("plain text\r\n\t".encode(encoding) + "日本 1".encode(encoding, "replace"))


@pytest.mark.parametrize(
    "body", [b"%PDF-1.7\n" + b"a" * 2000 + b"\x00", b"\x89PNG\r\n\x1a\n", b"PK\x03\x04\x14"]
)
def test_binary_is_not_text(body: bytes) -> None:
    assert not kinds.is_text(body)
