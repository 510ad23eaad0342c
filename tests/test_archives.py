"""Zip and tar archives: every page comes out exactly, whatever is wrong is refused, the rest goes on."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import struct
import subprocess
import sys
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from lake.model import Item, RejectRecord
from lake.settings import Limits
from lake.sources import read
from lake.sources.members import decoded

PAGES = {f"2031-04-0{n}-{n}.html": f"<p>青岚电器第{n}次公告</p>".encode() * 40 * n for n in range(1, 6)}
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    ".tar": bytes,
    ".tar.gz": gzip.compress,
    ".tgz": lambda data: gzip.compress(data[:700]) + gzip.compress(data[700:]),
    ".tar.xz": lambda data: lzma.compress(data[:700]) + bytes(8) + lzma.compress(data[700:]),
    ".txz": lzma.compress,
    ".tar.zst": zstandard.compress,
    ".tzst": lambda data: zstandard.compress(data[:700]) + zstandard.compress(data[700:]),
    ".tar.bz2": bz2.compress,
    ".tbz2": lambda data: bz2.compress(data[:700]) + bz2.compress(data[700:]),
}
SMALL = Limits(item_bytes=100_000, ratio_floor=10_000, ratio=50)

Entry = tuple[str | tarfile.TarInfo, bytes]


def tar(entries: Iterable[Entry], **options: int) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", **options) as archive:
        for name, body in entries:
            header = name if isinstance(name, tarfile.TarInfo) else tarfile.TarInfo(name)
            header.size = len(body)
            archive.addfile(header, io.BytesIO(body))
    return target.getvalue()


def tar_header(name: str, kind: bytes, **fields: str | int) -> tarfile.TarInfo:
    header = tarfile.TarInfo(name)
    header.type = kind
    for key, value in fields.items():
        setattr(header, key, value)
    return header


def zipped(
    entries: Iterable[tuple[str | zipfile.ZipInfo, bytes]], method: int = zipfile.ZIP_DEFLATED
) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, body in entries:
            archive.writestr(name, body, method)
    return target.getvalue()


class OneWay(io.RawIOBase):
    """A target that can't seek, so that zipfile writes sizes behind the data."""

    def __init__(self) -> None:
        self.data = b""

    def writable(self) -> bool:
        return True

    def write(self, data: bytes, /) -> int:  # type: ignore[override]
        self.data += bytes(data)
        return len(data)


