"""The picture between an article's heading and its text, which templates set outside of the text's container."""

from __future__ import annotations

import re
from dataclasses import replace

from lake.extraction import markdown
from lake.extraction.cleaning import Content, read
from lake.extraction.container import LEFT_OUT
from lake.extraction.generic import Area
from lake.extraction.outline import Outline
from lake.extraction.prose import HEADINGS
from lake.extraction.tokens import Tokens
from lake.model import Image

__all__ = ["with_lead"]

_PICTURES = frozenset(("img", "amp-img"))
_NO_LEAD = re.compile(
    r"avatar|author|logo|icon|profile|byline|gravatar|emoji|share|social|sprite|badge|banner|qr-?code|weixin|advert|promo|paypal|dummy|spacer|blank|\.gif\b",
    re.IGNORECASE,
)
"""What the attributes of small pictures in an article's head say."""
_SMALLEST = 100
"""Declared width below which a picture is none of the article's."""
_HAN = re.compile("[\u4e00-\u9fff]")
_FIRST = 100
"""Characters of the text that tell whether it is Chinese: there the first picture outside of a figure is its account's."""
_FARTHEST, _LONGEST, _MOST = 400, 60, 5
"""Tags from the heading in which it is looked for, tags of a figure, and pictures looked at."""


def with_lead(content: Content, page: Outline, area: Area, address: str | None) -> Content:
    """The content with the picture that stands between the page's heading and the container, if there is one."""
    stop = page.starts[area.container]
    headings = [
        page.stops[index]
        for index in range(area.container)
        if page.tags[index] in HEADINGS and page.tags[index] <= "h2" and page.stops[index] < stop
    ]
    start = headings[-1] if headings else stop
    if stop - start > _FARTHEST:
        return content
    for number in _pictures(page, start, stop):
        figure = _figure(page.tokens, number, start, stop)
        found = read(figure, balanced=True, base_url=address).images
        shown = figure.names[1] == "figure" or not _HAN.search(content.text[:_FIRST])
        if shown and found and (found[0].width or _SMALLEST) >= _SMALLEST:
            return _put_first(content, found[0])
    return content


def _pictures(page: Outline, start: int, stop: int) -> list[int]:
    """The first pictures among these tags that may be the article's, by their attributes and what they stand in."""
    tags = zip(
        range(start, stop), page.tokens.names[start:stop], page.tokens.attributes[start:stop], strict=True
    )
    found = [number for number, name, said in tags if name in _PICTURES and not _NO_LEAD.search(said)]
    return [number for number in found[:_MOST] if not _left_out(page, number)]


def _figure(tokens: Tokens, picture: int, start: int, stop: int) -> Tokens:
    """The figure around a picture, else the picture and what stands right behind it, where its caption may be."""
    names = tokens.names
    first = next(
        (n for n in range(picture, max(start, picture - _LONGEST), -1) if names[n] == "figure"), picture
    )
    end = "/figure" if first < picture else "img"
    last = next((n for n in range(picture + 1, min(stop, picture + _LONGEST)) if names[n] == end), stop)
    if first < picture and last == stop:
        first = picture  # its end is missing, or it is another picture's
    stretch = slice(first, min(last, first + _LONGEST))
    return Tokens(["div", *names[stretch]], ["", *tokens.attributes[stretch]], ["", *tokens.texts[stretch]])


def _left_out(page: Outline, number: int) -> bool:
    """Whether a tag stands in an element that is no article text by its name."""
    return any(
        value <= LEFT_OUT and page.starts[index] <= number <= page.stops[index]
        for index, value in enumerate(page.values)
    )


def _put_first(content: Content, image: Image) -> Content:
    if any(one.url == image.url for one in content.images):
        return content
    marked = markdown.image(image.caption or image.alt or "", image.url)
    whole = f"{marked}\n\n{content.markdown}" if content.markdown else marked
    return replace(content, images=(image, *content.images), markdown=whole)
