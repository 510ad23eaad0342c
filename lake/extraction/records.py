"""JSON records of EastMoney's APIs: one row of a list call with its body, or one article call.

Key names as public programs of 2021-26 and captured answers show them: the seed archive's list (``title``,
``digest``, ``id``, ``url_w``, ``showtime``, ``infoCode``, ``medianame`` with ``content`` or ``text``), its
successor (``code``, ``summary``, ``mediaName``, ``showTime``, ``uniqueUrl``), the article call (``Art_*``), and
companies' announcements (``notice_*``); ``display_time`` and ``uri`` are those of wallstreetcn's article call.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lake.errors import Reject
from lake.extraction import front_matter, identity, ids, markdown
from lake.extraction.cleaning import Content, clean
from lake.extraction.entities import mentions
from lake.extraction.version import EXTRACTOR
from lake.model import Article

__all__ = ["extract_record"]

KEYS = {
    "title": ("title", "Art_Title", "notice_title"),
    "digest": ("digest", "simdigest", "summary", "Art_Digest", "Art_Description"),
    "id": ("id", "code", "newsid", "Art_Code"),
    "code": ("infoCode", "infocode", "art_code"),
    "url": ("url_w", "url", "Art_Url", "uniqueUrl", "url_unique", "Art_UniqueUrl", "url_m", "uri"),
    "time": (
        "showtime",
        "showTime",
        "Art_ShowTime",
        "ordertime",
        "Art_OrderTime",
        "notice_date",
        "display_time",
    ),
    "media": ("medianame", "mediaName", "source", "Art_Media_Name"),
    "author": ("author", "Art_Author_Name"),
    "keywords": ("keywords", "Art_Keyword"),
    "body": ("content", "body", "text", "Art_Content", "notice_content"),
}
"""Field -> keys that hold it, best first."""

WRAPPERS = ("data", "news", "article", "record", "item", "result", "list", "detail")
MAX_WRAPPING = 4
VINTAGE = 17
"""Above every post's: the posts were made from these records, with loss (see ``posts``)."""
_JSONP = re.compile(r"\ufeff?\s*[\w$.]{1,60}\(\s*(?=[{\[])")
_HEAD = re.compile(r"【[^【】]{0,200}】")
_TAGGED = re.compile(r"<[a-zA-Z!/]")
_NOTICE = re.compile(r"AN20\d{16}")
"""The id of a company's announcement: AN, the day, a counter."""
_EPOCH = re.compile(r"\d{10}")


def extract_record(text: str, *, name: str | None, url: str | None, captured_at: dt.datetime) -> Article:
    """Structure one record.

    Raises:
        Reject: stage ``extract``; reason ``broken_json``, ``many_records`` or ``no_article``.
    """
    record = _fields(_parse(text, name))
    title, digest = _line(record, "title"), _digest(record)
    notice = _notice(record)
    address = (notice and notice.address) or _address(_text(record, "url")) or url
    own = next(
        filter(None, map(ids.native_id, (_text(record, "code"), _text(record, "id"), address, name))), None
    )
    content, digest_only = _content(_text(record, "body"), digest, address)
    if not content.text and not title:
        raise Reject("extract", "no_article", f"JSON without title and text in {name or 'the input'}")
    stated = _time(_text(record, "time"))
    native = notice.code if notice else own.digits if own else None
    when = ids.published(stated, "page", url=address, name=native or name, captured_at=captured_at)
    site = "eastmoney" if native else ids.host_site(address) if address else "records"
    key = identity.content_key(title, when.at.date(), content.text)
    return Article(
        article_id=identity.article_id(site, native, identity.canonical_url(address or ""), key),
        site=site,
        published_at=when.at,
        date_origin=when.origin,
        extractor=f"{EXTRACTOR}+record",
        url=address,
        title=title,
        digest=digest,
        body_text=content.text,
        body_markdown=content.markdown,
        media=content.source_line or _line(record, "media"),
        authors=tuple(re.split(r"[\s,，、]+", _line(record, "author") or ""))
        if _line(record, "author")
        else (),
        editor=content.editor,
        tags=tuple(word for part in (_line(record, "keywords") or "").split(",") if (word := part.strip())),
        language="zh",
        mentions=content.mentions,
        charts=content.charts,
        images=content.images,
        glossary=content.glossary,
        links=content.links,
        channel="media" if own and own.media else "plain",
        as_of=stated,
        vintage=VINTAGE,
        digest_only=digest_only,
        rules={
            "title": "record key",
            "published_at": "record key" if stated else when.origin,
            "body_text": "digest" if digest_only else "record body",
            "media": "source line" if content.source_line else "record key",
        },
    )


