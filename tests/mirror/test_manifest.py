"""Manifests and the catalogue: what is written is read back, and nothing else is read."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kebao.mirror.errors import VerificationError
from kebao.mirror.manifest import (
    Catalog,
    FileEntry,
    Manifest,
    Pack,
    Unit,
    catalog_bytes,
    manifest_bytes,
    read_catalog,
    read_manifest,
)
from kebao.mirror.names import is_safe

_WORDS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,8}", fullmatch=True)
_HASHES = st.binary(min_size=32, max_size=32).map(bytes.hex)
_SIZES = st.integers(0, 2**50)
_TIMES = st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2200, 1, 1)).map(  # noqa: DTZ001 – made aware
    lambda time: time.replace(microsecond=0, tzinfo=timezone.utc)  # noqa: UP017 – the mirror's spelling
)
_PATHS = st.text(st.sampled_from("abc课/é #%"), min_size=1, max_size=10).filter(is_safe)
_FILES = st.dictionaries(_PATHS, st.tuples(_SIZES, _HASHES), max_size=6).map(
    lambda files: tuple(FileEntry(path, *rest) for path, rest in sorted(files.items()))
)
_PACKS = st.one_of(
    st.builds(Pack, st.just("base"), st.just(""), _HASHES, _SIZES),
    st.builds(Pack, st.just("delta"), _WORDS, _HASHES, _SIZES),
)
_MANIFESTS = st.builds(
    Manifest,
    package=_WORDS,
    locale=_WORDS,
    version=_WORDS,
    released=_TIMES,
    files=_FILES,
    packs=st.lists(_PACKS, max_size=3).map(tuple),
)
_CATALOGS = st.builds(
    Catalog,
    release=st.integers(1, 99_999),
    version=_WORDS,
    released=_TIMES,
    signed_at=_TIMES,
    units=st.lists(
        st.builds(Unit, _WORDS, _WORDS, _SIZES, _SIZES), max_size=4, unique_by=lambda u: (u.package, u.locale)
    ).map(tuple),
)
_SHA = "ab" * 32


@given(_MANIFESTS)
def test_a_manifest_is_read_back_as_it_was_written(manifest: Manifest) -> None:
    assert read_manifest(manifest_bytes(manifest)) == manifest


@given(_CATALOGS)
def test_a_catalogue_is_read_back_as_it_was_written(catalog: Catalog) -> None:
    assert read_catalog(catalog_bytes(catalog)) == catalog


@given(st.binary(max_size=200))
def test_reading_never_raises_anything_but_that_it_cannot_be_read(data: bytes) -> None:
    for read in (read_manifest, read_catalog):
        with pytest.raises(VerificationError):
            read(data)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@given(_MANIFESTS, st.sampled_from(["format", "package", "locale", "version", "released", "files", "packs"]), _JSON)
def test_a_field_of_another_kind_is_refused_or_means_the_same(manifest: Manifest, field: str, value: Any) -> None:
    data = json.loads(manifest_bytes(manifest))
    data[field] = value
    try:
        read = read_manifest(json.dumps(data).encode())
    except VerificationError:
        return
    assert json.loads(manifest_bytes(read)) == data


def _with(**changes: Any) -> bytes:
    data = {
        "format": "kebao-manifest/1",
        "package": "p",
        "locale": "zh",
        "version": "1",
        "released": "2026-11-21T08:00:00Z",
        "files": [["a", 1, _SHA], ["b", 2, _SHA]],
        "packs": [],
    }
    return json.dumps({**data, **changes}).encode()


def test_the_plain_manifest_of_these_tests_is_read() -> None:
    assert len(read_manifest(_with()).files) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"files": [["../a", 1, _SHA]]},
        {"files": [["C:/a", 1, _SHA]]},
        {"files": [["b", 1, _SHA], ["a", 1, _SHA]]},
        {"files": [["a", 1, _SHA], ["a", 1, _SHA]]},
        {"files": [["a", -1, _SHA]]},
        {"files": [["a", True, _SHA]]},
        {"files": [["a", 1.0, _SHA]]},
        {"files": [["a", 1, _SHA.upper()]]},
        {"files": [["a", 1, _SHA, 0]]},
        {"package": "../p"},
        {"package": "a.b"},
        {"version": ""},
        {"version": "1\n2"},
        {"released": "2026-11-21"},
        {"released": "2026-11-21T8:00:00Z"},
        {"packs": [{"kind": "base", "from": "1", "sha256": _SHA, "size": 1}]},
        {"packs": [{"kind": "delta", "from": "", "sha256": _SHA, "size": 1}]},
        {"packs": [{"kind": "other", "from": "1", "sha256": _SHA, "size": 1}]},
        {"more": 1},
        {"format": "kebao-manifest/2"},
    ],
)
def test_what_is_not_to_the_letter_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(VerificationError):
        read_manifest(_with(**changes))


def test_a_field_that_stands_twice_is_refused() -> None:
    with pytest.raises(VerificationError):
        read_manifest(_with().replace(b'"locale": "zh"', b'"locale": "zh", "locale": "en"'))


def test_manifests_are_written_with_sorted_keys_without_spaces_and_with_a_newline() -> None:
    assert (
        manifest_bytes(read_manifest(_with(files=[["课", 1, _SHA]])))
        == (
            '{"files":[["课",1,"' + _SHA + '"]],"format":"kebao-manifest/1","locale":"zh","package":"p","packs":[],'
            '"released":"2026-11-21T08:00:00Z","version":"1"}\n'
        ).encode()
    )
