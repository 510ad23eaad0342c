"""What a failed exchange means: try again (`FetchFailed`), or give it up (a reject).

| cause | meaning |
| --- | --- |
| no address, no connection, TLS, timeout, broken protocol | FetchFailed |
| 408, 425, 429, 500, 502, 503, 504 | FetchFailed, not before Retry-After |
| any other status that is no success | Reject ``http_<status>`` |
"""

from __future__ import annotations

import datetime as dt
import ssl
from email.utils import parsedate_to_datetime

import httpcore

from lake.errors import Reject, Retry

__all__ = ["FetchFailed", "of_error", "of_status", "retry_after"]

_TRANSIENT = {408, 425, 429, 500, 502, 503, 504}
"""RFC 9110 (408, 5xx), RFC 8470 (425), RFC 6585 (429); other 5xx say that a server never can."""


class FetchFailed(Retry):
    """No answer could be had now; a later call may succeed.

    Attributes:
        reason: a short stable word for counting: ``dns``, ``connect``, ``tls``, ``timeout``, ``protocol``,
            ``corrupt``, ``http_503``, ``robots_unreachable``, ``host_waits`` …
        detail: one sentence for a person.
        wait: seconds that the server asked to wait, if it did.
    """

    def __init__(self, reason: str, detail: str, wait: float | None = None) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
        self.wait = wait

    def __reduce__(self) -> tuple[type[FetchFailed], tuple[str, str, float | None]]:
        return type(self), (self.reason, self.detail, self.wait)

    def as_reject(self) -> Reject:
        """The failure as a reject, for a caller that has tried often enough."""
        return Reject("capture", self.reason, self.detail)


def of_status(
    status: int, headers: tuple[tuple[str, str], ...], now: dt.datetime
) -> FetchFailed | Reject | None:
    """What a status other than a redirect means; None for success (2xx, 304)."""
    if 200 <= status < 300 or status == 304:
        return None
    words = f"the server answered {status}"
    if status in _TRANSIENT:
        wait = retry_after(dict(headers), now)
        return FetchFailed(f"http_{status}", f"{words}{f', asks to wait {wait:.0f} s' if wait else ''}", wait)
    return Reject("capture", f"http_{status}", words)


def retry_after(headers: dict[str, str], now: dt.datetime) -> float | None:
    """Seconds that ``Retry-After`` asks to wait (RFC 9110, section 10.2.3), None if absent or unreadable.

    A date is counted from the answer's own ``Date``, so that clocks may differ.
    """
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    until = _date(value)
    if until is None:
        return None
    return max(0.0, (until - (_date(headers.get("date", "")) or now)).total_seconds())


def _date(text: str) -> dt.datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    return date if date.tzinfo else date.replace(tzinfo=dt.UTC)


def of_error(error: Exception) -> FetchFailed:
    """The failure that an error of the connection is."""
    words = str(error) or type(error).__name__
    if _is_tls(error):
        return FetchFailed("tls", f"no secure connection: {words}")
    if isinstance(error, TimeoutError | httpcore.TimeoutException):
        return FetchFailed("timeout", "the server took too long to answer" if not str(error) else words)
    if isinstance(error, httpcore.ConnectError):
        return FetchFailed("connect", f"no connection: {words}")
    return FetchFailed("protocol", f"the connection broke or spoke no HTTP: {words}")


def _is_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False
