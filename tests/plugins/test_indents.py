"""Pages without indents: a frame that is filled says what the whole page would."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from mkdocs_kebao.indents import Frame, Tidied, WholeFrame, frame, without_indents

#: What a careless cut would trip over: indents and ``<pre>`` across the ends, white space that few think of.
_SIGNS = ["\n", " ", "\t", "\xa0", "\x1c", "<", "<p", "<pr", "<pre", "pre", "re", "e", "<pre>", "</pre>", "<p>", "x"]
_TEXTS = st.lists(st.sampled_from(_SIGNS), max_size=8).map("".join)
_PAGES = st.lists(st.tuples(_TEXTS, _TEXTS), max_size=5)


@settings(derandomize=True, max_examples=1500)
@example([("<p>\n ", "\n x"), ("\n \n", "<pre>\n  a</pre>")], "\n </p>\n\n")
@example([("<p>a <", "pre>\n  b")], "\n  c</pre>")
@example([("<p>", "<pre>\n  b")], "<i>\n  c</pre>\n  d")
@given(_PAGES, _TEXTS)
def test_a_filled_frame_is_the_page_without_indents(holes: list[tuple[str, str]], end: str) -> None:
    pieces, values = [*(piece for piece, _ in holes), end], [value for _, value in holes]
    whole = "".join(piece + value for piece, value in holes) + end
    assert frame(pieces).filled(values) == without_indents(whole)


def test_most_pages_are_tidied_where_they_differ() -> None:
    made = frame(["<html>\n\n  <p>", "</p>\n  ", "  \n</html>"])
    assert isinstance(made, Frame)
    assert made.filled(["a\n  b", "<i>\n  c</i>\n"]) == "<html>\n<p>a\nb</p>\n<i>\nc</i>\n</html>"
    assert isinstance(frame(["<p><pre>", "</pre>"]), WholeFrame)


def test_text_in_pre_keeps_its_indents() -> None:
    assert without_indents("<p>\n  a<pre>\n  b</pre>\n\n  c") == "<p>\na<pre>\n  b</pre>\nc"


def test_what_is_tidied_is_not_looked_through_again() -> None:
    tidied = Tidied("a\n  b")
    assert without_indents(tidied) is tidied
