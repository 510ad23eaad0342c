"""Where every character and word of some texts stands, as numbers that sort: what a full-text index is made of.

A character that is neither an ASCII letter nor an ASCII digit has a place under the pair of itself and its
successor, so a text without blanks is found by any part of two characters and more, with no dictionary of words
(a bigram index, as Lucene's CJKAnalyzer makes). The ASCII letters and digits between two such characters
are one word and have one place. So each character belongs to one place, and that
a phrase stands in a text, letter by letter, can be told from the places alone. The character behind a word has a second
place, under the word's end and itself: a phrase may end with it, and what follows is not known then.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["Places", "pair_key", "places", "word_key"]

_SHIFT = 21  # bits of a code point
_WORD = re.compile("[A-Za-z0-9]+")
_WORDS_END = 0x110000  # the first number that is no code point
_END = "\udfff"
"""Stands behind each text: half of a surrogate pair, which no text in UTF-8 can hold."""


@dataclass(frozen=True, slots=True)
class Places:
    """Places, those of words first.

    ``key``: of the pair or word; ``article``: the number of the article that it is in; ``position``: of its
    first character, counted from 0 in the text and from below -1 in the title, whose last character is at -2.
    So no phrase stands across both. ``words``: every word with its key.
    """

    key: pa.Array
    article: pa.Array
    position: pa.Array
    words: dict[str, int]


def pair_key(character: str, successor: str) -> int:
    """The key of two characters, at least 2**21; ``successor`` is empty at an end and before a word, ``character``
    is empty behind a word."""
    return (ord(character) if character else _WORDS_END) << _SHIFT | (ord(successor) if successor else 0)


def word_key(word: str) -> int:
    """The key of a word, below 0: 62 bits of a hash. Two of 10 million words share one in a lake of 100,000."""
    return -1 - (int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "little") >> 2)


def places(titles: Sequence[str | None], texts: Sequence[str | None]) -> Places:
    """The places in articles' titles and texts."""
    fields = [field or "" for pair in zip(titles, texts, strict=True) for field in pair]
    joined = _END.join([*fields, ""])
    points = pa.Array.from_buffers(
        pa.uint32(), len(joined), [None, pa.py_buffer(joined.encode("utf-32-le", "surrogatepass"))]
    )
    in_word = _within(points, ("0", "9"), ("A", "Z"), ("a", "z"))
    word_at, word_keys, words = _words(joined, in_word)
    pair_at, pair_keys = _pairs(points, in_word)
    field, position = _positions(fields, points, pa.concat_arrays([word_at, pair_at]))
    key = pa.concat_arrays([word_keys, pair_keys])
    return Places(key, pc.shift_right(field, _int64(1)), position, words)


def _within(points: pa.Array, *ranges: tuple[str, str]) -> pa.Array:
    found = pa.repeat(False, len(points))
    for low, high in ranges:
        above = pc.greater_equal(points, pa.scalar(ord(low), pa.uint32()))
        found = pc.or_(found, pc.and_(above, pc.less_equal(points, pa.scalar(ord(high), pa.uint32()))))
    return found


def _words(joined: str, in_word: pa.Array) -> tuple[pa.Array, pa.Array, dict[str, int]]:
    """Where words begin, their keys, and each word's key."""
    at = pc.indices_nonzero(pc.and_(in_word, pc.invert(_before(in_word))))
    coded = pa.array(_WORD.findall(joined), pa.string()).dictionary_encode()
    words = {word: word_key(word) for word in coded.dictionary.to_pylist()}
    return at, pa.array(list(words.values()), pa.int64()).take(coded.indices), words


def _pairs(points: pa.Array, in_word: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Where characters outside of words are, and their keys. The end's mark and NUL, whose keys would be those
    of other rows, are none of them."""
    no_character = pc.is_in(points, pa.array([0, ord(_END)], pa.uint32()))
    outside = pc.invert(pc.or_(in_word, no_character))
    known = pc.if_else(outside, points.cast(pa.int64()), _int64(0))
    at = pc.indices_nonzero(outside)
    successor = known.take(pc.add(at, pa.scalar(1, pa.uint64())))  # there is one: the last is an end's mark
    keys = pc.bit_wise_or(pc.shift_left(known.take(at), _int64(_SHIFT)), successor)
    behind = pc.indices_nonzero(pc.and_(outside, _before(in_word)))
    behind_keys = pc.add(known.take(behind), _int64(_WORDS_END << _SHIFT))
    return pa.concat_arrays([at, behind]), pa.concat_arrays([keys, behind_keys])


def _before(marks: pa.Array) -> pa.Array:
    """Each point's mark at the next one."""
    return pa.concat_arrays([pa.repeat(False, 1), marks])[: len(marks)]


def _positions(fields: Sequence[str], points: pa.Array, at: pa.Array) -> tuple[pa.Array, pa.Array]:
    """The field in which each place is, and the place's position as ``Places`` counts it."""
    starts, zeros = [0], []
    for number, field in enumerate(fields):
        end = starts[-1] + len(field)
        zeros.append(starts[-1] if number % 2 else end + 1)
        starts.append(end + 1)
    of_points = pc.list_parent_indices(pa.ListArray.from_arrays(pa.array(starts, pa.int32()), points))
    field = of_points.take(at)
    zero = pa.array(zeros, pa.int64()).take(field)
    return field, pc.subtract(at.cast(pa.int64()), zero).cast(pa.int32())


def _int64(value: int) -> pa.Scalar:
    return pa.scalar(value, pa.int64())
