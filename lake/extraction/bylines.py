"""Authors in the lines of pages in Western languages: ``By Jane Roe and John Doe, Staff Writers``.

The words before and after the names are those of saved English news pages, and their counterparts in Spanish,
Portuguese, French, German and Italian (Por, Par, Von, Di).
"""

from __future__ import annotations

import re

__all__ = ["named"]

_NO_NAME = (
    "Published|Updated|Posted|Staff|Senior|Chief|Special|Reporter|Editor|Editors|Correspondent|Contributor|"
    "Contributing|Writer|Writers|News|Team|On|At|In|For|From|The|Last|Filed|Follow|Share|Comments?|Read|Min|Photo|"
    r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.? \d{1,2}|"
    "Mon|Tue|Wed|Thu|Fri|Sat|Sun|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
)
_WORD = rf"(?!(?i:{_NO_NAME})\b)[A-ZÀ-Þ][\w'’-]*\.?"
_PARTICLES = r"(?:(?:de|da|del|dos|du|van|von|der|den|di|la|le|bin|al|el|ter) ){0,2}"
_NAME = rf"{_WORD}(?: {_PARTICLES}{_WORD}){{1,3}}"
_BYLINE = re.compile(
    r"(?P<start>^\W{0,3}|(?<=[\w\s|·•,–—:-])\s|[|·•–—]\s?)"
    r"(?:(?i:written|posted|story|submitted|reporting|words|text|published|reported) )?"
    rf"(?:[Bb]y|BY|Por|Par|Von|Di):?\s{{1,3}}(?P<names>{_NAME}(?:(?:,? and |,? & |, | y | und | et | e ){_NAME}){{0,4}})"
)
_ALONE = re.compile(rf"\W{{0,3}}(?:(?i:written|posted) )?(?:[Bb]y|BY):?\s{{1,3}}({_WORD})\W{{0,3}}")
"""One word alone is a name where the line holds nothing else."""
_PARTS = re.compile(r",? and |,? & |, | y | und | et | e ")
_META = re.compile(r"\d{4}|\d{1,2}:\d\d|ago\b|[|·•]|\b[A-Z][a-z]{2,8}\.? \d{1,2}\b")
_LONGEST = 160


def named(line: str) -> tuple[str, ...]:
    """The persons that a byline names; none where the line is no byline.

    The word before the names opens the line, or the line says more of the kind (a date, ``|``).
    """
    if len(line) > _LONGEST:
        return ()
    if alone := _ALONE.fullmatch(line):
        return (alone[1],)
    match = _BYLINE.search(line)
    if match is None or (match.start() > 0 and not _META.search(line)):
        return ()
    return tuple(dict.fromkeys(_PARTS.split(match["names"])))
