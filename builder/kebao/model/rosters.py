"""Lists of people: tables with names or numbers of persons and something about each of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kebao.model.personal_data import Confidence, DataKind, Finding

# Columns that say who it is, and columns that say something about them.
_WHO = ("姓名", "名字", "身份证", "学籍号", "学籍辅号", "监护人", "家长", "家庭住址", "住址", "电话", "手机")
_WHAT = ("性别", "班级", "成绩", "分数", "总分", "名次", "排名", "民族", "出生", "年龄", "学号", "病史", "诊断")
_WHAT_MORE = ("家庭情况", "贫困", "低保", "留守", "单亲", "银行卡", "户口")
_LONGEST_HEADER = 12
_MOST_COLUMNS = 60
# 小明, 王某, 李××, 学生A, 甲, 3号: nobody can be recognised.
_NOBODY = re.compile(
    r"小.{1,2}|.{1,2}(?:某|[×xX*＊○Ｘ]).*|学生.*|同学.*|[甲乙丙丁戊己庚辛]|.?[A-Za-zＡ-Ｚ]|[0-9]+号?|.*化名.*"
)
# Compiled when it is asked for, which is seldom: it takes some milliseconds.
_NAME = r"[\u4e00-\u9fff]{2,4}(?:[·•][\u4e00-\u9fff]{1,8})?|[\u4e00-\u9fff] [\u4e00-\u9fff]"
_LEAST_ROWS = 2


def roster_columns(rows: Sequence[Sequence[str]]) -> tuple[int, tuple[str, ...]] | None:
    """Index of a header row with at least two such columns, and those columns; None when there is no roster.

    An empty form is none, and none is a list of pupils who are only called 小明 or 3号.
    """
    for index, row in enumerate(rows):
        columns = _columns(row)
        if columns and _is_filled(rows[index + 1 :], [column for column, _ in columns], row):
            return index, tuple(title for _, title in columns)
    return None


def _columns(row: Sequence[str]) -> list[tuple[int, str]]:
    found = [(i, cell.strip()) for i, cell in enumerate(row[:_MOST_COLUMNS]) if _is_header(cell)]
    return found if len(found) >= 2 and any(_names(title, _WHO) for _, title in found) else []


def _is_header(cell: str) -> bool:
    return len(cell.strip()) <= _LONGEST_HEADER and _names(cell, (*_WHO, *_WHAT, *_WHAT_MORE))


def _names(cell: str, words: Sequence[str]) -> bool:
    packed = cell.replace(" ", "").replace("\u3000", "")
    return any(word in packed for word in words)


def _is_filled(rows: Sequence[Sequence[str]], columns: list[int], header: Sequence[str]) -> bool:
    filled = 0
    who = [column for column in columns if _names(header[column], _WHO)]
    named = [column for column in who if _names(header[column], ("姓名", "名字", "监护人", "家长"))]
    for row in rows:
        cells = [row[column].strip() if column < len(row) else "" for column in columns]
        people = [row[column].strip() for column in (named or who) if column < len(row)]
        told = sum(1 for cell in cells if cell) >= 2
        filled += told and any(_is_somebody(person, is_name=bool(named)) for person in people)
        if filled >= _LEAST_ROWS:
            return True
    return False


def _is_somebody(cell: str, *, is_name: bool) -> bool:
    if not is_name:
        return any(character.isdigit() for character in cell) or len(cell) >= 6
    return bool(re.fullmatch(_NAME, cell)) and not _NOBODY.fullmatch(cell)


_RULE_LINE = re.compile(r"^[ \t]*\|?[ \t]*:?-{2,}:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")


def find_rosters(markdown: str) -> Iterator[Finding]:
    """Rosters in the tables of a Markdown text; each is its header line. ``masked`` names the columns."""
    if "|" not in markdown or not any(word in markdown for word in _WHO):
        return
    lines = markdown.split("\n")
    start = 0
    for number, line in enumerate(lines):
        if "|" in line and number + 1 < len(lines) and "-" in lines[number + 1] and _RULE_LINE.match(lines[number + 1]):
            rows = [_cells(line), *_table_rows(lines, number + 2)]
            roster = roster_columns(rows)
            if roster is not None and roster[0] == 0:
                shown = "、".join(roster[1])
                yield Finding(
                    kind=DataKind.ROSTER,
                    start=start + len(line) - len(line.lstrip()),
                    end=start + len(line.rstrip()),
                    masked=shown,
                    confidence=Confidence.HIGH,
                    value=shown,
                )
        start += len(line) + 1


def _table_rows(lines: Sequence[str], first: int) -> Iterator[list[str]]:
    for line in lines[first:]:
        if "|" not in line:
            return
        yield _cells(line)


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]
