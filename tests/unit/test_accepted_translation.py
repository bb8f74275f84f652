"""``kebao i18n accept`` writes what a translation was compared with, and leaves every other byte as it was."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kebao.loading.front_matter import read_markdown_page
from kebao.mending.accepted_translation import Acceptance, NotATranslationError, accepted
from kebao.model.resource import TranslationState

PATH = "content/packages/demo/topics/a.en.md"
DIGESTS = {"title": ("1a2b3c4d",), "body": ("00000000", "12345678")}
WRITTEN = "{title: 1a2b3c4d, body: 00000000 12345678}"
OLD = "0" * 64


def accept(text: str, **said: Any) -> str:
    return accepted(PATH, text.encode(), Acceptance(digests=DIGESTS, **said)).decode()


def page(translation: str) -> str:
    return f"---\ntranslation: {translation}\ntitle: 'T'  # why\n---\n\nText\n"


@pytest.mark.parametrize(
    "before, after",
    [
        (
            f"{{of: zh, digest: {OLD}, state: machine, by: li}}",
            f"{{of: zh, digests: {WRITTEN}, state: machine, by: li}}",
        ),
        ("{of: zh}", f"{{of: zh, digests: {WRITTEN}}}"),
        ("{ digests: {title: 00000000} , of: zh }", f"{{ digests: {WRITTEN} , of: zh }}"),
        (f"\n  of: zh  # from\n  digest: {OLD}  # old", f"\n  of: zh  # from\n  digests: {WRITTEN}  # old"),
        ("\n  of: zh  # from", f"\n  of: zh  # from\n  digests: {WRITTEN}"),
        (
            "\n    digests:\n      title: 00000000\n      body: 11111111\n    of: zh",
            f"\n    digests: {WRITTEN}\n    of: zh",
        ),
    ],
)
def test_digests_of_fields_take_the_place_of_what_stood_there(before: str, after: str) -> None:
    assert accept(page(before)) == page(after)


@pytest.mark.parametrize(
    "before, after",
    [
        (
            f"{{of: zh, digests: {WRITTEN}, state: machine, by: wu}}",
            f"{{of: zh, digests: {WRITTEN}, state: reviewed, by: li}}",
        ),
        (f"{{of: zh, digests: {WRITTEN}}}", f"{{of: zh, digests: {WRITTEN}, by: li}}"),
        (f"\n  digests: {WRITTEN}\n  by:\n  of: zh", f"\n  digests: {WRITTEN}\n  by: li\n  of: zh"),
        (
            f"\n  of: zh\n  state: machine # yet\n  digests: {WRITTEN}",
            f"\n  of: zh\n  state: reviewed # yet\n  digests: {WRITTEN}\n  by: li",
        ),
    ],
)
def test_who_compared_and_the_state_are_written(before: str, after: str) -> None:
    assert accept(page(before), by="li", state=TranslationState.REVIEWED) == page(after)


def test_a_state_that_differs_from_the_usual_one_is_added() -> None:
    assert accept(page("{of: zh}"), state=TranslationState.MACHINE) == page(
        f"{{of: zh, digests: {WRITTEN}, state: machine}}"
    )


@pytest.mark.parametrize(
    "text", ["Text", "---\ntitle: T\n---\n", "---\ntranslation: {}\n---\n", "---\ntranslation: [\n---\n"]
)
def test_what_is_no_translation_is_refused(text: str) -> None:
    with pytest.raises(NotATranslationError):
        accept(text)


ENDS = st.sampled_from(("\n", "\r\n"))
ENTRIES = st.permutations((("of", "zh"), ("digest", OLD), ("state", "machine"), ("by", "wu")))


@given(ENTRIES, st.integers(0, 4), st.booleans(), ENDS, st.booleans(), st.sampled_from(("", " # 备注", "  ")))
def test_every_other_byte_stays_and_accepting_again_changes_nothing(
    entries: list[tuple[str, str]], count: int, flow: bool, end: str, mark: bool, remark: str
) -> None:
    kept = [(name, value) for name, value in entries if name == "of" or entries.index((name, value)) < count]
    if flow:
        head = f"translation: {{{', '.join(': '.join(entry) for entry in kept)}}}{remark}\n"
    else:
        head = "translation:\n" + "".join(f"  {name}: {value}{remark}\n" for name, value in kept)
    text = f"---\n# 先\ntitle: '中 # x'\n{head}summary: s  \n---\n\n正文\n\n---\n  \n".replace("\n", end)
    data = (b"\xef\xbb\xbf" if mark else b"") + text.encode()
    acceptance = Acceptance(digests=DIGESTS, by="li", state=TranslationState.REVIEWED)
    after = accepted(PATH, data, acceptance)
    assert accepted(PATH, after, acceptance) == after
    before_page, after_page = read_markdown_page(PATH, data), read_markdown_page(PATH, after)
    said = after_page.front.value.pop("translation")
    before_page.front.value.pop("translation")
    assert (after_page.front.value, after_page.body) == (before_page.front.value, before_page.body)
    expected = {"of": "zh", "digests": {"title": "1a2b3c4d", "body": "00000000 12345678"}, "by": "li"}
    assert {name: value for name, value in said.items() if name != "state"} == expected
    assert said.get("state", "reviewed") == "reviewed"
    # What is left without the field's own lines is the same, byte for byte.
    assert _without_translation(after) == _without_translation(data)


def _without_translation(data: bytes) -> bytes:
    return re.sub(rb"translation:.*?(?=summary:)", b"", data, flags=re.DOTALL)
