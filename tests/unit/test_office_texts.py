"""The texts of a part are those that are found when the end of each element is waited for."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from kebao.loading.office_texts import PartTexts, texts_of

_SPACES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "s": "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
}
_PARAGRAPHS = {"w:p", "a:p", "s:si", "s:is", "s:comment"}
_SIGNS = {"w:tab": " ", "w:br": " ", "w:cr": " ", "a:br": " ", "w:noBreakHyphen": "-"}
_TAGS = (
    *sorted(_PARAGRAPHS), *sorted(_SIGNS), "w:tbl", "a:tbl", "w:tr", "a:tr", "w:tc", "a:tc", "w:instrText", "w:r",
    "w:t", "w:delInstrText", "w:fldSimple", "s:rPh", "w:txbxContent", "a:other",
)  # fmt: skip


def slowly(root: etree._Element) -> PartTexts:
    found = PartTexts()
    texts: list[list[str]] = []
    codes: list[list[str]] = []
    tables: list[list[list[str]]] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        name = etree.QName(element)
        prefix = next(prefix for prefix, space in _SPACES.items() if space == name.namespace)
        tag, text = f"{prefix}:{name.localname}", element.text or ""
        if event == "end":
            if tag in _PARAGRAPHS:
                text, code = "".join(texts.pop()), "".join(codes.pop())
                if code.strip():
                    found.instructions.append(code)
                if text.strip():
                    found.paragraphs.append((element.get("ref", "") if tag == "s:comment" else "", text))
                    if tables and tables[-1] and tables[-1][-1]:
                        tables[-1][-1][-1] = f"{tables[-1][-1][-1]} {text}".strip()
            elif tag.endswith(":tbl"):
                found.tables.append(tables.pop())
            continue
        written = [element.get(key, "") for key in ("descr", "title", "alt")]
        found.paragraphs.extend(("", one) for one in written if len(one) > 4)
        if tag in _PARAGRAPHS:
            texts.append([])
            codes.append([])
        elif tag.endswith(":tbl"):
            tables.append([])
        elif tag.endswith(":tr") and tables:
            tables[-1].append([])
        elif tag.endswith(":tc") and tables and tables[-1]:
            tables[-1][-1].append("")
        elif tag == "w:fldSimple":
            found.instructions.append(element.get(f"{{{_SPACES['w']}}}instr", ""))
        if tag in ("w:instrText", "w:delInstrText"):
            if codes:
                codes[-1].append(text)
            elif text:
                found.instructions.append(text)
        elif tag in _SIGNS:
            if texts:
                texts[-1].append(_SIGNS[tag])
        elif tag not in _PARAGRAPHS and tag != "s:rPh" and text.strip():
            if texts:
                texts[-1].append(text)
            else:
                found.paragraphs.append(("", text))
    return found


def said(texts: PartTexts) -> tuple[list[tuple[str, str]], list[list[list[str]]], list[str]]:
    """What is searched; a table without any text says nothing."""
    tables = [table for table in texts.tables if any(any(row) for row in table)]
    return texts.paragraphs, tables, [text for text in texts.instructions if text]


def built(draw: st.DrawFn, depth: int) -> etree._Element:
    prefix, _, name = draw(st.sampled_from(_TAGS)).partition(":")
    element = etree.Element(f"{{{_SPACES[prefix]}}}{name}")
    element.text = draw(st.sampled_from(("", " ", "\u3000", "字", "一 二", None)))
    if draw(st.integers(0, 5)) == 0:
        element.set(
            draw(st.sampled_from(("descr", "title", "alt", "ref"))), draw(st.sampled_from(("短", "一幅画的说明")))
        )
    if name == "fldSimple" and draw(st.booleans()):
        element.set(f"{{{_SPACES['w']}}}instr", "DDE x")
    for _ in range(draw(st.integers(0, 3)) if depth else 0):
        element.append(built(draw, depth - 1))
    return element


@st.composite
def parts(draw: st.DrawFn) -> etree._Element:
    return built(draw, draw(st.integers(0, 5)))


@settings(max_examples=200, deadline=None)
@given(root=parts())
def test_any_part_says_what_it_says_when_each_end_is_waited_for(root: etree._Element) -> None:
    assert said(texts_of(root)) == said(slowly(root))
