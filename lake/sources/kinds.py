"""What a name or the first bytes say a file is: a page to read, an archive to open, or neither.

Inside folders and archives the ending decides, so that nothing is opened in vain; a file that the
caller names is judged by its bytes.
"""

from __future__ import annotations

__all__ = [
    "is_archive",
    "is_export",
    "is_hidden",
    "is_page",
    "is_tar",
    "is_text",
    "is_wanted",
    "is_warc",
    "is_zip",
]

PAGES = (".html", ".htm", ".shtml", ".xhtml", ".md", ".markdown", ".json")
"""``.shtml`` is how Sina and others name their article pages."""
ZIPS = (".zip",)
TARS = (".tar", ".tar.gz", ".tgz", ".tar.xz", ".txz", ".tar.zst", ".tzst", ".tar.bz2", ".tbz2")

WARCS = (".warc", ".warc.gz")
EXPORTS = (".parquet", ".csv", ".jsonl")

_BOMS = (b"\xef\xbb\xbf", b"\xfe\xff", b"\xff\xfe")
_BINARY = bytes([*range(0x09), 0x0B, *range(0x0E, 0x1B), *range(0x1C, 0x20)])
_HEAD = 8192


def is_page(name: str) -> bool:
    """Whether a file of this name inside a folder or an archive is read."""
    return name.lower().endswith(PAGES)


def is_zip(name: str) -> bool:
    """Whether the name is that of a zip archive."""
    return name.lower().endswith(ZIPS)


def is_tar(name: str) -> bool:
    """Whether the name is that of a tar archive, packed or not."""
    return name.lower().endswith(TARS)


def is_warc(name: str) -> bool:
    """Whether the name is that of a WARC file, packed or not."""
    return name.lower().endswith(WARCS)


def is_archive(name: str) -> bool:
    """Whether the name is that of an archive that can be read."""
    return is_zip(name) or is_tar(name) or is_warc(name)


def is_export(name: str) -> bool:
    """Whether a file of this name, if somebody names it, is read row by row as an export of newslake.

    In folders such files are ignored: a lake's own data files are Parquet too.
    """
    return name.lower().endswith(EXPORTS)


def is_wanted(name: str) -> bool:
    """Whether a folder's file of this name is read, as a page or as an archive."""
    return is_page(name) or is_archive(name)


def is_hidden(name: str) -> bool:
    """Whether any part of a member's path is hidden (``.git/x``, ``a/._page.html``); ``.`` itself is not."""
    if not (name.startswith(".") or "/." in name):
        return False
    return any(part.startswith(".") and part != "." for part in name.split("/"))


def is_text(body: bytes) -> bool:
    """Whether the bytes can be text in any encoding of the web.

    Rule of the WHATWG MIME Sniffing Standard, section 7.2: a byte order mark, or none of the binary data
    bytes (00-08, 0B, 0E-1A, 1C-1F); looked for in 8 KiB instead of its 1,445 bytes, because a PDF may
    start with that much plain text.
    """
    head = body[:_HEAD]
    return head.startswith(_BOMS) or len(head.translate(None, _BINARY)) == len(head)
