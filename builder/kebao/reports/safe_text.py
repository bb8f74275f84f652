"""Authored text made fit to be shown: it must not steer a terminal, break a line or stop an encoder."""

from __future__ import annotations

import re

REPLACEMENT = "\ufffd"

_LINE_ENDS = re.compile(r"\r\n|[\n\r\t\x0b\x0c\x85\u2028\u2029]")
# Control characters, those that turn the direction of writing (Unicode UAX #9 §2), and what no encoder takes.
_STEERING = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
_INVISIBLE = re.compile(r"[\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200d\u2060-\u2064\u3164\uffa0]")
# XML 1.0 §2.2: what is not a Char. Compiled when it is asked for, which is seldom: it takes some milliseconds.
_NOT_XML = r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_LONG_NUMBERS = re.compile(r"\d{11,}")


def one_line(text: str) -> str:
    """The text on one line, without characters that steer a terminal."""
    return without_steering(_LINE_ENDS.sub(" ", text))


def without_steering(text: str) -> str:
    """The text with its line ends and tabs, and a replacement for every character that steers a terminal."""
    return _STEERING.sub(REPLACEMENT, text)


def visible(text: str) -> str:
    """As many characters as in ``text``, those that cannot be seen replaced; tabs are kept."""
    return _INVISIBLE.sub(REPLACEMENT, without_steering(text).replace("\r", REPLACEMENT))


def encodable(text: str) -> str:
    """The text as UTF-8 can hold it: a file's name may be no text at all (lone surrogates)."""
    return _SURROGATES.sub(REPLACEMENT, text)


def xml_text(text: str) -> str:
    """The text as XML 1.0 can hold it."""
    return re.sub(_NOT_XML, REPLACEMENT, text)


def without_long_numbers(text: str) -> str:
    """As many characters, runs of eleven digits and more (telephones, identity numbers, cards) masked."""
    return _LONG_NUMBERS.sub(lambda match: f"{match[0][:3]}{'*' * (len(match[0]) - 5)}{match[0][-2:]}", text)
