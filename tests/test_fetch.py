from __future__ import annotations

import asyncio
import datetime as dt
import json
import pickle
import socket
from collections.abc import Iterator
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lake.errors import Reject, Usage
from lake.settings import Limits
from lake.sources.fetch import FetchFailed, FetchSettings, Pace, Response, item
from lake.sources.http.addresses import is_public
from lake.sources.http.decoding import decoded
from lake.sources.http.failures import retry_after
from lake.sources.http.wire import parse_url
from tests.fetching import QUICK, download, fetch, fetch_all, quick
from tests.site import Reply, Site
from tests.site.http2 import Http2Site, write_certificate
from tests.site.traps import FILE, PACKERS

BOTH = frozenset({"127.0.0.1", "localhost"})


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


def refusal(url: str, settings: FetchSettings = QUICK) -> Reject:
    with pytest.raises(Reject) as caught:
        fetch(url, settings)
    assert caught.value.stage == "capture"
    return caught.value


def failure(url: str, settings: FetchSettings = QUICK) -> FetchFailed:
    with pytest.raises(FetchFailed) as caught:
        fetch(url, settings)
    return caught.value


def elsewhere(site: Site, path: str = "") -> str:
    """The site under its other host name."""
    return site.base.replace("127.0.0.1", "localhost") + path


# An answer


def test_an_answer_holds_the_page_and_its_facts(site: Site) -> None:
    code = site.news.publish()[0]
    url = f"{site.base}/a/{code}.html#top"
    begun = dt.datetime.now(dt.UTC)
    response = fetch(url)
    assert response.status == 200 and not response.not_modified
    assert (response.url, response.final_url, response.redirects) == (url, url.removesuffix("#top"), ())
    assert 'id="ContentBody"' in response.body.decode()
    assert begun <= response.fetched_at <= dt.datetime.now(dt.UTC)
    assert response.etag and response.modified


def test_an_item_is_the_response_ready_to_capture(site: Site) -> None:
    cookie = {"set-cookie": "visitor=12345", "x-cache": "HIT"}
    site.faults.add("cookie", "^/list/", reply=lambda: Reply(b"<p>text</p>", headers=cookie))
    response = fetch(f"{site.base}/trap/redirect?to=/list/")
    captured = item(response)
    assert captured.origin.text == f"{site.base}/trap/redirect?to=/list/"
    assert (captured.body, captured.http_status) == (b"<p>text</p>", 200)
    assert captured.content_type == "text/html; charset=utf-8"
    assert captured.fetched_at == response.fetched_at
    headers = dict(captured.http_headers)
    assert headers["x-cache"] == "HIT" and "set-cookie" not in headers
    assert headers["x-newslake-redirect"] == f"{site.base}/list/"


def test_every_request_says_who_asks(site: Site) -> None:
    fetch(f"{site.base}/echo")
    assert [request.path for request in site.log] == ["/robots.txt", "/echo"]
    for request in site.log:
        assert request.headers["user-agent"].startswith("newslake/")
        assert request.headers["user-agent"].endswith(" (+tests@newslake.example)")


@pytest.mark.parametrize("contact", ["", "  ", "新闻@example.org", "a@example.org\r\nX-More: 1"])
def test_a_contact_that_no_header_can_hold_is_refused(contact: str) -> None:
    with pytest.raises(Usage, match="contact"):
        FetchSettings(contact=contact)


def test_a_source_may_send_headers_but_not_another_name(site: Site) -> None:
    sent = json.loads(
        fetch(f"{site.base}/echo", headers={"Referer": "https://a.example/", "Accept": "text/x"}).body
    )
    assert (sent["referer"], sent["accept"]) == ("https://a.example/", "text/x")
    for name, value in (
        ("User-Agent", "another"),
        ("Host", "a.example"),
        ("Referer", "a\r\nX-More: b"),
        ("Ключ", "b"),
    ):
        with pytest.raises(Usage, match=name.lower()):
            fetch(f"{site.base}/echo", headers={name: value})


