"""Dates and times as pages write them: ISO, RFC 2822, Unix time, English, Chinese, relative, in URLs.

A written offset is kept; a time without one is taken as the site's own. Years outside 1990 to next year
are no publication dates of web pages: the web begins in 1991 (CERN), and embargoes last days.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

__all__ = ["SHANGHAI", "Written", "from_url", "machine", "relative", "short", "visible"]

SHANGHAI = ZoneInfo("Asia/Shanghai")
_FIRST_YEAR = 1990

_NAMES = (
    "jan ene gen", "feb fev fév", "mar mär", "apr abr avr", "may mai mag", "jun juin giu", "jul juil lug",
    "aug ago aoû", "sep set", "oct okt out ott", "nov", "dec dez déc dic",
)  # fmt: skip
"""How the months' names begin in English, Spanish, German, French, Portuguese and Italian (Unicode CLDR)."""
_MONTHS = {name: number for number, names in enumerate(_NAMES, start=1) for name in names.split()}
_MONTH = rf"(?P<name>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})[a-z]{{0,8}}\.?"
_CLOCK = (
    r"(?P<half>上午|下午|晚上|中午|凌晨|[AaPp]\.?[Mm]\.?)?\s{0,3}"
    r"(?P<hour>[012]?\d)\s?(?:[:：时]|点(?!评))\s?(?P<minute>[0-5]\d|\d(?=分))?分?(?:\s?[:：]?(?P<second>[0-5]\d)(?:\.\d{1,9})?秒?)?"
    r"\s{0,2}(?P<half2>[AaPp]\.?[Mm]\b\.?)?"
    r"\s{0,2}(?P<offset>Z\b|(?:UTC|GMT)?[+-][01]\d:?[0-5]\d|(?:UTC|GMT|[ECMP]DT|[EMP]ST)\b)?"
)
_GAP = r"[\sT,，|\u3000\xa0·•]{0,6}(?:[-–—]\s)?(?:[(（]?(?:星期|周)[一二三四五六日天][)）]?|at\b)?[\s\u3000\xa0]{0,4}"
_NUMERIC = r"(?<![\dA-Za-z.])(?P<year>(?:19|20)\d\d)\s?(?P<sep>[-/.年년])\s?(?P<month>[01]?\d)\s?(?:(?P=sep)|[月월])\s?(?P<day>[0-3]?\d)(?![\d])\s?[日号號일]?"
_DAY_FIRST = r"(?<![\d./-])(?P<day>[0-3]?\d)\.\s?(?P<month>[01]?\d)\.\s?(?P<year>(?:19|20)\d\d)(?![\d.])"
_SLASHED = (
    r"(?<![\d./-])(?P<one>[0-3]?\d)(?P<sep>[/-])(?P<other>[0-3]?\d)(?P=sep)(?P<year>(?:19|20)\d\d)(?![\d/-])"
)
_COMPACT = r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<month>[01]\d)(?P<day>[0-3]\d)(?=\D|$|[012]\d[0-5]\d(?:[0-5]\d)?(?!\d))"
_ENGLISH = rf"\b{_MONTH}\s?(?P<day>[0-3]?\d)(?:st|nd|rd|th)?,?\s{{1,3}}(?P<year>(?:19|20)\d\d)\b"
_BRITISH = rf"\b(?P<day>[0-3]?\d)(?:st|nd|rd|th|er|\.|º)?[\s-]{{1,2}}(?:of |de )?{_MONTH},?[\s-]{{1,2}}(?:de )?(?P<year>(?:19|20)\d\d)\b"
_HAN_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_HAN_DATE = re.compile(
    r"(?P<year>[一二][〇○零一二三四五六七八九]{3})年(?P<month>[一二三四五六七八九十]{1,2})月(?P<day>[一二三四五六七八九十]{1,3})日"
)
_RFC_822 = {"EST": -5, "EDT": -4, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7}
"""Zones by name (RFC 822); ``CST`` means China's as often as America's and says nothing."""
_FORMS = tuple(
    re.compile(form + f"(?:{_GAP}{_CLOCK})?", re.IGNORECASE)
    for form in (_NUMERIC, _ENGLISH, _BRITISH, _DAY_FIRST, _SLASHED)
)
_YEAR = re.compile(r"(?:19|20)\d\d")
"""What each of the forms holds: most lines do not, and it is found quickly."""
_COMPACT_FORM = re.compile(_COMPACT + r"(?:T?(?P<hour>[012]\d)(?P<minute>[0-5]\d)(?P<second>[0-5]\d)?)?")
_RELATIVE = re.compile(
    r"(?P<now>刚刚|刚才|just now)"
    r"|(?P<count>\d{1,3}|an?|半)\s?个?(?P<unit>秒|分钟?|小时|天|日|周|星期|月|年|sec(?:ond)?|min(?:ute)?|h(?:ou)?r|day|week|month|year)s?\s?(?:之?前|ago)"
    rf"|(?P<day>今天|今日|昨天|昨日|前天|today|yesterday)(?:[\s,，]{{0,3}}{_CLOCK})?",
    re.IGNORECASE,
)
_SHORT_LABEL = r"(?:发布|发表|时间|日期|更新|刊登)[^\d\n]{0,6}"
_SHORT_CLOCK = r"(?P<hour>[012]\d)[:：](?P<minute>[0-5]\d)"
_SHORT_YEAR = re.compile(
    rf"{_SHORT_LABEL}(?P<short>\d\d)(?P<sep>[-/.])(?P<month>[01]\d)(?P=sep)(?P<day>[0-3]\d)\s{{0,3}}(?:{_SHORT_CLOCK}|(?!\d))"
)
_NO_YEAR = re.compile(
    rf"(?:{_SHORT_LABEL}|^|(?<=[\s|｜·])(?=\d\d-\d\d|\d{{1,2}}月))(?P<month>[01]?\d)(?:[-/]|月)(?P<day>[0-3]?\d)日?\s{{0,3}}{_SHORT_CLOCK}(?::[0-5]\d)?(?!\d)"
)
"""Dates as blogs of Baidu and others write them: ``发布时间：18-03-08 23:16``, ``09-30 22:46``."""
_SECONDS = {
    "秒": 1, "sec": 1, "分": 60, "min": 60, "小": 3600, "h": 3600, "天": 86400, "日": 86400, "day": 86400,
    "周": 604800, "星": 604800, "week": 604800, "月": 2592000, "month": 2592000, "年": 31536000, "year": 31536000,
}  # fmt: skip
_DAYS_BACK = {"今天": 0, "今日": 0, "today": 0, "昨天": 1, "昨日": 1, "yesterday": 1, "前天": 2}
_URL_FORMS = (
    re.compile(r"[/=_-](?P<year>(?:19|20)\d\d)[-/_.](?P<month>[01]?\d)[-/_.](?P<day>[0-3]?\d)(?=\D|$)"),
    re.compile(r"[/=_-](?P<year>(?:19|20)\d\d)[-/](?P<month>[01]\d)(?P<day>[0-3]\d)(?=\D|$)"),
    re.compile(r"[/=_-](?P<year>(?:19|20)\d\d)(?P<month>[01]\d)[-/](?P<day>[0-3]\d)(?=\D|$)"),
    re.compile(
        r"[/=_a-z-](?P<year>(?:19|20)\d\d)(?P<month>[01]\d)(?P<day>[0-3]\d)(?=\D|$|\d{6,11}\b|[0-9A-Z]{6,8}\b)"
    ),
    re.compile(r"/(?P<short>[012]\d)/(?P<month>[01]\d)(?P<day>[0-3]\d)/"),
)


