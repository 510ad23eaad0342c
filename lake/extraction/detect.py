"""What kind of input some bytes are, by their first kilobytes."""

from __future__ import annotations

import codecs
import re

from lake.extraction.decode import wide_charset

__all__ = ["SAMPLE", "detect"]

SAMPLE = 4096
"""Bytes looked at; a page's first tag stands within them (HTML Standard: meta within 1024)."""

_MAGIC = (
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"%PDF-",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"7z\xbc\xaf",
    b"Rar!",
    b"\x7fELF",
    b"\x28\xb5\x2f\xfd",
    b"\xfd7zXZ",
    b"BZh",
    b"\xd0\xcf\x11\xe0",
    b"RIFF",
    b"OggS",
    b"ID3",
    b"SQLite format 3",
    b"PAR1",
    b"MZ\x90\x00",
    b"wOFF",
    b"wOF2",
)
_BOX = b"ftyp"
"""At the fifth byte of MP4, MOV, HEIF and AVIF files (ISO/IEC 14496-12)."""
_WIDE_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_POST = re.compile(
    rb"\s*(?:---[ \t]*\r?\n(?:[^\n]*\n){0,5}?\s*)?(?:layout|title|date|categories|tags)[ \t]*:"
)
_PAGE = re.compile(rb"<(?:!doctype|html|head|body|meta|title|frameset)\b", re.IGNORECASE)
_FEED = re.compile(
    rb"\s*(?:<\?[^>]{0,300}\?>\s*|<!--[^>]{0,1000}-->\s*){0,5}<(?:rss|feed|rdf:RDF|urlset|sitemapindex)[\s>]"
)
_TAG = re.compile(rb"<(?:[a-z][a-z0-9]{0,15}[\s/>]|!--)", re.IGNORECASE)
_JSON = re.compile(rb"\s*(?:[\w$.]{1,60}\(\s*)?[{\[]\s*[\"{\[}\]\d]")
_CONTROL = bytes(set(range(32)) - {9, 10, 12, 13, 27})
MAX_CONTROL_SHARE = 0.02
"""Share of control characters above which bytes are no text; no text encoding but UTF-16/32 needs any."""


def detect(body: bytes, name: str | None = None) -> str:
    """``post``, ``json``, ``html``, ``fragment``, ``feed``, ``text``, ``binary`` or ``empty``.

    ``name`` (of the file, optional) decides only what the bytes leave open: markup without a page's own
    elements is a ``fragment`` unless the name says page.
    """
    sample = body[:SAMPLE]
    if not sample.strip():
        return "empty" if not body.strip() else _kind(body.lstrip()[:SAMPLE], name)
    if sample.startswith(_MAGIC) or sample[4:8] == _BOX:
        return "binary"
    return _kind(_narrow(sample), name)


def _narrow(sample: bytes) -> bytes:
    """The sample with UTF-16 or UTF-32 brought to UTF-8, so that ASCII patterns match; no BOM."""
    for bom, charset in _WIDE_BOMS:
        if sample.startswith(bom):
            return sample[len(bom) :].decode(charset, "ignore").encode("utf-8", "ignore")
    if wide := wide_charset(sample):
        return sample.decode(wide, "ignore").encode("utf-8", "ignore")
    return sample.removeprefix(codecs.BOM_UTF8)


def _kind(sample: bytes, name: str | None) -> str:
    if not sample.strip(b" \t\r\n\0"):
        return "empty" if not sample.strip() else "binary"
    if _POST.match(sample):
        return "post"
    if _FEED.match(sample):
        return "feed"
    if _PAGE.search(sample):
        return "html"
    if len(sample) - len(sample.translate(None, _CONTROL)) > MAX_CONTROL_SHARE * len(sample):
        return "binary"
    if _JSON.match(sample):
        return "json"
    if _TAG.search(sample):
        return "html" if (name or "").lower().endswith((".shtml", ".xhtml")) else "fragment"
    return "text"
