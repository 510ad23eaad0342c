"""The generator of invented posts: the same for the same seed, unique ids, every variant present."""

from __future__ import annotations

import itertools
import re
import statistics
import tarfile
import zipfile
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from benchmarks import ingest as ingest_benchmark
from benchmarks.generate import generate, main
from benchmarks.stories import Shares

NAME = re.compile(r"(?:_posts|old_post)/(?:(\d{4}-\d\d-\d\d)-)?(?:-|)(NW)?(\d{18})\.md")
PRIVATE = re.compile("[\ue000-\uf8ff]")


@pytest.fixture(scope="module")
def posts() -> list[tuple[str, bytes]]:
    return list(generate(6000, seed=7))


def by_id(posts: list[tuple[str, bytes]]) -> dict[str, dict[str, str]]:
    articles: dict[str, dict[str, str]] = defaultdict(dict)
    for name, body in posts:
        match = NAME.fullmatch(name)
        assert match, name
        articles[match[3]][name] = body.decode()
    return articles


def test_a_seed_gives_the_same_posts_and_a_smaller_number_gives_a_prefix() -> None:
    again = list(generate(120, seed=3))
    assert again == list(generate(120, seed=3))
    assert again[:50] == list(generate(50, seed=3))
    assert again != list(generate(120, seed=4))


def test_names_are_unique_and_carry_the_id_of_the_url(posts: list[tuple[str, bytes]]) -> None:
    assert len({name for name, _ in posts}) == len(posts)
    for name, body in posts:
        number = NAME.fullmatch(name)[3]  # type: ignore[index]
        text = body.decode()
        assert number in text or (name.startswith("_posts/-") and "\n<>\n" in text)


def test_posts_hold_names_and_no_placeholders(posts: list[tuple[str, bytes]]) -> None:
    for name, body in posts:
        assert not PRIVATE.search(body.decode()), name
        assert "{" not in body.decode(), name


def test_shares_steer_twins_stubs_old_copies_and_digest_only_posts(posts: list[tuple[str, bytes]]) -> None:
    articles = by_id(posts)
    traits: Counter[str] = Counter()
    for files in articles.values():
        names = " ".join(files)
        traits["twin"] += "NW" in names and bool(re.search(r"-\d\d-\d{18}", names))
        traits["stub"] += "_posts/-" in names
        traits["old"] += "old_post/" in names
        traits["digest_only"] += any("<p>" not in text for text in files.values())
    with_body = len(articles) * (1 - Shares().digest_only - Shares().media)
    assert traits["twin"] == pytest.approx(Shares().twin * with_body, rel=0.3)
    assert traits["old"] == pytest.approx(Shares().old * with_body, rel=0.4)
    assert traits["digest_only"] == pytest.approx(Shares().digest_only * len(articles), rel=0.3)
    assert traits["stub"] > 10
    plain = by_id(list(generate(500, 1, Shares(0, 0, 0, 0, 0, 0, 0))))
    assert all(len(files) == 1 and "<p>" in next(iter(files.values())) for files in plain.values())


def test_an_old_copy_is_the_same_or_an_earlier_text(posts: list[tuple[str, bytes]]) -> None:
    kinds = Counter[bool]()
    for files in by_id(posts).values():
        old = [text for name, text in files.items() if name.startswith("old_post/")]
        good = [text for name, text in files.items() if re.match(r"_posts/\d{4}-\d\d-\d\d-\d{18}", name)]
        if old:
            kinds[old == good] += 1
            assert old == good or len(old[0]) < len(good[0])
    assert kinds[True] > 20
    assert kinds[False] > 20


