"""Resident identity numbers of the PRC (GB 11643-1999): region, day of birth, order, check character."""

from __future__ import annotations

from datetime import date

# GB/T 2260, first two digits; 83 Taiwan residents, 91 foreign permanent residents.
_PROVINCES = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
        "83",
        "91",
    ]
)
# GB 11643-1999, 4.2: ISO 7064 MOD 11-2.
_WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))
_CHECK_CHARACTERS = "10X98765432"
_YEARS = range(1900, 2050)


def is_identity_number(number: str) -> bool:
    """True for 18 characters with a province, a day of birth and the right check character; ``X`` is capital."""
    return looks_like_identity_number(number) and check_character(number[:17]) == number[17]


def looks_like_identity_number(number: str) -> bool:
    """As :func:`is_identity_number`, whatever the check character: one digit may be mistyped."""
    return len(number) == 18 and number[:17].isdecimal() and number[:2] in _PROVINCES and _is_day(number[6:14])


def is_old_identity_number(number: str) -> bool:
    """True for the 15 digits of before 1999, which check nothing but region and day."""
    return len(number) == 15 and number.isdecimal() and number[:2] in _PROVINCES and _is_day(f"19{number[6:12]}")


def check_character(first_seventeen: str) -> str:
    """The eighteenth character to these seventeen digits."""
    total = sum(int(digit) * weight for digit, weight in zip(first_seventeen, _WEIGHTS, strict=True))
    return _CHECK_CHARACTERS[total % 11]


def _is_day(digits: str) -> bool:
    try:
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return day.year in _YEARS
