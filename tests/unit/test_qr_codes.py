"""QR codes: the same on the page and in the data file that printed lists are made from."""

from __future__ import annotations

import json
import math
import random
import re

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from kebao.model.qr_code import QrCode, qr_code
from kebao.model.qr_codewords import VERSIONS, code_form, form_for
from kebao.pages.qr_code import qr_svg
from kebao.search.coding import DIGITS
from kebao.search.qr_codes import qr_digits, qr_files

ADDRESSES = st.from_regex(r"https://[a-z]{1,40}\.example/[a-z0-9/-]{0,200}\.html", fullmatch=True)


def matrix_of(address: str) -> list[list[int]]:
    code = segno.make(address, error="l", micro=False, boost_error=False)
    return [[int(bool(module)) for module in row] for row in code.matrix]


def read_digits(digits: str) -> list[list[int]]:
    """What my-list-rows.js does."""
    side = math.floor(math.sqrt(6 * len(digits)))
    bits = [DIGITS.index(digit) >> shift & 1 for digit in digits for shift in (5, 4, 3, 2, 1, 0)]
    return [bits[row * side : (row + 1) * side] for row in range(side)]


def read_strokes(svg: str, margin: int) -> list[list[int]]:
    match = re.fullmatch(r'<svg viewBox="0 0 (\d+) \1"><path stroke="#000" d="([^"]+)"/></svg>', svg)
    assert match
    side = int(match[1]) - 2 * margin
    rows = [[0] * side for _ in range(side)]
    x, y = 0, 0
    for absolute_x, absolute_y, by_x, by_y, width in re.findall(r"(?:M(\d+) (\d+)\.5|m(-?\d+) (\d+))h(\d+)", match[2]):
        x, y = (int(absolute_x) - margin, int(absolute_y) - margin) if absolute_x else (x + int(by_x), y + int(by_y))
        rows[y][x : x + int(width)] = [1] * int(width)
        x += int(width)
    return rows


@given(ADDRESSES)
def test_the_modules_are_those_of_the_standard_encoder(address: str) -> None:
    matrix = matrix_of(address)
    code = qr_code(address)
    assert [[int(module) for module in row] for row in code.rows()] == matrix
    assert read_strokes(qr_svg(address), margin=2) == matrix
    assert read_digits(qr_digits(code)) == matrix


def test_hundreds_of_addresses_have_the_codes_of_the_standard_encoder() -> None:
    choose = random.Random(20261122)
    for _ in range(300):
        address = "".join(chr(choose.randrange(0x21, 0x7F)) for _ in range(choose.randrange(120))) + "a"
        assert [[int(module) for module in row] for row in qr_code(address).rows()] == matrix_of(address), address


@pytest.mark.parametrize("version", VERSIONS)
def test_texts_stand_where_they_stand_in_the_codes_of_the_standard_encoder(version: int) -> None:
    """In codes of all sizes, which differ from each other by what their texts differ in."""
    form = code_form(version)
    texts = ["a", "b" * (form.capacity // 2), "".join(chr(0x61 + place % 26) for place in range(form.capacity))]
    encoded = [segno.make(text, error="l", boost_error=False, version=version, mask=0).matrix for text in texts]
    drawn = [[int(bool(module)) for row in matrix for module in row] for matrix in encoded]
    made = [[int(module) for module in form.modules(text.encode())] for text in texts]
    for number in (1, 2):
        assert [a ^ b for a, b in zip(made[0], made[number], strict=True)] == [
            a ^ b for a, b in zip(drawn[0], drawn[number], strict=True)
        ]


def test_a_text_has_the_smallest_code_that_holds_it() -> None:
    for version in VERSIONS:
        capacity = code_form(version).capacity
        assert form_for(capacity) is code_form(version)
        larger = form_for(capacity + 1)
        assert (larger is None) if version == max(VERSIONS) else (larger is code_form(version + 1))


@pytest.mark.parametrize("length", [0, 9, 60, 130, 220])
@pytest.mark.parametrize("end", ["", ".html", "é", "中.html"])
def test_neighbours_in_a_folder_get_the_codes_of_the_standard_encoder(length: int, end: str) -> None:
    for name in ("a", "zz-09_~", "UPPER", "a%2Fb.c", "ÿ"):
        address = f"https://x.example/{'0' * length}/{name}{end}"
        assert [[int(module) for module in row] for row in qr_code(address).rows()] == matrix_of(address)


def test_a_code_keeps_its_leading_light_modules() -> None:
    assert list(QrCode(2, 0b0001).rows()) == ["00", "01"]
    assert qr_digits(QrCode(2, 0b0001)) == DIGITS[0b000100]


def test_every_side_is_told_by_the_number_of_digits() -> None:
    for side in range(21, 178, 4):
        assert math.floor(math.sqrt(6 * math.ceil(side * side / 6))) == side


def test_sixteen_codes_stand_in_a_file_in_the_order_of_the_documents() -> None:
    addresses = [f"https://a.example/{number}" for number in range(70)]
    files = list(qr_files(addresses))
    assert [file.name for file in files] == ["q/0", "q/1", "q/2", "q/3", "q/4"]
    payloads = [json.loads(file.payload) for file in files]
    assert [len(payload) for payload in payloads] == [16, 16, 16, 16, 6]
    assert [code for payload in payloads for code in payload] == [qr_digits(qr_code(each)) for each in addresses]
    assert not any(character in "\"'<\\`" for payload in payloads for code in payload for character in code)


def test_no_address_no_file() -> None:
    assert list(qr_files([])) == []
