"""The list of all translations, which is written without the library that says how."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from kebao.catalog.translation_json import translations_json
from kebao.catalog.translation_status import TranslationStatus
from kebao.model.resource import TranslationState
from kebao.model.translated_texts import FieldState, TextState

TEXTS = st.text(st.characters(codec="utf-8"), max_size=6)
FIELDS = st.builds(
    FieldState,
    field=TEXTS,
    state=st.sampled_from(TextState),
    parts=st.lists(TEXTS, max_size=3).map(tuple),
    count=st.integers(0, 9),
)
STATUSES = st.builds(
    TranslationStatus,
    package=TEXTS,
    locale=TEXTS,
    kind=TEXTS,
    id=TEXTS,
    path=TEXTS,
    title=TEXTS,
    state=st.sampled_from(TextState),
    review=st.none() | st.sampled_from(TranslationState),
    fields=st.lists(FIELDS, max_size=3).map(tuple),
)


@given(st.lists(STATUSES, max_size=3))
def test_it_is_written_as_the_library_writes_it(statuses: list[TranslationStatus]) -> None:
    written = translations_json(statuses)
    assert written == json.dumps(json.loads(written), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    entries = json.loads(written)["translations"]
    assert [(e["title"], e["state"], [f["parts"] for f in e["fields"]]) for e in entries] == [
        (s.title, s.state.value, [list(f.parts) for f in s.fields]) for s in statuses
    ]
    assert [e["review"] for e in entries] == [s.review.value if s.review else None for s in statuses]


def test_one_entry_in_full() -> None:
    field = FieldState(field="body", state=TextState.STALE, parts=("做法", '结"果'), count=3)
    status = TranslationStatus(
        package="demo",
        locale="en",
        kind="micro-cases",
        id="one",
        path="p",
        title="一课",
        state=TextState.STALE,
        review=TranslationState.MACHINE,
        fields=(field,),
    )
    assert json.loads(translations_json([status]))["translations"] == [
        {
            "package": "demo",
            "locale": "en",
            "kind": "micro-cases",
            "id": "one",
            "path": "p",
            "title": "一课",
            "state": "stale",
            "review": TranslationState.MACHINE.value,
            "fields": [{"field": "body", "state": "stale", "parts": ["做法", '结"果'], "count": 3}],
        }
    ]
