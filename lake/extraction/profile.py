"""What a site profile is: selectors as data, in dated layouts.

A profile says how one site's pages are read. Its layouts are tried newest evidence first; those whose
dates exclude the capture time are tried last, so that an old capture stays readable and a layout that
outlived its dates still works.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Layout", "Profile"]


@dataclass(frozen=True, slots=True)
class Layout:
    """One page layout of a site. Selectors are CSS; each tuple is tried in order, the first match wins.

    ``time``, ``source`` … may match an element that holds more (``来源：X 2022年…``): the readers of dates
    and names take their part. ``drop`` is removed from the container before it is read. ``data`` turns the
    page's own JSON into fields where the page has it (keys: title, body_html, published_at, media,
    authors, digest, tags), and is tried before the selectors.
    """

    name: str
    body: tuple[str, ...]
    title: tuple[str, ...] = ()
    time: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    editor: tuple[str, ...] = ()
    digest: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    data: Callable[[str], Mapping[str, Any] | None] | None = None
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """One site: ``name`` is the article's ``site``, ``hosts`` match themselves and their subdomains.

    ``zone`` is the IANA zone of its visible times. ``article_id`` gives the site's own id from the URL
    (first group of a regular expression); None where the URL itself is the identity.
    """

    name: str
    hosts: tuple[str, ...]
    layouts: tuple[Layout, ...]
    zone: str = "Asia/Shanghai"
    language: str = "zh"
    article_id: str | None = None
