"""Posts of the seed archive: Markdown files with front matter around an EastMoney article.

    front matter, "> digest", the article's HTML (or plain text), "<url>", a line of links back

Every variant named here was seen in the archive's posts of 2021-22: digest without ``>``, digest only,
the medium's copies (``NW``) without digest, site news without URL, stubs without title, date and URL.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from lake.errors import Reject
from lake.extraction import front_matter, identity, ids, markdown
from lake.extraction.cleaning import Content, clean
from lake.extraction.entities import mentions
from lake.extraction.front_matter import FrontMatter
from lake.extraction.stated import stated, with_stated
from lake.extraction.version import EXTRACTOR
from lake.model import Article, Channel

__all__ = ["extract_post", "medium_of_tag"]

SITE_NEWS = "sitenews"
PLAIN_CATEGORIES = ("emnews", SITE_NEWS)
_TAG_SUFFIX = "新闻"
_NO_MEDIUM = "东财滚动新闻"  # the tag of every plain post: the site's own rolling news
_ADDRESS = re.compile(r"<((?:https?://|//)[^<>\s]+|)>")
_TAGGED = re.compile(r"<[a-zA-Z!/]")
_BACK = "[返回"
_END_LINES = 30
"""Lines from the post's end in which its URL is looked for; the archive's posts have at most three behind it."""


@dataclass(frozen=True, slots=True)
class _Parts:
    digest: str | None
    body: str
    url: str | None
    footer: tuple[str, ...]


def extract_post(text: str, *, name: str | None, url: str | None, captured_at: dt.datetime) -> Article:
    """Structure one post.

    Args:
        text: the file's text.
        name: the file's name, which holds date and id.
        url: the address that the file came from, used only where the post names none.
        captured_at: aware; the last resort for the date.

    Raises:
        Reject: stage ``extract``; reason ``no_article``: neither title nor text; ``no_text``: a title alone;
            ``bad_row``: what an export stated in it is damaged.
    """
    head = front_matter.read(text)
    if head is None:
        raise Reject("extract", "no_article", "no front matter at the start of the text")
    said = stated(head) if url is None else {}  # a server could say of any article what it likes
    return with_stated(said, lambda: _read(text, head, name, url, captured_at))


def _read(
    text: str, head: FrontMatter, name: str | None, url: str | None, captured_at: dt.datetime
) -> Article:
    """The article by the post's own form."""
    parts = _split(text, head.end)
    own = ids.native_id(parts.url) or ids.native_id(name)
    title, category = head.text("title"), head.text("categories", "category")
    media_copy = bool(own and own.media) or (not parts.digest and category not in (None, *PLAIN_CATEGORIES))
    channel: Channel = "media" if media_copy else "plain"
    content, digest, digest_only = _read_body(parts, category, parts.url or url)
    if not content.text and not content.markdown and title is None:
        raise Reject("extract", "no_article", f"front matter without title and text in {name or 'the input'}")
    if not content.text and not content.markdown:
        # a headline whose text was not fetched: an article without text would be counted as one everywhere
        raise Reject("extract", "no_text", f"a title and nothing else in {name or 'the input'}: {title}")
    stated = front_matter.parse_date(head.text("date"), ids.SHANGHAI)
    when = ids.published(stated, "front_matter", url=parts.url, name=name, captured_at=captured_at)
    tags = head.words("tags", "tag")
    site, article_id = _identity(
        own, parts.url, name, category, identity.content_key(title, when.at.date(), content.text)
    )
    media = content.source_line or (medium_of_tag(tags) if channel == "media" else None)
    return Article(
        article_id=article_id,
        site=site,
        published_at=when.at,
        date_origin=when.origin,
        extractor=f"{EXTRACTOR}+post",
        url=parts.url,
        title=title,
        digest=digest,
        body_text=content.text,
        body_markdown=content.markdown,
        media=media,
        editor=content.editor,
        category=category,
        tags=tags,
        language="zh",
        mentions=content.mentions,
        charts=content.charts,
        images=content.images,
        glossary=content.glossary,
        links=content.links,
        channel=channel,
        as_of=stated,
        vintage=_vintage(head, parts, title, stated),
        digest_only=digest_only,
        rules={
            "title": "front_matter.title",
            "published_at": when.origin,
            "body_text": "digest" if digest_only else "post body",
            "media": "source line" if content.source_line else "tag" if media else "",
            "article_id": "native id" if own else "file name or address",
        },
    )


def medium_of_tag(tags: tuple[str, ...]) -> str | None:
    """The medium that a media post's tag names: the tag less one trailing ``新闻``."""
    if not tags or tags[0] == _NO_MEDIUM:
        return None
    return tags[0].removesuffix(_TAG_SUFFIX).strip() or None


