"""Article ids and the dates that they and addresses tell.

EastMoney's id is the day of creation and a rising counter, 18 digits in all (``202205262391921712``), 17
until 2017, 23 in its blogs; ``NW`` before it marks the medium's copy of the same article (seed archive's posts, 2021-22).
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from lake.extraction import identity
from lake.extraction.profiles import profile_for
from lake.model import DateOrigin

__all__ = ["SHANGHAI", "NativeId", "Published", "host_site", "id_date", "native_id", "published"]

SHANGHAI = ZoneInfo("Asia/Shanghai")

_ID = re.compile(r"(?<![0-9A-Za-z])(NW)?(20\d{6}(?:\d{9,10}|\d{15}))(?!\d)")
_DATE = re.compile(r"(?<!\d)(20\d\d)([-/_]?)([01]\d)\2([0-3]\d)(?!\d)")


@dataclass(frozen=True, slots=True)
class NativeId:
    """EastMoney's own id; ``media`` says that it came with ``NW``."""

    digits: str
    media: bool


@dataclass(frozen=True, slots=True)
class Published:
    """A publication time, aware in Asia/Shanghai, and the evidence for it."""

    at: dt.datetime
    origin: DateOrigin


def native_id(text: str | None) -> NativeId | None:
    """The first EastMoney id in an address, a file name or a field."""
    found = _ID.search(text) if text else None
    return NativeId(found[2], bool(found[1])) if found else None


def id_date(text: str | None) -> dt.datetime | None:
    """Midnight, Asia/Shanghai, of the date in an id, an address or a file name; None without a real one."""
    if not text:
        return None
    native = native_id(text)
    found = _DATE.search(text) if native is None else _DATE.fullmatch(native.digits[:8])
    if found is None:
        return None
    try:
        return dt.datetime(int(found[1]), int(found[3]), int(found[4]), tzinfo=SHANGHAI)
    except ValueError:
        return None


def published(
    stated: dt.datetime | None,
    stated_by: DateOrigin,
    *,
    url: str | None,
    name: str | None,
    captured_at: dt.datetime,
) -> Published:
    """The publication time by the best evidence: what is stated, the URL, the file name, the capture."""
    if stated is not None:
        return Published(stated, stated_by)
    if (day := id_date(url)) is not None:
        return Published(day, "url")
    if (day := id_date(name)) is not None:
        return Published(day, "id")
    return Published(captured_at.astimezone(SHANGHAI), "capture")


def host_site(url: str) -> str:
    """The site's name for an address: the profile's, else the registrable domain."""
    profile = profile_for(url)
    return profile.name if profile else identity.site_of(url) or "unknown"
