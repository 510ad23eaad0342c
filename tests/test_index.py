"""The key index is a cache: thrown away, damaged, stale or foreign, it changes no answer."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from lake.locations import LakeRoot
from lake.storage.index import Index
from lake.storage.indexfile import remove
from lake.storage.tables import open_lake
from tests.stored import number, post, rows, run

IDS = [f"eastmoney:{number(n)}" for n in range(6)]


@pytest.fixture
def root(tmp_path: Path) -> LakeRoot:
    root = LakeRoot(tmp_path / "lake")
    run(root, [post(n) for n in range(3)], "r1")
    return root


def known(root: LakeRoot) -> dict[str, int]:
    with Index(root) as index:
        index.catch_up(open_lake(root))
        return {article_id: found.revision for article_id, found in index.articles(IDS).items()}


def everything(root: LakeRoot) -> dict[str, list[tuple]]:
    """What an index says, in a form that does not depend on the order of reading."""
    columns = {
        "captures": ("capture_id", "sha256", "origin", "captured_at"),
        "bodies": ("sha256",),
        "outcomes": ("capture_id", "outcome", "article_id", "extractor"),
        "articles": ("article_id", "revision", "content_hash", "first_seen_at"),
        "members": ("article_id", "capture_id"),
        "rejects": ("reject_id",),
    }
    with Index(root) as index:
        index.catch_up(open_lake(root))
        return {name: sorted(index.everything(name, wanted), key=repr) for name, wanted in columns.items()}


def test_rebuilt_it_says_the_same(root: LakeRoot) -> None:
    run(root, [post(0, body="改写。"), post(3), post(1, folder="/copies")], "r2")
    grown = everything(root)
    shutil.rmtree(root.index.parent)
    assert everything(root) == grown
    assert [len(grown[name]) for name in ("captures", "articles", "members")] == [6, 4, 6]


@pytest.mark.parametrize("damage", ["missing", "garbage", "truncated", "hole", "empty", "other format"])
def test_a_damaged_index_is_read_anew(root: LakeRoot, damage: str) -> None:
    content = root.index.read_bytes()
    for extra in root.index.parent.glob("index.sqlite-*"):
        extra.unlink()
    match damage:
        case "missing":
            root.index.unlink()
        case "garbage":
            root.index.write_bytes(b"not a database" * 1000)
        case "truncated":
            root.index.write_bytes(content[: len(content) // 2])
        case "hole":
            root.index.write_bytes(content[:4096] + bytes(len(content) - 4096))
        case "empty":
            root.index.write_bytes(b"")
        case "other format":
            root.index.write_bytes(content[:60] + (99).to_bytes(4, "big") + content[64:])
    assert known(root) == dict.fromkeys(IDS[:3], 1)
    assert run(root, [post(0), post(4)], "r2").counts == (1, 0, 0, 1, 0)


def test_an_index_from_another_lake_is_not_believed(root: LakeRoot, tmp_path: Path) -> None:
    other = LakeRoot(tmp_path / "other")
    run(other, [post(n) for n in range(6)], "r1")
    shutil.copy(other.index, root.index)
    assert sorted(known(root)) == IDS[:3]


def test_a_lake_set_back_to_a_copy_is_noticed(root: LakeRoot, tmp_path: Path) -> None:
    """The tables are restored from a backup; the index remembers what came after it."""
    backup = tmp_path / "backup"
    shutil.copytree(root.path, backup)
    run(root, [post(3), post(4)], "r2")
    assert sorted(known(root)) == IDS[:5]
    for name in ("captures", "articles", "outcomes", "rejects"):
        shutil.rmtree(root.table(name))
        shutil.copytree(backup / name, root.table(name))
    assert sorted(known(root)) == IDS[:3]
    assert run(root, [post(3), post(4)], "r3").counts == (2, 0, 0, 0, 0)


def test_a_lake_set_back_and_grown_again_is_noticed(root: LakeRoot, tmp_path: Path) -> None:
    """As above, but the restored lake has as many versions again, made elsewhere."""
    backup = LakeRoot(tmp_path / "backup")
    shutil.copytree(root.path, backup.path)
    run(root, [post(3)], "r2")
    run(backup, [post(4)], "r3")
    for name in ("captures", "articles", "outcomes", "rejects"):
        shutil.rmtree(root.table(name))
        shutil.copytree(backup.table(name), root.table(name))
    assert sorted(known(root)) == [*IDS[:3], IDS[4]]


def test_a_stale_handle_does_not_set_the_index_back(root: LakeRoot) -> None:
    stale = open_lake(root)
    run(root, [post(0, body="改写。"), post(3)], "r2")
    with Index(root) as index:
        index.catch_up(open_lake(root))
        index.catch_up(stale)
        found = index.articles(IDS)
    assert {article_id: each.revision for article_id, each in found.items()} == {
        IDS[0]: 2,
        IDS[1]: 1,
        IDS[2]: 1,
        IDS[3]: 1,
    }


def test_two_connections_see_what_each_other_read(root: LakeRoot) -> None:
    with Index(root) as one, Index(root) as two:
        one.catch_up(open_lake(root))
        run(root, [post(3)], "r2")
        two.catch_up(open_lake(root))
        assert sorted(one.articles(IDS)) == sorted(two.articles(IDS)) == IDS[:4]


def test_it_knows_what_the_tables_hold(root: LakeRoot) -> None:
    run(root, [post(0, body="改写。")], "r2")
    held = {(row[0], row[1]) for row in everything(root)["articles"]}
    revisions: dict[str, int] = {}
    for article_id, revision in rows(root, "articles", "article_id", "revision"):
        revisions[article_id] = max(revision, revisions.get(article_id, 0))
    assert held == set(revisions.items())


def test_an_index_knows_by_itself_whether_it_is_current(root: LakeRoot) -> None:
    known(root)
    with Index(root) as index:
        assert index.is_current()
        run(root, [post(5)], "r2")
        assert not index.is_current()
        index.catch_up(open_lake(root))
        assert index.is_current()
    for name in ("captures", "articles", "outcomes", "rejects"):
        shutil.rmtree(root.table(name))
    run(root, [post(4)], "r1")
    with Index(root) as index:
        index.catch_up(open_lake(root))
        assert index.is_current()


def test_an_index_that_is_made_anew_shares_no_file_with_one_still_open(root: LakeRoot) -> None:
    run(root, [post(1), post(2)], "r1")
    with Index(root) as old:
        old.catch_up(open_lake(root))
        remove(root.index)
        with Index(root) as new:
            new.catch_up(open_lake(root))
            run(root, [post(3)], "r2")
            new.catch_up(open_lake(root))
            old.take(["ab"])
        old.catch_up(open_lake(root))  # into its own file, which has no name any more
    with Index(root) as again:
        assert len(list(again.everything("articles", ["article_id"]))) == 4
        assert again.is_current()
    assert len(list(root.index.parent.glob("index*.sqlite"))) == 2  # the name, and the file that it leads to
