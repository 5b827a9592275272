"""UTF-8 told block by block is what Python's own decoder tells of the whole; items made ahead are the same items."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.formats.ahead import ahead
from gis.formats.encoding import _Utf8

ODD = (
    b"\xed\xa0\x80",
    b"\xc0\x80",
    b"\xf4\x90\x80\x80",
    b"\x80",
    b"\xe0\xb8",
    b"\xff",
    "ก".encode(),
    "😀".encode(),
)
PIECES = st.lists(st.one_of(st.binary(max_size=6), st.text(max_size=4).map(str.encode), st.sampled_from(ODD)))


def is_utf8(whole: bytes) -> bool:
    try:
        whole.decode()
    except UnicodeDecodeError:
        return False
    return True


@given(PIECES)
def test_blocks_are_taken_where_the_whole_is_utf8(blocks: list[bytes]) -> None:
    check = _Utf8()
    taken = all(check.takes(block) for block in blocks) and check.takes(b"", final=True)
    assert taken == is_utf8(b"".join(blocks))


@given(st.lists(st.integers()))
def test_items_made_ahead_are_the_items(items: list[int]) -> None:
    assert list(ahead(iter(items))) == items


def test_an_error_comes_after_the_items_before_it() -> None:
    def breaking() -> Iterator[int]:
        yield 1
        raise ValueError("broken")

    made = ahead(breaking())
    assert next(made) == 1
    with pytest.raises(ValueError, match="broken"):
        next(made)
