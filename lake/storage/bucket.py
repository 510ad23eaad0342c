"""The bucket behind an address: its settings, which come from the environment, and what its server's errors mean.

Variables have the names that AWS' own tools use. What a server says of a request that it refuses may quote who
made it, so messages hold its status and code alone.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from lake.errors import NewslakeError, Retry, Stop

if TYPE_CHECKING:
    from obstore.store import S3Store

__all__ = ["ENDPOINTS", "explained", "failure", "store"]

ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")
"""Variables that name a server other than Amazon's, the one that counts first."""

_CREDENTIALS = (
    "AWS_ACCESS_KEY_ID",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_SKIP_SIGNATURE",
)
_PATIENCE = dt.timedelta(seconds=30)
"""For how long a request is tried again: an answer takes milliseconds, a server that restarts some seconds."""

_STATUS = re.compile(r"\b(4\d\d|5\d\d) ([A-Z]\w+(?: [A-Z]\w+)*)")
_REFUSED = ("403 Forbidden", "401 Unauthorized", "lacked the necessary privileges")
_UNREACHED = re.compile(r"error sending request|timed out|\b5\d\d [A-Z]\w+|after [1-9]\d* retries")
_CODE = re.compile(r"<Code>(\w+)</Code>")


def store(bucket: str) -> S3Store:
    """The bucket as the environment reaches it now. Raises Stop where that says too little."""
    return _store(bucket, frozenset(item for item in os.environ.items() if item[0].startswith("AWS_")))


def failure(where: str, error: object) -> NewslakeError | None:
    """What a store's error means for the caller, without what it quotes of the request; None for all others."""
    text, said = str(error), explained(error)
    if any(sign in text for sign in _REFUSED):
        return Stop(f"{where}: the store refuses the environment's credentials: {said}")
    if "501 Not Implemented" in text:
        return Stop(f"{where}: the store does not know the request: {said}")
    return Retry(f"{where} can't be reached: {said}") if _UNREACHED.search(text) else None


def explained(error: object) -> str:
    """A store's error in a few words. The whole text may quote the request, and so who made it."""
    text = str(error)
    words = [" ".join(found.groups()) for found in (_STATUS.search(text), _CODE.search(text)) if found]
    return " ".join(words) or text.partition("\n")[0].partition(" - ")[0].partition(", after ")[0]


@lru_cache(maxsize=8)
def _store(bucket: str, environment: frozenset[tuple[str, str]]) -> S3Store:
    """The bucket as this environment reaches it."""
    from obstore.store import S3Store

    settings = dict(environment)
    if not any(settings.get(name) for name in _CREDENTIALS):
        raise Stop(
            f"no credentials for s3://{bucket} in the environment: set AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY (docs/object-storage.md)"
        )
    endpoint = next(filter(None, map(settings.get, ENDPOINTS)), None)
    if endpoint and endpoint.startswith("http://") and settings.get("AWS_ALLOW_HTTP", "").lower() != "true":
        raise Stop("AWS_ENDPOINT_URL is not encrypted: set AWS_ALLOW_HTTP=true if that is meant")
    return S3Store(bucket, retry_config={"retry_timeout": _PATIENCE})