@pytest.mark.parametrize(
    "form",
    [
        r"^\n---\n",  # a blank line before the front matter
        r'title: ""\ndate:  \+0800\n',
        r"\ndate: [0-9: -]{19}\n",  # no zone
        r"> .+\n\n",
        r'style="display:none;',
        r'data-code="K \d{6}\|[01]\|2"',
        r'data-code="R \d{5}\|116\|5"',
        r'<span id="stock_106\.',
        r'<span id="bk_90\.BK9\d{3}"><a ',
        r'<span id="bkquote_90\.BK9\d{3}"></span>',
        r'<span web="1" href="[^"]+" class="em_stock_key_common" data-code="\d+,\w+">',
        r'<span id="Info\.\d+"><a href="[^"]+" class="infokey">',
        r"orginial_src=",
        r'<p style="text-align:center;">图片来源：',
        r'<p class="em_media">\(文章来源：',
        r'文章来源：海策<span id="bk_',
        r"中国人民<span id=",
        r"\(\d{6}\.S[HZ]，最新价：",
        r"\(\d{4}\.HK\)",
        r"AI点评：",
        r"免责声明",
        r"</p>\r\n <p>",
        r"</p>\n <p>",
        r"<p>　　",
        r"\]\(\./emnews/\)",
        r"\]\(\.\./emnews/\)",
        r"infoCode=NW\d{18}>",
        r"tags: 每日产经新闻新闻",
        r"\.html>\Z",  # no footer
    ],
)
def test_every_form_of_the_archive_occurs(posts: list[tuple[str, bytes]], form: str) -> None:
    assert any(re.search(form, body.decode()) for _, body in posts)


def test_sizes_volumes_and_mentions_are_like_the_archives(posts: list[tuple[str, bytes]]) -> None:
    sizes = sorted(len(body) for _, body in posts)
    assert 4500 < statistics.median(sizes) < 8000
    assert sizes[-len(sizes) // 100] > 13_000
    mentions = [len(set(re.findall(rb'<span id="(?:stock|bk)_([^"]+)"', body))) for _, body in posts]
    assert max(mentions) >= 30
    days = Counter(name[7:17] for name, _ in posts if name.startswith("_posts/2"))
    assert len(days) >= 4
    assert max(days.values()) > 1000


def test_sentences_hardly_repeat(posts: list[tuple[str, bytes]]) -> None:
    text = re.sub(r"<[^>]*>", "", "".join(body.decode() for name, body in posts[:800] if "NW" not in name))
    sentences = [s for s in text.split("。") if len(s) > 15]
    digests_and_stubs_repeat = 0.85
    assert len(set(sentences)) > digests_and_stubs_repeat * len(sentences)


@pytest.mark.parametrize("ending", ["", ".zip", ".tar", ".tar.gz", ".tar.xz", ".tar.zst"])
def test_the_command_writes_the_same_members_everywhere(tmp_path: Path, ending: str) -> None:
    target = tmp_path / f"posts{ending}"
    assert main(["40", str(target), "--seed", "5", "--twin", "0.5"]) == 0
    expected = dict(generate(40, 5, Shares(twin=0.5)))
    assert dict(read(target)) == expected
    assert main(["40", str(target)]) == 2  # never overwrites


def read(target: Path) -> list[tuple[str, bytes]]:
    if target.is_dir():
        return [(str(p.relative_to(target)), p.read_bytes()) for p in target.rglob("*.md")]
    if target.suffix == ".zip":
        with zipfile.ZipFile(target) as archive:
            return [(name, archive.read(name)) for name in archive.namelist()]
    if target.suffix == ".zst":
        zstandard = pytest.importorskip("zstandard")
        with target.open("rb") as raw:
            target.with_suffix("").write_bytes(zstandard.ZstdDecompressor().stream_reader(raw).read())
        target = target.with_suffix("")
    with tarfile.open(target) as archive:
        return [(m.name, archive.extractfile(m).read()) for m in archive]  # type: ignore[union-attr]


def test_posts_come_one_by_one() -> None:
    first = list(itertools.islice(generate(10**9), 3))
    assert len(first) == 3


def test_the_ingest_benchmark_measures_every_stage_of_a_small_run(tmp_path: Path) -> None:
    run = ingest_benchmark.measure(60, tmp_path, flow=False)
    assert run["first"]["captured"] == 60
    assert set(run["first"]["stages"]) == {"discover", "capture", "structure", "commit", "publish"}
    assert run["again"]["unchanged"] == 60
    assert run["peak_mib"] >= run["peak_parent_mib"] > 0
    assert "| 60 |" in ingest_benchmark.table([run])
    assert list(tmp_path.iterdir()) == []