def test_an_address_may_be_asked_by_post_but_not_where_it_leads(site: Site) -> None:
    sent = json.loads(
        fetch(f"{site.base}/echo", post=b'{"a": 1}', headers={"Content-Type": "application/json"}).body
    )
    assert (sent["content-length"], sent["content-type"]) == ("8", "application/json")
    fetch(f"{site.base}/trap/redirect?to=/echo", post=b"")
    asked = [(request.method, request.body) for request in site.log if request.path != "/robots.txt"]
    assert asked == [("POST", b'{"a": 1}'), ("POST", b""), ("GET", b"")]


def test_the_name_may_be_written_as_crawlers_do(site: Site) -> None:
    sent = json.loads(fetch(f"{site.base}/echo", compatible=True).body)
    assert sent["user-agent"].startswith("Mozilla/5.0 (compatible; newslake/")
    assert sent["user-agent"].endswith("; +tests@newslake.example)")


def test_a_source_s_headers_stay_with_its_host(site: Site) -> None:
    url = f"{site.base}/trap/redirect?to={elsewhere(site)}/echo"
    sent = json.loads(fetch(url, quick(allow_hosts=BOTH), headers={"X-Key": "secret"}).body)
    assert sent["host"].startswith("localhost") and "x-key" not in sent


def test_an_unchanged_page_is_not_sent_again(site: Site) -> None:
    code = site.news.publish()[0]
    url = f"{site.base}/a/{code}.html"
    first = fetch(url)
    for known in ({"etag": first.etag}, {"modified": first.modified}):
        again = fetch(url, **known)
        assert (again.status, again.not_modified, again.body) == (304, True, b"")
    site.news.advance(minutes=1)
    site.news.correct(code)
    changed = fetch(url, etag=first.etag, modified=first.modified)
    assert changed.status == 200 and "更正" in changed.body.decode()


# What goes wrong for a while


@pytest.mark.parametrize("fault", ["500", "503", "429", "garbage", "cut", "refuse"])
def test_a_fault_that_passes_costs_an_attempt_and_no_page(site: Site, fault: str) -> None:
    site.faults.add(fault, "/list/", times=2)
    assert fetch(f"{site.base}/list/").status == 200
    assert [request.fault for request in site.requests("/list/")] == [fault, fault, ""]


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("500", "http_500"),
        ("429", "http_429"),
        ("garbage", "protocol"),
        ("cut", "protocol"),
        ("never", "timeout"),
    ],
)
def test_a_fault_that_stays_is_left_to_a_later_run(site: Site, fault: str, reason: str) -> None:
    site.faults.add(fault, "/list/")
    found = failure(f"{site.base}/list/", quick(read=0.2))
    assert found.reason == reason and found.detail
    assert site.asked("/list/") == QUICK.attempts
    assert found.as_reject().reason == reason
    assert pickle.loads(pickle.dumps(found)).detail == found.detail


@pytest.mark.parametrize("path", ["drip", "headers/drip"])
def test_an_answer_without_end_meets_the_time_limit(site: Site, path: str) -> None:
    assert failure(f"{site.base}/trap/{path}", quick(total=0.4, attempts=1)).reason == "timeout"


def test_a_download_that_drips_is_given_up(site: Site, tmp_path: Path) -> None:
    with (tmp_path / "file").open("w+b") as file, pytest.raises(FetchFailed, match="timeout: only"):
        download(f"{site.base}/trap/drip", file, 1 << 20, quick(total=0.3, attempts=1))


def test_a_server_that_takes_no_connection_meets_the_time_limit() -> None:
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for waiting in (first, second):
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        found = failure(f"http://127.0.0.1:{full.getsockname()[1]}/", quick(connect=0.3, attempts=1))
    assert found.reason == "robots_unreachable" and "too long" in found.detail


def test_headers_without_measure_are_refused(site: Site) -> None:
    assert failure(f"{site.base}/trap/headers", quick(attempts=1)).reason == "protocol"


@pytest.mark.parametrize("by", ["seconds", "date"])
def test_a_short_retry_after_is_waited_out(site: Site, by: str) -> None:
    now = dt.datetime.now(dt.UTC)
    after = {"retry-after": "1"}
    if by == "date":
        after = {"retry-after": format_datetime(now + dt.timedelta(seconds=1), usegmt=True)}
        after["date"] = format_datetime(now, usegmt=True)
    site.faults.add("later", "/list/", times=1, reply=lambda: Reply(b"later", status=429, headers=after))
    assert fetch(f"{site.base}/list/").status == 200
    first, second = site.requests("/list/")
    assert second.at - first.at > 0.9


