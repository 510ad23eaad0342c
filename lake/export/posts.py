"""An article as a post of the seed archive: front matter, digest, HTML with the site's marks, address.

The HTML is made from ``body_markdown``; mentions that markup showed, glossary terms and charts get EastMoney's
marks (as in the posts of 2022), so that they are read back. What the form cannot say (authors, another language
than Chinese, an id that no address tells) can be stated beside it (lake.extraction.stated).
"""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from bs4 import BeautifulSoup
from bs4.element import NavigableString
from markdown_it import MarkdownIt

from lake.extraction.stated import line

__all__ = ["post_name", "post_text"]

_ZONE = ZoneInfo("Asia/Shanghai")
_QUOTE = "http://quote.eastmoney.com/unify/r/"
_MARKDOWN = MarkdownIt("commonmark", {"xhtmlOut": True}).enable(["table", "strikethrough"])


def post_name(row: Mapping[str, Any]) -> str:
    """The file name of an article: its date and the last part of its id."""
    return f"{_local(row):%Y-%m-%d}-{re.sub(r'[^0-9A-Za-z._-]', '_', row['article_id'].partition(':')[2])}.md"


def post_text(row: Mapping[str, Any], stated: Mapping[str, Any] | None = None) -> str:
    """The post of an article, from a row of the view ``articles``; its front matter also states these columns."""
    parts = ["\n".join(_front_matter(row, stated)), ""]
    if row["digest"]:
        parts += [f"> {_line(row['digest'])}", ""]
    if body := _body(row):
        parts += [body, ""]
    if row["url"]:
        parts += [f"<{row['url']}>"]
    return "\n".join(parts) + "\n"


def _front_matter(row: Mapping[str, Any], stated: Mapping[str, Any] | None) -> Iterator[str]:
    yield from ("---", "layout: post")
    yield f'title: "{html.escape(_line(row["title"] or ""), quote=False)}"'
    yield f"date: {_local(row):%Y-%m-%d %H:%M:%S %z}"
    if row["category"]:
        yield f"categories: {_line(row['category'])}"
    if row["tags"]:
        tags = ", ".join(map(_line, row["tags"]))
        yield f"tags: {tags}" if len(row["tags"]) == 1 else f"tags: [{tags}]"
    if stated:
        yield line(stated)
    yield "---"


def _line(text: str) -> str:
    return " ".join(text.split())


def _local(row: Mapping[str, Any]) -> dt.datetime:
    return row["published_at"].astimezone(_ZONE)  # type: ignore[no-any-return]


def _body(row: Mapping[str, Any]) -> str:
    if row["digest"] and row["body_text"] == row["digest"] and not row["images"]:
        return "".join(map(_chart, row["charts"] or ()))  # a post with a digest alone
    soup = BeautifulSoup(_MARKDOWN.render(row["body_markdown"] or ""), "html.parser")
    for image in row["images"] or ():
        _complete_image(soup, image)
    for term in row["glossary"] or ():
        _mark(soup, term["term"], '<span id="{id}"><a class="infokey">{name}</a></span>', term["term_id"])
    for mention in row["mentions"] or ():
        if mention["marked_by"] == "markup" and mention["name"] and mention["market"] is not None:
            _mark_mention(soup, mention)
    ends = [f"<p>（责任编辑：{html.escape(row['editor'])}）</p>"] if row["editor"] else []
    ends += [f'<p class="em_media">（文章来源：{html.escape(row["media"])}）</p>'] if row["media"] else []
    return "".join([*map(_chart, row["charts"] or ()), str(soup).strip(), *ends])


def _complete_image(soup: BeautifulSoup, image: Mapping[str, Any]) -> None:
    """Give an image what Markdown leaves out: its original's address and its size."""
    tag = soup.find("img", src=image["url"])
    if tag is not None:
        facts = {"orginial_src": image["original_url"], "width": image["width"], "height": image["height"]}
        tag.attrs.update({name: str(value) for name, value in facts.items() if value is not None})


def _mark_mention(soup: BeautifulSoup, mention: Mapping[str, Any]) -> None:
    pair = f"{mention['market']}.{mention['code']}"
    span, quote = ("bk", "bkquote") if pair.startswith("90.") else ("stock", "quote")
    data = html.escape(pair.replace(".", ",", 1))
    first = (
        f'<span id="{span}_{{id}}"><a href="{_QUOTE}{{id}}" class="keytip" data-code="{data}">{{name}}</a></span>'
        f'<span id="{quote}_{{id}}"></span>'
    )
    later = (
        f'<span web="1" href="{_QUOTE}{{id}}" class="em_stock_key_common" data-code="{data}">{{name}}</span>'
    )
    _mark(soup, mention["name"], first, pair)
    for _ in range((mention["count"] or 1) - 1):
        _mark(soup, mention["name"], later, pair)


def _mark(soup: BeautifulSoup, name: str, form: str, ident: str) -> None:
    """Put a mark around the first occurrence of a name that has none yet."""
    for text in soup.find_all(string=True):
        if name and name in text and text.find_parent(["a", "span", "code"]) is None:
            before, _, after = str(text).partition(name)
            inner = form.replace("{id}", html.escape(ident)).replace("{name}", html.escape(name, quote=False))
            pieces = [
                NavigableString(before),
                *BeautifulSoup(inner, "html.parser").contents,
                NavigableString(after),
            ]
            text.replace_with(*pieces)
            return


def _chart(chart: Mapping[str, Any]) -> str:
    code = html.escape(f"{chart['kind'] or 'K'} {chart['code']}|{chart['market']}|1")
    return (
        f'<!-- EM_StockImg_Start --><p style="text-align:center;"><img src="{html.escape(chart["url"])}" '
        f'data-code="{code}" /></p><!-- EM_StockImg_End -->'
    )