def _parse(text: str, name: str | None) -> Any:
    if wrapped := _JSONP.match(text):
        text = text[wrapped.end() : text.rfind(")")]
    try:
        return json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise Reject("extract", "broken_json", f"no JSON in {name or 'the input'}: {error}") from error


def _fields(value: Any) -> dict[str, str]:
    """The record's known fields, found through wrapping objects and lists of one."""
    found: dict[str, str] = {}
    level = [value]
    for _ in range(MAX_WRAPPING):
        below: list[Any] = []
        for part in level:
            if isinstance(part, list) and len(part) > 1:
                raise Reject("extract", "many_records", f"a list of {len(part)} records, not one article")
            if isinstance(part, list):
                below += part
            elif isinstance(part, Mapping):
                _take(part, found)
                below += [part[key] for key in WRAPPERS if isinstance(part.get(key), (Mapping, list))]
        level = below
    return found


def _take(part: Mapping[str, Any], found: dict[str, str]) -> None:
    for field, keys in KEYS.items():
        for key in keys:
            value = part.get(key)
            if field not in found and isinstance(value, (str, int)) and str(value).strip():
                found[field] = str(value)
    companies = part.get("security")
    if isinstance(companies, list) and companies and isinstance(companies[0], Mapping):
        found.setdefault("stock", str(companies[0].get("stock", "")))


@dataclass(frozen=True, slots=True)
class _Notice:
    """A company's announcement: its id, and its page, if the company's code is there."""

    code: str
    address: str | None


def _notice(record: Mapping[str, str]) -> _Notice | None:
    code, stock = record.get("code", ""), record.get("stock")
    if not _NOTICE.fullmatch(code):
        return None
    page = f"https://data.eastmoney.com/notices/detail/{stock}/{code}.html"
    return _Notice(code, page if stock else None)


def _time(text: str | None) -> dt.datetime | None:
    """A record's time: a date in Shanghai, or seconds since the epoch."""
    if text and _EPOCH.fullmatch(text):
        return dt.datetime.fromtimestamp(int(text), ids.SHANGHAI)
    return front_matter.parse_date(text, ids.SHANGHAI)


def _text(record: Mapping[str, str], field: str) -> str | None:
    return record.get(field, "").strip() or None


def _line(record: Mapping[str, str], field: str) -> str | None:
    return " ".join(front_matter.resolved(record.get(field, "")).split()) or None


def _digest(record: Mapping[str, str]) -> str | None:
    """The digest without the title in 【】 that the site puts before it."""
    digest = _line(record, "digest")
    return (_HEAD.sub("", digest, count=1) if digest and digest.startswith("【") else digest) or None


def _address(url: str | None) -> str | None:
    if url is None:
        return None
    url = f"https:{url}" if url.startswith("//") else url
    return url if url.startswith(("http://", "https://")) and url.isprintable() else None


def _content(body: str | None, digest: str | None, base_url: str | None) -> tuple[Content, bool]:
    """The content, and whether it only repeats the digest."""
    if body and _TAGGED.search(body):
        content = clean(body, base_url=base_url)
        if content.text or not digest:
            return content, False
    elif body:
        plain = "\n\n".join(line for part in body.split("\n") if (line := " ".join(part.split())))
        return Content(plain, markdown.paragraphs(plain), mentions=mentions((), (), plain)), False
    shown = digest or ""
    return Content(shown, markdown.paragraphs(shown), mentions=mentions((), (), shown)), bool(digest)
