"""What readers find by whole columns is what they would find value by value."""

from __future__ import annotations

import codecs
import struct

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gis.formats import dbf, shapes
from gis.formats.dbf import DbfText

CODECS = ("utf-8", "cp874", "latin-1", "utf-16")
WIDTH = 12
TEXTS = st.text(alphabet="กขคำ้A1 é", max_size=6)


def alone(value: bytes, codec: str) -> bool:
    try:
        codecs.getincrementaldecoder(codec)().decode(value, final=codec != "utf-8")
    except UnicodeError:
        return False
    return True


def rows(values: list[bytes]) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    padded = b"".join(value[:WIDTH].ljust(WIDTH) for value in values)
    return np.frombuffer(padded, np.uint8).reshape(-1, WIDTH)


@given(
    values=st.lists(
        st.one_of(
            TEXTS.map(str.encode), TEXTS.map(lambda text: text.encode("cp874", "replace")), st.binary()
        ),
        min_size=1,
        max_size=12,
    ),
    codec=st.sampled_from(CODECS[:3]),
)
@example(["กขคง".encode(), "กขคง".encode()], "utf-8")
@example([b"A" * 10 + "ก".encode(), "ก".encode()], "utf-8")
def test_a_column_fits_an_encoding_when_each_of_its_texts_does(values: list[bytes], codec: str) -> None:
    each = [alone(value[:WIDTH].ljust(WIDTH).rstrip(b" \0"), codec) for value in values]
    assert dbf._fits(rows(values), codec) is all(each)


@given(
    values=st.lists(st.one_of(TEXTS.map(str.encode), st.binary(max_size=8))), codec=st.sampled_from(CODECS)
)
def test_texts_decoded_together_are_those_decoded_alone(values: list[bytes], codec: str) -> None:
    text, latin = DbfText(codec, ""), [value.decode("latin-1") for value in values]
    together = text.decode_all(latin)
    if together is not None and latin:
        assert together == [text.decode(one)[0] for one in latin]
        assert not any(text.decode(one)[1] for one in latin)


@pytest.mark.parametrize("kind", [*range(1, 18), 1001, 2003, 3010, 0x80000001, 0xE0000003, 99999])
@pytest.mark.parametrize("order", ["<", ">"])
def test_the_types_of_a_column_are_those_of_its_shapes(kind: int, order: str) -> None:
    wkb = bytes([order == "<"]) + struct.pack(f"{order}I", kind)
    column = pa.array([None, wkb, b"", wkb[:4], wkb + bytes(40)], pa.binary())
    wanted = [-1, shapes._kind(wkb, 0)[0], -1, -1, shapes._kind(wkb, 0)[0]]
    for made in (column, column.cast(pa.large_binary()), pa.concat_arrays([column, column])[5:]):
        assert shapes._kinds(made).tolist() == wanted
    assert shapes.curves(column).tolist() == [8 <= found <= 14 for found in wanted]
