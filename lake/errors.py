"""Errors, named for what the caller does about them.

NewslakeError
├── Retry            the same call may succeed later; nothing was changed
│   └── Conflict     another writer committed first: redo the work from the new version
├── Reject           this input gives no article; record it, go on with the rest
└── Stop             nothing can go on until a person changes something
    └── Usage        the call's own words are wrong (exit code 2)
"""

from __future__ import annotations

__all__ = ["Conflict", "NewslakeError", "Reject", "Retry", "Stop", "Usage"]


class NewslakeError(Exception):
    """Base of every error that newslake raises on purpose."""


class Retry(NewslakeError):
    """The same call may succeed later; nothing was changed."""


class Conflict(Retry):
    """Another writer committed first; the caller redoes its work from the table's new version."""


class Reject(NewslakeError):
    """An input that gives no article.

    Attributes:
        stage: where it failed: ``discover``, ``capture``, ``decode`` or ``extract``.
        reason: a short stable word for counting, such as ``empty`` or ``encrypted_member``.
        detail: one sentence for a person, naming what was found.
    """

    def __init__(self, stage: str, reason: str, detail: str) -> None:
        super().__init__(f"{stage}: {reason}: {detail}")
        self.stage = stage
        self.reason = reason
        self.detail = detail

    def __reduce__(self) -> tuple[type[Reject], tuple[str, str, str]]:
        return type(self), (self.stage, self.reason, self.detail)


class Stop(NewslakeError):
    """Nothing can go on until a person changes something; the message says what."""


class Usage(Stop):
    """The call's own words are wrong (exit code 2)."""