def test_waits_double_and_do_not_march_in_step(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    sleep = asyncio.sleep

    async def noted(seconds: float, *rest: Any) -> Any:
        waits.append(seconds)
        return await sleep(0, *rest)

    site.faults.add("500", "/list/")
    monkeypatch.setattr(asyncio, "sleep", noted)
    for _ in range(5):
        failure(f"{site.base}/list/", quick(attempts=3, backoff=4.0, patience=60))
    firsts, seconds = waits[0::2], waits[1::2]
    assert all(2 <= wait <= 6 for wait in firsts) and all(4 <= wait <= 12 for wait in seconds)
    assert len(set(firsts)) == len(firsts)


@pytest.mark.parametrize("status", [401, 403, 404, 410, 451, 501])
def test_a_final_refusal_is_not_asked_again(site: Site, status: int) -> None:
    assert refusal(f"{site.base}/trap/status/{status}").reason == f"http_{status}"
    assert site.asked("/trap") == 1


def test_no_server_is_a_failure_that_may_pass(site: Site) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        found = failure(f"http://127.0.0.1:{taken.getsockname()[1]}/")
    assert found.reason == "robots_unreachable" and "connection" in found.detail


def test_a_host_that_asks_to_wait_long_is_left_alone(site: Site) -> None:
    first, second = fetch_all([f"{site.base}/trap/status/429?after=3600", f"{site.base}/list/"])
    assert isinstance(first, FetchFailed) and isinstance(second, FetchFailed)
    assert second.reason == "host_waits" and second.wait is not None and second.wait > 3000
    assert site.asked("/trap") == 1 and site.asked("/list/") == 0


def test_a_host_that_is_down_is_not_asked_for_every_page(site: Site) -> None:
    site.faults.add("500", "/a/")
    found = fetch_all([f"{site.base}/a/{n}.html" for n in range(20)], quick(attempts=2))
    assert all(isinstance(each, FetchFailed) for each in found)
    assert site.asked("/a/") == 5 * 2


@pytest.mark.parametrize("between", ["list/", "trap/status/404"])
def test_single_broken_pages_do_not_close_a_host(site: Site, between: str) -> None:
    site.faults.add("500", "/a/")
    fetch_all([f"{site.base}/{path}" for _ in range(8) for path in ("a/1.html", between)], quick(attempts=1))
    assert site.asked("/a/") == 8


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "120"}, 120),
        ({"retry-after": "0"}, 0),
        ({"retry-after": "Mon, 23 Nov 2026 10:02:00 GMT", "date": "Mon, 23 Nov 2026 10:00:00 GMT"}, 120),
        ({"retry-after": "Mon, 23 Nov 2026 10:02:00 GMT"}, 3720),
        ({"retry-after": "Mon, 23 Nov 2020 10:02:00 GMT"}, 0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-5"}, None),
        ({}, None),
    ],
)
def test_retry_after_by_seconds_or_by_the_server_s_clock(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert retry_after(headers, dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)) == seconds


# Redirects


def test_redirects_are_followed_and_recorded(site: Site) -> None:
    response = fetch(f"{site.base}/trap/chain/2")
    hops = [f"{site.base}/trap/chain/1", f"{site.base}/trap/chain/0", f"{site.base}/"]
    assert response.redirects == tuple(hops) and response.final_url == hops[-1]
    assert response.body == b"<html><body>home</body></html>"


