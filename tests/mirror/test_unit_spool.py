"""Units on the disk are the units that were given."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kebao.mirror.manifest import FileEntry
from kebao.mirror.publisher.unit_spool import UnitSpool
from kebao.mirror.publisher.units import UnitKey

KEYS = st.builds(UnitKey, st.text("abc", min_size=1), st.sampled_from(["zh", "en", "und"]))
FILES = st.builds(FileEntry, st.text(), st.integers(0, 1 << 53), st.text("0123456789abcdef", min_size=64, max_size=64))


@given(st.dictionaries(KEYS, st.lists(FILES)))
def test_what_was_spooled_comes_back_in_any_order(units: dict[UnitKey, list[FileEntry]]) -> None:
    with UnitSpool(units) as spool:
        assert list(spool) == list(units)
        for key in reversed(units):
            assert list(spool[key]) == units[key]
        assert {key: list(files) for key, files in spool.items()} == units
        assert UnitKey("none", "zh") not in spool