def streamed_zip(entries: Iterable[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = OneWay()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, body in entries:
            archive.writestr(name, body)
    return target.data


def results(
    folder: Path, name: str, data: bytes, limits: Limits = SMALL
) -> tuple[dict[str, bytes], list[RejectRecord]]:
    """The archive's items by member name, and its rejects."""
    path = folder / name
    path.write_bytes(data)
    items: dict[str, bytes] = {}
    rejects = []
    for found in read([str(path)], limits):
        assert found.origin.path == str(path)
        if isinstance(found, RejectRecord):
            assert found.stage == "capture"
            rejects.append(found)
        else:
            assert found.origin.member is not None
            assert found.origin.member not in items
            items[found.origin.member] = found.body
    return items, rejects


def reasons(rejects: list[RejectRecord]) -> list[tuple[str | None, str]]:
    return [(reject.origin.member, reject.reason) for reject in rejects]


@pytest.mark.parametrize("ending", PACKERS)
@pytest.mark.parametrize("style", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_tar_members_come_out_exactly(tmp_path: Path, ending: str, style: int) -> None:
    pages = {"./a.html": b"", "长" * 20 + "/" + "名" * 20 + ".md": b"x" * 511, **PAGES}
    others = {
        "photo.jpg": b"\xff\xd8",
        ".hidden.html": b"h",
        "a/.git/x.html": b"h",
        "inner.zip": b"PK\x03\x04",
    }
    data = PACKERS[ending](tar((pages | others).items(), format=style))
    assert results(tmp_path, "a" + ending, data) == (pages, [])


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
def test_zip_members_come_out_exactly(tmp_path: Path, method: int) -> None:
    pages = {"empty.html": b"", "文件夹/文.md": b"x" * 511, **PAGES}
    others = {
        "photo.jpg": b"\xff\xd8",
        ".hidden.html": b"h",
        "a/.git/x.html": b"h",
        "inner.zip": b"PK\x03\x04",
    }
    everything = (pages | others).items()
    assert results(tmp_path, "a.zip", zipped(everything, method)) == (pages, [])
    assert results(tmp_path, "b.zip", b"a program in front" + zipped(everything, method)) == (pages, [])
    assert results(tmp_path, "c.ZIP", streamed_zip(everything, method)) == (pages, [])


def test_zip64_and_comments(tmp_path: Path) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = b"from the archive of 2031"
        for name, body in PAGES.items():
            with archive.open(name, "w", force_zip64=True) as member:
                member.write(body)
    assert results(tmp_path, "a.zip", target.getvalue()) == (PAGES, [])


def test_a_zip_of_more_members_than_16_bits_count(tmp_path: Path) -> None:
    names = [f"{n}.html" for n in range(66_000)]
    items, rejects = results(tmp_path, "a.zip", zipped(((name, b"") for name in names), zipfile.ZIP_STORED))
    assert list(items) == names
    assert rejects == []


def test_archives_in_folders_are_read_and_archives_in_archives_are_not(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(b"a")
    (tmp_path / "b.zip").write_bytes(zipped([("inner.html", b"b"), ("c.zip", zipped([("d.html", b"d")]))]))
    found = list(read([str(tmp_path)], Limits()))
    assert [x.origin.text for x in found] == [f"{tmp_path}/a.html", f"{tmp_path}/b.zip!inner.html"]


def test_joined_tars_are_read_to_the_end(tmp_path: Path) -> None:
    data = tar([("a.html", b"a")]) + tar([("b.html", b"b")])
    assert results(tmp_path, "a.tar", data) == ({"a.html": b"a", "b.html": b"b"}, [])


def test_padding_between_joined_streams_is_passed_over(tmp_path: Path) -> None:
    data = tar(PAGES.items())
    first = lzma.compress(data[:700])
    padded = first.ljust(64 * 1024, b"\0") + lzma.compress(data[700:])
    assert results(tmp_path, "a.tar.xz", padded) == (PAGES, [])
    assert results(tmp_path, "b.tar.xz", padded.ljust(128 * 1024, b"\0")) == (PAGES, [])


def test_what_a_name_promises_yields_to_what_the_bytes_are(tmp_path: Path) -> None:
    assert results(tmp_path, "a.tar.gz", PACKERS[".tar.xz"](tar(PAGES.items()))) == (PAGES, [])


UNSAFE = [
    "../up.html",
    "a/../../up.html",
    "/etc/page.html",
    "C:\\page.html",
    "c:page.html",
    "..\\up.html",
    "\\\\host\\x.html",
]


@pytest.mark.parametrize("name", UNSAFE)
def test_names_that_lead_out_are_refused(tmp_path: Path, name: str) -> None:
    entries = [("a.html", b"a"), (name, b"evil"), ("z.html", b"z")]
    for file, data in (("a.tar", tar(entries)), ("a.zip", zipped(entries))):
        items, rejects = results(tmp_path, file, data)
        assert items == {"a.html": b"a", "z.html": b"z"}
        assert reasons(rejects) == [(name, "path_traversal")]


def test_harmless_names_that_look_unsafe_are_read(tmp_path: Path) -> None:
    pages = {"a..b.html": b"1", "./x.html": b"2", "folder\\page.html": b"3", "a/…/x.html": b"4"}
    assert results(tmp_path, "a.tar", tar(pages.items())) == (pages, [])
    assert results(tmp_path, "a.zip", zipped(pages.items())) == (pages, [])


def test_links_and_special_members_are_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("soft.html")
    link.create_system = 3
    link.external_attr = 0o120777 << 16
    items, rejects = results(
        tmp_path, "a.zip", zipped([("a.html", b"a"), (link, b"/etc/passwd"), ("z.html", b"z")])
    )
    assert (list(items), reasons(rejects)) == (["a.html", "z.html"], [("soft.html", "link_in_archive")])
    entries: list[Entry] = [
        ("a.html", b"a"),
        (tar_header("soft", tarfile.SYMTYPE, linkname="/etc"), b""),
        (tar_header("hard.html", tarfile.LNKTYPE, linkname="../../etc/passwd"), b""),
        (tar_header("pipe.html", tarfile.FIFOTYPE), b""),
        (tar_header("disk.html", tarfile.BLKTYPE), b""),
        (tar_header("console", tarfile.CHRTYPE), b""),
        (tar_header("folder.html", tarfile.DIRTYPE), b""),
        ("z.html", b"z"),
    ]
    items, rejects = results(tmp_path, "a.tar", tar(entries))
    assert items == {"a.html": b"a", "z.html": b"z"}
    assert reasons(rejects) == [
        ("soft", "link_in_archive"),
        ("hard.html", "link_in_archive"),
        ("pipe.html", "not_a_file"),
        ("disk.html", "not_a_file"),
    ]


@pytest.mark.parametrize("ending", [*PACKERS, ".zip"])
def test_large_members_are_refused_and_the_rest_goes_on(tmp_path: Path, ending: str) -> None:
    entries = [("a.html", b"a"), ("large.html", os.urandom(300_000)), ("z.html", b"z")]
    data = zipped(entries) if ending == ".zip" else PACKERS[ending](tar(entries))
    items, rejects = results(tmp_path, "a" + ending, data)
    assert items == {"a.html": b"a", "z.html": b"z"}
    assert reasons(rejects) == [("large.html", "too_large")]


@pytest.mark.parametrize("ending", [*PACKERS, ".zip"])
def test_bombs_are_refused_and_the_rest_goes_on(tmp_path: Path, ending: str) -> None:
    entries = [("a.html", b"a"), ("bomb.html", bytes(5_000_000)), ("z.html", b"z")]
    data = zipped(entries) if ending == ".zip" else PACKERS[ending](tar(entries))
    items, rejects = results(tmp_path, "a" + ending, data)
    assert items == {"a.html": b"a", "z.html": b"z"}
    assert reasons(rejects) == [("bomb.html", "too_large" if ending == ".tar" else "bomb")]


def test_a_bomb_below_the_size_limit_is_refused(tmp_path: Path) -> None:
    entries = [("bomb.html", b"<p>" * 1_000_000), ("dense.html", b"<p>" * 100_000), ("z.html", b"z")]
    for name, data in (("a.zip", zipped(entries)), ("a.tgz", gzip.compress(tar(entries)))):
        items, rejects = results(tmp_path, name, data, Limits())
        assert list(items) == ["dense.html", "z.html"]
        assert reasons(rejects) == [("bomb.html", "bomb")]


def test_an_archive_of_bombs_is_read_no_further(tmp_path: Path) -> None:
    entries = [("a.html", b"a"), *((f"{n}.html", bytes(500_000)) for n in range(60))]
    items, rejects = results(tmp_path, "a.tar.gz", gzip.compress(tar(entries)))
    assert items == {"a.html": b"a"}
    assert reasons(rejects)[-1] == (None, "bomb")
    assert len(rejects) < 60


def test_a_tar_that_goes_on_in_zeros_is_read_no_further(tmp_path: Path) -> None:
    data = gzip.compress(tar([("a.html", b"a")]) + bytes(50_000_000))
    items, rejects = results(tmp_path, "a.tgz", data)
    assert (list(items), reasons(rejects)) == (["a.html"], [(None, "bomb")])


def test_overlapping_members_are_a_bomb(tmp_path: Path) -> None:
    data = zipped([("a.html", os.urandom(50_000))])
    start, end = data.index(b"PK\x01\x02"), data.index(b"PK\x05\x06")
    entry = data[start:end]
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 20, 20, 20 * len(entry), start, 0)
    items, rejects = results(tmp_path, "a.zip", data[:start] + 20 * entry + tail)
    assert len(items) < 3
    assert reasons(rejects) == [(None, "bomb")]


def test_limits_on_members_and_on_all_bytes(tmp_path: Path) -> None:
    for name, data in (("a.tar", tar(PAGES.items())), ("a.zip", zipped(PAGES.items()))):
        items, rejects = results(tmp_path, name, data, Limits(members=3))
        assert (len(items), reasons(rejects)) == (3, [(None, "too_many_members")])
        items, rejects = results(tmp_path, name, data, Limits(archive_bytes=4000))
        assert 0 < len(items) < 5
        assert reasons(rejects) == [(None, "bomb")]


def test_declared_sizes_are_not_believed(tmp_path: Path) -> None:
    good = zipped(PAGES.items())
    for size in (0, 1, 2**32 - 2):
        data = bytearray(good)
        at = -1
        while (at := data.find(b"PK\x01\x02", at + 1)) >= 0:
            struct.pack_into("<L", data, at + 24, size)
        assert results(tmp_path, "a.zip", bytes(data)) == (PAGES, [])


def test_encrypted_and_unknown_members_are_refused(tmp_path: Path) -> None:
    for offset, value, reason in ((8, 0x1, "encrypted"), (10, 9, "unsupported"), (10, 99, "unsupported")):
        data = bytearray(zipped(PAGES.items()))
        struct.pack_into("<H", data, data.index(b"PK\x01\x02") + offset, value)
        items, rejects = results(tmp_path, "a.zip", bytes(data))
        assert items == dict(list(PAGES.items())[1:])
        assert reasons(rejects) == [(next(iter(PAGES)), reason)]


def test_a_damaged_zip_member_is_refused_and_the_rest_goes_on(tmp_path: Path) -> None:
    good = zipped(PAGES.items(), zipfile.ZIP_STORED)
    second = list(PAGES)[1]
    for damage in (good.index(PAGES[second]), good.index(second.encode()) - 30):
        data = bytearray(good)
        data[damage] ^= 0xFF
        items, rejects = results(tmp_path, "a.zip", bytes(data))
        assert items == {name: body for name, body in PAGES.items() if name != second}
        assert reasons(rejects) == [(second, "corrupt")]


def test_a_damaged_zip_directory_ends_it(tmp_path: Path) -> None:
    data = bytearray(zipped(PAGES.items()))
    third = [at for at in range(len(data)) if data.startswith(b"PK\x01\x02", at)][2]
    data[third] = 0
    items, rejects = results(tmp_path, "a.zip", bytes(data))
    assert list(items) == list(PAGES)[:2]
    assert reasons(rejects) == [(None, "corrupt")]


def test_a_zip_directory_that_is_too_short_is_told(tmp_path: Path) -> None:
    data = bytearray(zipped(PAGES.items()))
    start, end = data.index(b"PK\x01\x02"), data.index(b"PK\x05\x06")
    last = data.rindex(b"PK\x01\x02")
    struct.pack_into("<2L", data, end + 12, end - last, last)
    assert start < last
    items, rejects = results(tmp_path, "a.zip", bytes(data))
    assert (list(items), reasons(rejects)) == (list(PAGES)[-1:], [(None, "corrupt")])


@pytest.mark.parametrize("pack", [zipped, streamed_zip])
def test_members_before_the_cut_of_a_zip_are_read(tmp_path: Path, pack: Callable[..., bytes]) -> None:
    data = pack({**PAGES, "photo.jpg": b"1", "z.html": os.urandom(900)}.items())
    cut = data.index(b"z.html") + 500
    items, rejects = results(tmp_path, "a.zip", data[:cut])
    assert items == PAGES
    assert {reject.reason for reject in rejects} == {"truncated"}
    assert reasons(rejects)[-1] == (None, "truncated")


def test_members_before_the_cut_of_a_streamed_zip64_are_read(tmp_path: Path) -> None:
    target = OneWay()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in PAGES.items():
            with archive.open(name, "w", force_zip64=True) as member:
                member.write(body)
    items, rejects = results(tmp_path, "a.zip", target.data[: target.data.index(b"PK\x01\x02")])
    assert items == PAGES
    assert reasons(rejects) == [(None, "truncated")]


@pytest.mark.parametrize("ending", PACKERS)
def test_members_before_the_cut_of_a_tar_are_read(tmp_path: Path, ending: str) -> None:
    bodies = [("a.html", b"a"), ("b.html", os.urandom(2_000_000)), ("z.html", os.urandom(2_000_000))]
    data = PACKERS[ending](tar(bodies))
    items, rejects = results(tmp_path, "a" + ending, data[:-1_500_000], Limits())
    assert list(items)[:1] == ["a.html"]
    assert "z.html" not in items
    assert reasons(rejects) == [(None, "truncated")]


def test_a_tar_without_its_end_mark_is_told(tmp_path: Path) -> None:
    data = tar([("a.html", b"a" * 512)])[:1024]
    items, rejects = results(tmp_path, "a.tar", data)
    assert (list(items), reasons(rejects)) == (["a.html"], [(None, "truncated")])


def test_a_damaged_tar_header_does_not_end_the_archive_in_silence(tmp_path: Path) -> None:
    data = bytearray(tar(PAGES.items()))
    data[data.index(list(PAGES)[2].encode())] ^= 1
    items, rejects = results(tmp_path, "a.tar", bytes(data))
    assert (list(items), reasons(rejects)) == (list(PAGES)[:2], [(None, "corrupt")])


@pytest.mark.parametrize("ending", [".tar.gz", ".tar.xz", ".tar.bz2"])
def test_a_damaged_stream_is_told(tmp_path: Path, ending: str) -> None:
    data = bytearray(PACKERS[ending](tar([("a.html", os.urandom(50_000))])))
    data[len(data) // 2] ^= 0xFF
    _, rejects = results(tmp_path, "a" + ending, bytes(data))
    assert reasons(rejects) == [(None, "corrupt")]


@pytest.mark.parametrize("ending", [".zip", *PACKERS])
@pytest.mark.parametrize("body", [b"", b"x", b"<html>" * 100, b"PK\x03\x04", b"\x1f\x8b\x08", bytes(513)])
def test_what_is_no_archive_is_told(tmp_path: Path, ending: str, body: bytes) -> None:
    items, rejects = results(tmp_path, "a" + ending, body)
    assert items == {}
    assert [reject.reason for reject in rejects] in (["corrupt"], ["truncated"])


def test_extended_tar_headers_of_any_size_are_bounded(tmp_path: Path) -> None:
    header = tar_header("x", tarfile.XHDTYPE)
    header.size = 1024**3
    data = tar([("a.html", b"a")])[:1024] + header.tobuf(tarfile.USTAR_FORMAT) + bytes(10_000)
    items, rejects = results(tmp_path, "a.tar", data)
    assert (list(items), reasons(rejects)) == (["a.html"], [(None, "corrupt")])


@pytest.mark.parametrize("record", [b"x path=b.html\n", b"99 path=b.html\n", b"-5 path=b\n", b"12", b"0 =\n"])
def test_damaged_extended_headers_are_told(tmp_path: Path, record: bytes) -> None:
    header = tar_header("x", tarfile.XHDTYPE)
    header.size = len(record)
    data = header.tobuf(tarfile.USTAR_FORMAT) + record.ljust(512, b"\0") + tar([("a.html", b"a")])
    items, rejects = results(tmp_path, "a.tar", data)
    assert (items, reasons(rejects)) == ({}, [(None, "corrupt")])


def test_sparse_tar_members_are_refused_and_the_rest_goes_on(tmp_path: Path) -> None:
    old = bytearray(tar_header("old.html", tarfile.GNUTYPE_SPARSE, size=512).tobuf(tarfile.GNU_FORMAT))
    old[482] = 1
    old[148:156] = b"%06o\0 " % (sum(old[:148]) + 8 * 32 + sum(old[156:]))
    new = tar_header("GNUSparseFile.0/new.html", tarfile.REGTYPE, pax_headers={"GNU.sparse.major": "1"})
    data = (
        bytes(old) + bytes(512) + b"x" * 512 + tar([(new, b"n"), ("z.html", b"z")], format=tarfile.PAX_FORMAT)
    )
    items, rejects = results(tmp_path, "a.tar", data)
    assert list(items) == ["z.html"]
    assert [reject.reason for reject in rejects] == ["unsupported", "unsupported"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_members_of_one_name_are_all_kept(tmp_path: Path) -> None:
    entries = [("a.html", b"1"), ("a.html", b"2"), ("b.html", b"3"), ("a.html", b"4")]
    expected = {"a.html": b"1", "a.html#2": b"2", "b.html": b"3", "a.html#3": b"4"}
    assert results(tmp_path, "a.tar", tar(entries)) == (expected, [])
    assert results(tmp_path, "a.zip", zipped(entries)) == (expected, [])


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("公告.html".encode(), "公告.html"),
        ("公告.html".encode("gbk"), "公告.html"),
        ("朱镕基传.html".encode("gbk"), "朱镕基传.html"),
        ("café.html".encode("cp437"), "café.html"),
        ("Ärger über Öl.html".encode("cp437"), "Ärger über Öl.html"),
        (b"\xff\xfe.html", "\u25a0.html".replace("\u25a0", b"\xff\xfe".decode("cp437"))),
    ],
)
def test_names_in_unknown_encodings(raw: bytes, name: str) -> None:
    assert decoded(raw) == name


def test_gbk_names_in_zips(tmp_path: Path) -> None:
    raw = "公告.html".encode("gbk")
    data = zipped([("#" * len(raw), b"p")]).replace(b"#" * len(raw), raw)
    assert results(tmp_path, "a.zip", data) == ({"公告.html": b"p"}, [])


NAMES = st.text(alphabet="ab文.-_ ", min_size=1, max_size=12).map(lambda text: text.strip(". ") or "x")
TREES = st.dictionaries(
    st.tuples(NAMES.map(lambda name: "d" + name), NAMES).map(lambda parts: f"{parts[0]}/{parts[1]}.html"),
    st.binary(max_size=1500),
    max_size=6,
)


@given(TREES)
@settings(max_examples=40, deadline=None)
def test_a_tree_gives_the_same_packed_or_not(tree: dict[str, bytes]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "in"
        for member, body in tree.items():
            (folder / member).parent.mkdir(parents=True, exist_ok=True)
            (folder / member).write_bytes(body)
        folder.mkdir(exist_ok=True)
        found = list(read([str(folder)], Limits()))
        assert {
            str(Path(x.origin.path or "").relative_to(folder)): x.body for x in found if isinstance(x, Item)
        } == tree
        for ending, pack in PACKERS.items():
            assert results(Path(name), "a" + ending, pack(tar(tree.items()))) == (tree, [])
        assert results(Path(name), "a.zip", zipped(tree.items())) == (tree, [])


WHOLE = {".tar": tar(PAGES.items(), format=tarfile.PAX_FORMAT), ".zip": zipped(PAGES.items())}
CHANGES = st.lists(st.tuples(st.integers(0, 2**20), st.binary(min_size=1, max_size=8)), max_size=6)


@given(st.sampled_from([*PACKERS, ".zip"]), CHANGES, st.integers(0, 2**20))
@settings(max_examples=300, deadline=None)
def test_damage_never_raises_and_in_a_zip_never_passes_for_content(
    ending: str, changes: list[tuple[int, bytes]], cut: int
) -> None:
    data = bytearray(WHOLE[".zip"] if ending == ".zip" else PACKERS[ending](WHOLE[".tar"]))
    for place, change in changes:
        at = place % len(data)
        data[at : at + len(change)] = change
    with tempfile.TemporaryDirectory() as name:
        items, _ = results(Path(name), "a" + ending, bytes(data[: len(data) - cut % len(data)]), Limits())
    if ending == ".zip":
        assert set(items.values()) <= set(PAGES.values())


@given(st.sampled_from([*PACKERS, ".zip"]), st.binary(max_size=2000))
@settings(max_examples=150, deadline=None)
def test_any_bytes_as_an_archive_give_rejects_only(ending: str, body: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        items, rejects = results(Path(name), "a" + ending, body)
    assert items == {}
    assert rejects or body.startswith(b"PK\x05\x06") or not any(body)


PEAK = """
import sys
from lake.settings import Limits
from lake.sources import read
def peak():
    return int(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1])
list(read([sys.argv[1]], Limits()))
before = peak()
count = sum(1 for _ in read([sys.argv[2]], Limits()))
print(count, peak() - before)
"""


def growth(first: Path, second: Path) -> tuple[int, int]:
    """How many results the second archive gives, and by how many kilobytes it raises the peak of memory."""
    if not Path("/proc/self/status").exists():
        pytest.skip("peak memory is read from /proc")
    command = [sys.executable, "-c", PEAK, str(first), str(second)]
    count, kilobytes = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return int(count), int(kilobytes)


@pytest.mark.parametrize("ending", [".zip", ".tar.gz"])
def test_memory_stays_flat_however_many_members_there_are(tmp_path: Path, ending: str) -> None:
    for name, count in (("few", 100), ("many", 20_000)):
        pages = ((f"{n}.html", zlib.compress(os.urandom(50)) * 20) for n in range(count))
        data = zipped(pages) if ending == ".zip" else gzip.compress(tar(pages), 1)
        (tmp_path / (name + ending)).write_bytes(data)
    count, kilobytes = growth(tmp_path / ("few" + ending), tmp_path / ("many" + ending))
    assert count == 20_000
    assert kilobytes < 8_000


def test_memory_stays_flat_however_large_a_member_is(tmp_path: Path) -> None:
    (tmp_path / "small.tar.zst").write_bytes(zstandard.compress(tar([("a.html", b"a" * 3_000_000)])))
    (tmp_path / "large.tar.zst").write_bytes(zstandard.compress(tar([("a.html", bytes(100_000_000))])))
    count, kilobytes = growth(tmp_path / "small.tar.zst", tmp_path / "large.tar.zst")
    assert count == 1
    assert kilobytes < 8_000
