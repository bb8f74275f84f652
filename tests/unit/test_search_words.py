"""Pinyin and synonyms: what finds a title that was not typed as it is written."""

from __future__ import annotations

import pytest
from pypinyin import lazy_pinyin

from kebao.search.pinyin import character_readings, count_readings, pinyin_tokens
from kebao.search.sounds import readings
from kebao.search.synonyms import synonyms, synonyms_in


def test_syllables_stand_in_pairs_and_the_last_one_alone() -> None:
    found = [token for token in pinyin_tokens("分数的意义") if token.startswith("~")]
    assert found == ["~fenshu", "~shude", "~deyi", "~yiyi", "~yi"]


def test_initials_stand_in_threes_and_the_last_two() -> None:
    found = [token for token in pinyin_tokens("分数的意义") if token.startswith("|")]
    assert found == ["|fsd", "|sdy", "|dyy", "|yy"]
    assert [token for token in pinyin_tokens("分数") if token.startswith("|")] == ["|fs"]
    assert list(pinyin_tokens("分")) == ["~fen"]


def test_readings_go_by_the_words() -> None:
    assert "~chongqing" in pinyin_tokens("重庆")
    assert "~zhongdian" in pinyin_tokens("重点")
    assert character_readings(count_readings(["重庆", "重点", "重点"]))["重"] == "zhong chong"
    assert "~nvshi" in pinyin_tokens("女士")


@pytest.mark.parametrize("run", ["重庆银行行长在长乐", "音乐教师长于弹奏", "㐀中𠀀华", "龘靐齉", "一丝不苟地朝阳"])
def test_words_read_one_by_one_sound_as_in_their_run(run: str) -> None:
    whole = lazy_pinyin(run, errors=lambda unknown: [""] * len(unknown))  # type: ignore[arg-type,return-value]
    assert list(readings(run)) == [syllable if syllable.isascii() else "" for syllable in whole]


def test_other_scripts_have_no_pinyin() -> None:
    assert list(pinyin_tokens("ppt كىتاب བོད 3")) == []


def test_the_synonyms_of_the_product_are_in_form() -> None:
    groups = synonyms()
    assert len(groups) > 20
    assert next(group for group in groups if "教案" in group)[:3] == ("教案", "教学设计", "教学方案")
    assert "ppt" in next(group for group in groups if "课件" in group)


@pytest.mark.parametrize(
    "text",
    [
        "教案: 教学设计",
        "- 教案",
        "- [教案]",
        "- [教案, 教学设计]\n- [教案, 学案]",
        "- [PPT, ｐｐｔ]",
        "- [教案, '!']",
        "- [1, 2]",
    ],
)
def test_synonyms_out_of_form_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="synonyms"):
        synonyms_in(text, {})
