"""Archives: every page in a zip, tar or WARC file, one at a time, with a reject for whatever is refused.

Nothing is written to disk and no link is followed. Sizes in headers are not believed: bytes are counted as
they come out. Archives inside zip and tar files are ignored.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

from lake.errors import Reject
from lake.model import Item, Origin, RejectRecord
from lake.settings import Limits
from lake.sources import kinds, refusals
from lake.sources.members import Allowance, Distinct
from lake.sources.tars import read_tar
from lake.sources.zips import read_zip

__all__ = ["read_archive"]

log = logging.getLogger(__name__)


def read_archive(path: str, limits: Limits) -> Iterator[Item | RejectRecord]:
    """Every page in the archive at ``path``, in the archive's order.

    What damages a member refuses the member; what damages the archive ends it, after the members before.
    """
    if kinds.is_warc(path):
        from lake.sources.warc import read_warc  # few lakes read any; its library is loaded for those

        yield from read_warc(path, limits)
        return
    shown, names = refusals.shown(path), Distinct()
    read = read_zip if kinds.is_zip(path) else read_tar
    try:
        allowance = Allowance(Path(path).stat().st_size, limits)
        for member in read(path, limits, allowance):
            origin = Origin(path=shown, member=names.name(member.name))
            if isinstance(member.body, Reject):
                why = member.body
                yield RejectRecord(origin, why.stage, why.reason, why.detail)
            else:
                yield Item(origin, member.body)
        if allowance.ignored:
            log.debug("%s: %d other members ignored", shown, allowance.ignored)
    except OSError as error:
        yield refusals.record(refusals.of_os_error(error, "capture"), path)
    except Reject as reject:
        yield refusals.record(reject, path)