@dataclass(frozen=True, slots=True)
class Written:
    """A date found in text: ``at`` is aware; ``has_time`` tells whether the clock was written too.

    ``start`` and ``end`` are its place in the text.
    """

    at: dt.datetime
    has_time: bool
    start: int = 0
    end: int = 0


def machine(text: str | None, zone: dt.tzinfo, now: dt.datetime | None = None) -> Written | None:
    """The date of a value meant for programs: ISO 8601, RFC 2822, ``20190908``, Unix seconds or milliseconds."""
    value = (text or "").strip()[:80]
    if not value:
        return None
    if value.isdecimal() and len(value) in (10, 13):
        at = dt.datetime.fromtimestamp(int(value[:10]), tz=zone)
        return Written(at, True, 0, len(value)) if _plausible(at, now) else None
    found = visible(value, zone, now)
    if found is not None:
        return found
    match = _COMPACT_FORM.search(value)
    return _written(match, zone, now) if match else None


def visible(text: str, zone: dt.tzinfo, now: dt.datetime | None = None) -> Written | None:
    """The first full date of a visible text (``2019年9月8日 下午3:05``, ``Sep 8, 2019 3:05 pm``), or None.

    Args:
        text: at most its first 2,000 characters are read.
        zone: the zone of times without an offset.
        now: the time of capture; later dates (by more than a day) are none.
    """
    head = text[:2000]
    found = _YEAR.search(head) and [
        written
        for form in _FORMS
        for match in form.finditer(head)
        if (written := _written(match, zone, now)) is not None
    ]
    if found:
        return min(found, key=lambda one: one.start)
    match = _HAN_DATE.search(head) if "年" in head else None
    return _han(match, zone, now) if match else None


def relative(text: str, now: dt.datetime | None) -> Written | None:
    """The time that a relative form (``3小时前``, ``昨天 08:15``, ``2 days ago``) means at the capture time.

    Forms of a day or longer give no clock: ``has_time`` is false and the time is midnight.
    """
    match = _RELATIVE.search(text[:500]) if now is not None else None
    if match is None or now is None:
        return None
    span = match.span()
    if match["now"]:
        return Written(now, True, *span)
    if match["day"]:
        return _on_day(match, now, _DAYS_BACK[match["day"].lower()])
    count = {"a": 1.0, "an": 1.0, "半": 0.5}.get(match["count"].lower())
    seconds = (float(match["count"]) if count is None else count) * next(
        size for unit, size in _SECONDS.items() if match["unit"].lower().startswith(unit)
    )
    at = now - dt.timedelta(seconds=seconds)
    if seconds < 86400:
        return Written(at, True, *span)
    return Written(_midnight(at), False, *span)


