"""Containers that say themselves that they are an article's body: by a vocabulary, or as well-known systems name them.

Asked before any scoring. A name is no proof: templates name the lists of a front page so, and the first sentences above a
paywall, so the element must hold a good part of the page's prose, and be the only such one.
"""

from __future__ import annotations

import re

from lake.extraction.junk import class_of, name_of
from lake.extraction.outline import Outline

__all__ = ["known_container"]

_DECLARED = "articleBody"
"""Value of ``itemprop``: schema.org, Article."""
_NAMES = frozenset(
    (
        "entry-content",  # microformats hAtom and hNews; WordPress' themes
        "e-content",  # microformats2, h-entry
        "wp-block-post-content",  # WordPress' block themes
        "post-content",  # Hexo, Typecho, Ghost and many themes of others
        "post-body",  # Blogger
        "gh-content",  # Ghost's official themes
        "field-name-body",  # Drupal
        "article-body",
        "article-content",
        "article-text",
        "articlebody",
        "articlecontent",
        "articletext",
        "story-body",
        "story-content",
        "trs-editor",  # TRS, the system of Chinese papers and authorities
        "artibody",  # Sina
        "contentbody",  # EastMoney
        "rich-media-content",  # WeChat's public accounts
        "mw-parser-output",  # MediaWiki
    )
)
"""Classes and ids, in lower case with one hyphen between their words. Those without a source of their own stand in saved
pages of many sites."""
_OF_ALL, _DECLARED_OF_ALL = 0.4, 0.2
"""Least share of the page's prose outside of what ``leave_out`` names. From .05 and .2 on, the first sentences of articles and
single items of lists are taken for the whole on the development pages; from these up to .9 nothing changes there."""
_LEAST = 40
"""Words of prose that a page must have for a share to mean anything."""
_ANOTHER = 20
"""Words of prose from which an element of the same name beside it is another text: a post, an answer."""
_EDGES = re.compile(r"[-_]+")


def known_container(page: Outline) -> int | None:
    """The innermost known container; None where there is none, or others of its name hold texts beside it."""
    gains, ends = page.gains, page.ends
    total = gains[0]
    if total < _LEAST:
        return None
    found: int | None = None
    for index, gain in enumerate(gains):
        if (
            gain < _DECLARED_OF_ALL * total
            or page.values[index] <= 0
            or not _is_known(page, index, gain / total)
        ):
            continue
        if found is not None and index >= ends[found]:
            return None
        found = index
    return None if found is None or _is_one_of_several(page, found) else found


def _is_one_of_several(page: Outline, found: int) -> bool:
    """Whether other elements of the same attributes hold texts before or after it."""
    attributes, starts = page.tokens.attributes, page.starts
    own = class_of(attributes[starts[found]]) or attributes[starts[found]]
    return any(
        page.gains[index] > _ANOTHER
        and not index < found < page.ends[index]
        and own in (class_of(attributes[starts[index]]), attributes[starts[index]])
        for index in (*range(1, found), *range(page.ends[found], len(starts)))
    )


def _is_known(page: Outline, index: int, share: float) -> bool:
    attributes = page.tokens.attributes[page.starts[index]]
    if _DECLARED in attributes:
        return True
    if share < _OF_ALL:
        return False
    return any(_EDGES.sub("-", name) in _NAMES for name in name_of(attributes).lower().split())