@pytest.mark.parametrize("path", ["/trap/loop/a", "/trap/chain/50"])
def test_redirects_without_end_are_refused(site: Site, path: str) -> None:
    assert refusal(site.base + path).reason == "redirect_loop"
    assert site.asked("/trap") <= QUICK.redirects + 1


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("http://localhost:{port}/list/", "private_address"),
        ("http://[::1]:{port}/list/", "private_address"),
        ("http://2130706433:{port}/list/", "private_address"),
        ("http://169.254.169.254/latest/meta-data/", "private_address"),
        ("/private/page", "robots"),
        ("ftp://127.0.0.1/list/", "bad_url"),
        ("file:///etc/passwd", "bad_url"),
        ("http://name:word@127.0.0.1:{port}/list/", "bad_url"),
    ],
)
def test_a_redirect_leads_nowhere_that_is_closed(site: Site, target: str, reason: str) -> None:
    port = site.base.rsplit(":", 1)[1]
    found = refusal(f"{site.base}/trap/redirect?to={target.format(port=port)}")
    assert found.reason == reason
    assert {request.path for request in site.log} == {"/robots.txt", "/trap/redirect"}


# Addresses


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07::1", True),
        ("64:ff9b::5db8:d70e", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("fec0::1", False),
        ("ff0e::1", False),
        ("2001:db8::1", False),
        ("3fff::1", False),
        ("5f00::1", False),
        ("::127.0.0.1", False),
        ("::ffff:0:7f00:1", False),
        ("64:ff9b:1::7f00:1", False),
        ("::ffff:169.254.169.254", False),
        ("100.127.255.255", False),
        ("198.18.0.1", False),
        ("240.0.0.1", False),
        ("::ffff:127.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
    ],
)
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_a_private_host_is_asked_nothing_unless_it_is_allowed(site: Site) -> None:
    assert refusal(site.base, quick(allow_hosts=frozenset())).reason == "private_address"
    assert refusal(elsewhere(site)).reason == "private_address"
    assert site.log == []
    assert fetch(elsewhere(site), quick(allow_hosts=BOTH)).status == 200


@pytest.mark.parametrize(
    "host",
    [
        *("127.1", "0177.0.0.1", "0x7f.1", "0x7f000001", "017700000001", "2130706433"),
        *("0.0.0.0", "0", "localhost", "LOCALHOST", "169.254.169.254", "10.0.0.1", "100.64.0.1"),
        *(
            "[::1]",
            "[::]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[::ffff:a9fe:a9fe]",
            "[fe80::1]",
            "[fd00::1]",
        ),
        *(
            "224.0.0.1",
            "192.168.0.1",
            "172.31.255.255",
            "[64:ff9b::7f00:1]",
            "[2002:7f00:1::]",
            "１２７.0.0.1",
        ),
    ],
)
def test_no_spelling_of_a_private_address_is_connected_to(site: Site, host: str) -> None:
    found = refusal(f"http://{host}:{site.base.rsplit(':', 1)[1]}/list/", quick(allow_hosts=frozenset()))
    assert found.reason in ("private_address", "bad_url")
    assert site.log == []


def resolving(monkeypatch: pytest.MonkeyPatch, answers: list[list[str]]) -> None:
    """Let every name have these addresses, one list after the other; the last one stays."""

    def getaddrinfo(_host: Any, port: Any, *_: Any, **__: Any) -> list[Any]:
        addresses = answers.pop(0) if len(answers) > 1 else answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


UNROUTED = "192.88.99.1"
"""A public address that leads nowhere: the relay of RFC 3068, withdrawn by RFC 7526."""