def short(text: str, zone: dt.tzinfo, latest: dt.datetime) -> Written | None:
    """A date with two digits of the year behind a label, or with a clock time and no year.

    ``latest`` is the time of the page's last change or of its capture: a date without a year is the last such
    day until then.
    """
    head = text[:200]
    match = _SHORT_YEAR.search(head)
    if match:
        return _written(match, zone, latest)
    match = _NO_YEAR.search(head)
    if match is None:
        return None
    year = latest.astimezone(zone).year
    day = int(match["month"]), int(match["day"])
    soon = latest + dt.timedelta(days=1)
    found = (_build((each, *day), match.groupdict(), match.span(), zone, latest) for each in (year, year - 1))
    return next((one for one in found if one is not None and one.at <= soon), None)


def from_url(url: str | None, zone: dt.tzinfo, now: dt.datetime | None = None) -> Written | None:
    """The date in a URL's path (``/2019-09-08/``, ``/2019/0908/``, ``/t20190908_``, ``/19/0908/``), or None."""
    path = (url or "").partition("://")[2].partition("/")[2]
    for form in _URL_FORMS:
        for match in form.finditer("/" + path[:300]):
            written = _written(match, zone, now)
            if written is not None:
                return written
    return None


def _written(match: re.Match[str], zone: dt.tzinfo, now: dt.datetime | None) -> Written | None:
    part = match.groupdict()
    year = int(part["year"]) if part.get("year") else 2000 + int(part["short"])
    if part.get("one"):
        return _slashed(year, part, match.span(), zone, now)
    month = _MONTHS[part["name"].lower()] if part.get("name") else int(part["month"])
    return _build((year, month, int(part["day"])), part, match.span(), zone, now)


def _slashed(
    year: int, part: dict[str, str | None], span: tuple[int, int], zone: dt.tzinfo, now: dt.datetime | None
) -> Written | None:
    """``03/07/2023`` with the month first, as the United States write it, where that is a day; else the day first."""
    one, other = int(part["one"] or 0), int(part["other"] or 0)
    days = ((year, one, other), (year, other, one))
    return next(filter(None, (_build(day, part, span, zone, now) for day in days)), None)


def _build(
    day: tuple[int, int, int],
    part: dict[str, str | None],
    span: tuple[int, int],
    zone: dt.tzinfo,
    now: dt.datetime | None,
) -> Written | None:
    hour, minute, second = (int(part.get(name) or 0) for name in ("hour", "minute", "second"))
    has_time = bool(part.get("hour") and part.get("minute"))
    half = (part.get("half") or part.get("half2") or "").lower().replace(".", "")
    if half in ("下午", "晚上", "pm") and hour < 12:
        hour += 12
    elif half == "am" and hour == 12:
        hour = 0
    try:
        at = dt.datetime(*day, *((hour, minute, second) if has_time else (0, 0, 0)), tzinfo=zone)
        if has_time and part.get("offset"):
            at = at.replace(tzinfo=_offset(str(part["offset"])))
    except ValueError:
        return None
    return Written(at, has_time, *span) if _plausible(at, now) else None


def _offset(text: str) -> dt.tzinfo:
    if (hours := _RFC_822.get(text.upper())) is not None:
        return dt.timezone(dt.timedelta(hours=hours))
    digits = re.search(r"([+-])(\d\d):?(\d\d)", text)
    if digits is None:
        return dt.UTC
    delta = dt.timedelta(hours=int(digits[2]), minutes=int(digits[3]))
    return dt.timezone(-delta if digits[1] == "-" else delta) if delta else dt.UTC


def _han(match: re.Match[str], zone: dt.tzinfo, now: dt.datetime | None) -> Written | None:
    year = int(match["year"].translate(_HAN_DIGITS))
    return _build((year, _han_number(match["month"]), _han_number(match["day"])), {}, match.span(), zone, now)


def _han_number(text: str) -> int:
    tens, ten, ones = text.partition("十")
    if not ten:
        return int(text.translate(_HAN_DIGITS)) if len(text) == 1 else 0
    return 10 * int((tens or "一").translate(_HAN_DIGITS)) + int((ones or "零").translate(_HAN_DIGITS))


def _on_day(match: re.Match[str], now: dt.datetime, back: int) -> Written | None:
    day = now - dt.timedelta(days=back)
    part = match.groupdict() | {"day": None, "offset": None}
    zone = now.tzinfo or dt.UTC
    return _build((day.year, day.month, day.day), part, match.span(), zone, now)


def _midnight(at: dt.datetime) -> dt.datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)


def _plausible(at: dt.datetime, now: dt.datetime | None) -> bool:
    if at.year < _FIRST_YEAR:
        return False
    latest = now if now is not None else dt.datetime.now(dt.UTC)
    return at <= latest + dt.timedelta(days=2)