def _split(text: str, start: int) -> _Parts:
    """Part the content after the front matter: digest at its start, URL and footer at its end."""
    url, footer, end = _take_end(text, start)
    digest, start = _take_digest(text, start, end)
    return _Parts(digest, text[start:end].strip(), url, footer)


def _take_end(text: str, start: int) -> tuple[str | None, tuple[str, ...], int]:
    """The URL, the footer's lines, and where the content before them ends.

    Lines of anything may stand behind the URL where it is an article's of the site: the body is markup on
    lines of its own and never holds such a line. Behind another address they are text.
    """
    footer: list[str] = []
    end, lines = len(text), 0
    content: int | None = None
    while end > start and lines < _END_LINES:
        begin = max(text.rfind("\n", start, end) + 1, start)
        line = text[begin:end].strip()
        found = _ADDRESS.fullmatch(line)
        if found and (content is None or ids.native_id(found[1])):
            return found[1] or None, tuple(footer), max(begin - 1, start)
        if line and content is None:
            if line.startswith(_BACK):
                footer.append(line)
            else:
                content = end
        lines += bool(line)
        end = max(begin - 1, start)
    return None, tuple(footer), end if content is None else content


def _take_digest(text: str, start: int, end: int) -> tuple[str | None, int]:
    """The block quote at the content's start, and where the rest begins."""
    while start < end and text[start].isspace():
        start += 1
    if start >= end or text[start] != ">":
        return None, start
    lines = []
    while start < end:
        stop = text.find("\n", start, end)
        stop = end if stop < 0 else stop
        line = text[start:stop].strip()
        if not line or line[0] == "<":
            break
        lines.append(line.removeprefix(">").strip())
        start = stop + 1
    return front_matter.resolved(" ".join(line for line in lines if line)) or None, min(start, end)


def _read_body(parts: _Parts, category: str | None, base_url: str | None) -> tuple[Content, str | None, bool]:
    """The content, the digest, and whether the text only repeats the digest."""
    if _TAGGED.search(parts.body):
        content = clean(parts.body, base_url=base_url)
        if content.text or not parts.digest:
            return content, parts.digest, False
        return _repeating(parts.digest, content), parts.digest, True
    plain = _plain(parts.body)
    if not plain or parts.digest or category == SITE_NEWS:
        shown = plain or parts.digest or ""
        return _repeating(shown, None), parts.digest, not plain and bool(parts.digest)
    return _repeating(plain, None), plain, True


def _plain(text: str) -> str:
    paragraphs = (" ".join(paragraph.split()) for paragraph in re.split(r"\n\s*\n", text))
    return front_matter.resolved("\n\n".join(paragraph for paragraph in paragraphs if paragraph))


def _repeating(text: str, content: Content | None) -> Content:
    found = mentions((), content.charts if content else (), text)
    if content is None:
        return Content(text, markdown.paragraphs(text), mentions=found)
    return Content(
        text,
        content.markdown or markdown.paragraphs(text),
        images=content.images,
        charts=content.charts,
        mentions=found,
        source_line=content.source_line,
    )


def _identity(
    own: ids.NativeId | None,
    url: str | None,
    name: str | None,
    category: str | None,
    content: str,
) -> tuple[str, str]:
    """Site and article id: EastMoney's own id, else the address, else the file's name, else the content."""
    if own is not None and category != SITE_NEWS:
        return "eastmoney", f"eastmoney:{own.digits}"
    if url and (address := identity.canonical_url(url)):
        site = ids.host_site(address)
        return site, identity.article_id(site, None, address, content)
    stem = (name or "").rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return "finews", identity.article_id("finews", stem or None, None, content)


def _vintage(head: FrontMatter, parts: _Parts, title: str | None, stated: dt.datetime | None) -> int:
    """The order of the archive's formats, later ones higher; 0 for a stub.

    Plain text came before HTML, dates without a zone before those with one; no footer, then relative links,
    then absolute ones on two lines, then one line (posts of December 2021 to May 2022).
    """
    if title is None and stated is None and parts.url is None:
        return 0
    zone = re.search(r"[+-]\d{4}$", head.text("date") or "") is not None
    markup = _TAGGED.search(parts.body) is not None
    footer = 0
    if parts.footer:
        footer = 3 if len(parts.footer) == 1 and "｜" in parts.footer[0] else 2
        footer = 1 if "](." in parts.footer[0] else footer
    return 1 + 8 * markup + 4 * zone + footer