def test_a_name_that_turns_to_a_private_address_gains_nothing(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"http://news.example:{site.base.rsplit(':', 1)[1]}/list/"
    resolving(monkeypatch, [[UNROUTED], ["127.0.0.1"]])
    assert failure(url, quick(connect=0.2, attempts=1)).reason == "robots_unreachable"
    resolving(monkeypatch, [[UNROUTED], ["127.0.0.1"]])
    assert refusal(url, quick(connect=0.2, attempts=2)).reason == "private_address"
    assert site.log == []


def test_a_name_with_a_private_address_among_others_is_not_connected_there(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolving(monkeypatch, [["127.0.0.1", UNROUTED]])
    url = f"http://news.example:{site.base.rsplit(':', 1)[1]}/list/"
    assert failure(url, quick(connect=0.2, attempts=1)).reason == "robots_unreachable"
    assert site.log == []


@pytest.mark.parametrize(
    "url",
    [
        "",
        "news.example/a",
        "ftp://a.example/",
        "http://",
        "http://a b/",
        "http://u:p@a.example/",
        "http://[x/",
    ],
)
def test_no_address_of_a_page(url: str) -> None:
    with pytest.raises(Reject, match="bad_url"):
        parse_url(url)


def test_an_address_goes_over_the_wire_in_ascii() -> None:
    url = parse_url(" https://新闻.example/财经/a b.html?q=股票#x ")
    assert str(url) == "https://xn--efvy88h.example/%E8%B4%A2%E7%BB%8F/a%20b.html?q=%E8%82%A1%E7%A5%A8"


# Size


@pytest.mark.parametrize("path", ["endless", "declared"])
def test_a_body_beyond_the_limit_is_refused(site: Site, path: str) -> None:
    assert refusal(f"{site.base}/trap/{path}").reason == "too_large"


@pytest.mark.parametrize("coding", PACKERS)
def test_packed_pages_are_unpacked(site: Site, coding: str) -> None:
    assert fetch(f"{site.base}/trap/coding/{coding}").body.decode() == "新闻" * 2_000


@pytest.mark.parametrize("coding", PACKERS)
def test_a_bomb_is_refused(site: Site, coding: str) -> None:
    limits = Limits(item_bytes=8 << 20, ratio_floor=1 << 20)
    found = refusal(f"{site.base}/trap/bomb/{coding}", quick(limits=limits))
    assert found.reason in ("bomb", "too_large")


@pytest.mark.parametrize("coding", PACKERS)
@pytest.mark.parametrize("way", ["claimed", "halved"])
def test_damaged_packing_may_pass(site: Site, coding: str, way: str) -> None:
    assert failure(f"{site.base}/trap/{way}/{coding}", quick(attempts=1)).reason == "corrupt"


def test_a_coding_nobody_asked_for_is_refused(site: Site) -> None:
    assert refusal(f"{site.base}/trap/claimed/lzma").reason == "unknown_coding"
    assert refusal(f"{site.base}/trap/claimed/gzip,gzip,gzip").reason == "unknown_coding"


@given(st.binary(max_size=3_000), st.sampled_from(sorted(PACKERS)), st.floats(0, 1))
@settings(max_examples=150, deadline=None)
def test_codings_give_the_whole_body_or_none(body: bytes, coding: str, part: float) -> None:
    packed = PACKERS[coding](body)
    assert decoded(packed, coding, Limits()) == body
    cut = packed[: int(part * (len(packed) - 1))]
    if cut:
        try:
            assert decoded(cut, coding, Limits()) == body  # what is missing was only its checksum
        except FetchFailed as failed:
            assert failed.reason == "corrupt"


def test_codings_one_over_the_other_and_members_one_behind_the_other() -> None:
    gzip, br, zstd = PACKERS["gzip"], PACKERS["br"], PACKERS["zstd"]
    assert decoded(br(gzip(b"text")), "gzip, BR", Limits()) == b"text"
    assert decoded(gzip(b"one ") + gzip(b"two"), "x-gzip", Limits()) == b"one two"
    assert decoded(gzip(b"one") + b"\0\0trailing", "gzip", Limits()) == b"one"
    assert decoded(zstd(b"one ") + zstd(b"two"), "zstd", Limits()) == b"one two"
    assert decoded(b"", "gzip", Limits()) == b""
    assert decoded(b"as it is", "identity", Limits()) == b"as it is"


# Large files


def broken_off(tag: str) -> Reply:
    return Reply(FILE, headers={"etag": tag}, cut=200_000, packable=False)


def test_a_download_goes_on_where_it_broke_off(site: Site, tmp_path: Path) -> None:
    site.faults.add("cut", "/trap/file", times=1, reply=lambda: broken_off('"one"'))
    with (tmp_path / "file").open("w+b") as file:
        response = download(f"{site.base}/trap/file?tag=one", file, 1 << 20)
        assert response.status == 206 and response.body == b""
    assert (tmp_path / "file").read_bytes() == FILE
    asked = [request.headers.get("range") for request in site.requests("/trap/file")]
    assert asked[0] is None and asked[1] is not None and int(asked[1][6:-1]) > 0


@pytest.mark.parametrize("tag", ["", '"another"', 'W/"one"'])
def test_a_download_of_another_file_begins_anew(site: Site, tmp_path: Path, tag: str) -> None:
    site.faults.add("cut", "/trap/file", times=1, reply=lambda: broken_off(tag))
    with (tmp_path / "file").open("w+b") as file:
        assert download(f"{site.base}/trap/file?tag=one", file, 1 << 20).status == 200
    assert (tmp_path / "file").read_bytes() == FILE
    ranges = [request.headers.get("range") for request in site.requests("/trap/file")]
    assert (ranges[1] is not None) == (tag == '"another"')


def test_a_part_that_was_not_asked_for_is_not_joined(site: Site, tmp_path: Path) -> None:
    wrong = {"content-range": "bytes 5-499999/500000", "etag": '"one"'}
    site.faults.add("cut", "/trap/file", times=1, reply=lambda: broken_off('"one"'))
    site.faults.add("part", "/trap/file", times=1, reply=lambda: Reply(FILE[5:], status=206, headers=wrong))
    with (tmp_path / "file").open("w+b") as file:
        download(f"{site.base}/trap/file?tag=one", file, 1 << 20)
    assert (tmp_path / "file").read_bytes() == FILE


@pytest.mark.parametrize("path", ["file", "endless", "declared"])
def test_a_download_has_a_limit_too(site: Site, tmp_path: Path, path: str) -> None:
    with (tmp_path / "file").open("w+b") as file, pytest.raises(Reject, match="too_large"):
        download(f"{site.base}/trap/{path}", file, 400_000)
    assert (tmp_path / "file").stat().st_size <= 400_000


# Pace


def test_a_host_is_asked_no_more_at_once_than_its_pace_says(site: Site) -> None:
    site.faults.add("late", "/list/", reply=lambda: Reply(b"late", delay=0.05))
    urls = [f"{site.base}/list/?n={n}" for n in range(12)]
    found = fetch_all(urls, quick(pace=Pace(delay=0, concurrency=3)), at_once=True)
    assert all(isinstance(each, Response) for each in found)
    assert site.busiest == 3


def test_all_hosts_together_are_asked_no_more_than_the_settings_say(site: Site) -> None:
    site.faults.add("late", "/list/", reply=lambda: Reply(b"late", delay=0.05))
    urls = [f"{base}/list/?n={n}" for n in range(8) for base in (site.base, elsewhere(site))]
    found = fetch_all(urls, quick(allow_hosts=BOTH, concurrency=2), at_once=True)
    assert all(isinstance(each, Response) for each in found)
    assert site.busiest == 2


def test_a_host_s_own_pace_wins(site: Site) -> None:
    paces = {site.base.removeprefix("http://"): Pace(delay=3600)}
    robots, page = site.base + "/robots.txt", site.base + "/list/"
    found = fetch_all([robots, page, elsewhere(site)], quick(allow_hosts=BOTH, paces=paces))
    assert [getattr(each, "reason", "") for each in found[1:]] == ["host_waits", ""]


# HTTP/2


def test_http2_is_spoken_where_the_server_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = write_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with Http2Site(certificate) as site:
        urls = [f"{site.base}/{n}" for n in range(20)]
        found = fetch_all(urls, quick(allow_hosts=BOTH), at_once=True)
        bodies = [each.body.decode() if isinstance(each, Response) else repr(each) for each in found]
        assert bodies == [f"/{n}" for n in range(20)]
        assert site.connections == 1


def test_a_source_s_headers_do_not_leave_tls(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = write_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with Http2Site(certificate) as secure:
        url = f"{secure.base}/to/{elsewhere(site)}/echo"
        response = fetch(url, quick(allow_hosts=BOTH), headers={"X-Key": "secret"})
    assert response.final_url == elsewhere(site, "/echo")
    assert "x-key" not in json.loads(response.body)


def test_a_certificate_that_nobody_vouches_for_is_a_failure(tmp_path: Path) -> None:
    with Http2Site(write_certificate(tmp_path)) as site:
        found = failure(f"{site.base}/1", quick(allow_hosts=BOTH))
        assert "certificate" in found.detail and site.paths == []
