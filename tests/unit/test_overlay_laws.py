"""The laws of laying a package over another, over any overlay; and of the pin in package.yml."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kebao.catalog.overlay import laid_over
from kebao.catalog.snapshots import Snapshot, take_snapshot
from kebao.catalog.upstream_changes import UpstreamEvent, upstream_changes
from kebao.mending.upstream_pin import NoPinError, pinned
from kebao.model.overlay import Annotation, Hiding, Overlay, Replacement
from kebao.model.package import Content, Package, Topic, Upstream, UpstreamPackage
from kebao.model.resource import Contribution, Kind, Lifecycle, Resource
from kebao.model.text import LocalizedText

IDS = tuple("abcdefgh")
OWN = ("own-1", "own-2")
EMPTY = Content(vocabularies={}, programmes={}, organisations={}, people={}, packages={})
DIGEST = "0123456789abcdef" * 4


def resource(package: str, resource_id: str, *, topic: str = "t", lifecycle: Lifecycle = Lifecycle.CURRENT) -> Resource:
    return Resource(
        id=resource_id,
        kind=Kind.MICRO_STORY,
        folder=f"content/packages/{package}/micro-stories/{resource_id}",
        title=resource_id.upper(),
        summary="",
        topics=(topic,),
        stages=("primary",),
        contributors=(Contribution(person="li", role="teacher"),),
        organisation="school",
        date=date(2025, 1, 1),
        licence="CC-BY-4.0",
        programme="p",
        phase="x",
        body=f"Text of {resource_id}",
        body_line=1,
        lifecycle=lifecycle,
    )


def package(package_id: str, *resources: Resource, overlay: Overlay | None = None) -> Package:
    return Package(
        id=package_id,
        path=f"content/packages/{package_id}/package.yml",
        title=LocalizedText({"zh": package_id}),
        short_title=LocalizedText({"zh": package_id}),
        summary=LocalizedText(),
        publisher="school",
        region=LocalizedText(),
        source_locale="zh",
        locales=("zh",),
        licence="CC-BY-4.0",
        programmes=("p",),
        extends=Upstream(package="above", edition="2026.1"),
        overlay=overlay or Overlay(),
        resources={each.id: each for each in resources},
    )


ABOVE = package("above", *(resource("above", i) for i in IDS))


def over(overlay: Overlay, above: Package = ABOVE) -> Package:
    own = package("county", *(resource("county", i) for i in OWN), overlay=overlay)
    return laid_over(own, UpstreamPackage(package=above, content=EMPTY, edition="2026.1"), "public")


@st.composite
def overlays(draw: st.DrawFn) -> Overlay:
    """Each upstream resource hidden, replaced, annotated or left alone; in any order."""
    chosen = {i: draw(st.sampled_from(("", "hide", "replace", "annotate"))) for i in draw(st.permutations(IDS))}
    reason = LocalizedText({"zh": "因为"})
    return Overlay(
        path="overlay.yml",
        hide=tuple(Hiding(resource=i, reason=reason) for i, what in chosen.items() if what == "hide"),
        replace=tuple(
            Replacement(resource=i, by=draw(st.sampled_from(OWN))) for i, what in chosen.items() if what == "replace"
        ),
        annotate=tuple(
            Annotation(resource=i, note=reason, by="li", on=date(2025, 5, draw(st.integers(1, 28))))
            for i, what in chosen.items()
            if what == "annotate"
        ),
    )


@given(overlays())
def test_readers_meet_what_is_neither_hidden_nor_replaced_and_all_that_is_own(overlay: Overlay) -> None:
    merged = over(overlay)
    assert set(merged.resources) == (set(IDS) - overlay.removed) | set(OWN)
    assert set(merged.provenance.origins) == set(IDS) - overlay.removed
    assert {left.id for left in merged.provenance.left_out} == overlay.removed
    assert set(merged.provenance.notes) == {each.resource for each in overlay.annotate}


@given(overlays(), st.randoms(use_true_random=False))
def test_the_order_in_an_overlay_does_not_matter(overlay: Overlay, random: object) -> None:
    def shuffled(values: tuple[object, ...]) -> tuple[object, ...]:
        mixed = list(values)
        random.shuffle(mixed)  # type: ignore[attr-defined]
        return tuple(mixed)

    other = replace(
        overlay,
        hide=shuffled(overlay.hide),  # type: ignore[arg-type]
        replace=shuffled(overlay.replace),  # type: ignore[arg-type]
        annotate=shuffled(overlay.annotate),  # type: ignore[arg-type]
    )
    first, second = over(overlay), over(other)
    assert first.resources == second.resources
    assert first.provenance == second.provenance


@given(overlays())
def test_hiding_and_annotating_of_different_resources_commute(overlay: Overlay) -> None:
    """Two packages, one after the other, give what one gives that does both at once."""
    notes_first = replace(overlay, hide=(), replace=())
    hiding_then = replace(overlay, annotate=(), replace=())
    middle = laid_over(
        package("county", overlay=notes_first),
        UpstreamPackage(package=ABOVE, content=EMPTY, edition="2026.1"),
        "public",
    )
    twice = over(hiding_then, middle)
    once = over(replace(overlay, replace=()))
    assert set(twice.resources) == set(once.resources)
    assert twice.provenance.notes == once.provenance.notes
    assert twice.provenance.origins == once.provenance.origins


@given(overlays())
def test_a_replaced_resource_leads_to_what_stands_in_for_it_and_a_hidden_one_nowhere(overlay: Overlay) -> None:
    provenance = over(overlay).provenance
    for replacement in overlay.replace:
        assert provenance.stand_in(replacement.resource) == replacement.by
    for hiding in overlay.hide:
        assert provenance.leaves_out(hiding.resource)
        assert provenance.stand_in(hiding.resource) == ""


def test_a_replacement_that_is_replaced_leads_to_the_last_one() -> None:
    county = over(Overlay(path="o", replace=(Replacement(resource="a", by="own-1"),)))
    mine = package(
        "village",
        resource("village", "mine"),
        overlay=Overlay(path="o", replace=(Replacement(resource="own-1", by="mine"),)),
    )
    school = laid_over(mine, UpstreamPackage(package=county, content=EMPTY, edition="next"), "public")
    assert school.provenance.stand_in("a") == "mine"
    assert school.provenance.origins["b"].package == "above"
    assert school.provenance.origins["own-2"].package == "county"


def test_an_empty_overlay_takes_everything_but_drafts_and_its_own_resources_win() -> None:
    above = package(
        "above", resource("above", "a"), resource("above", "own-1"), resource("above", "d", lifecycle=Lifecycle.DRAFT)
    )
    merged = over(Overlay(), above)
    assert sorted(merged.resources) == ["a", "own-1", "own-2"]
    assert merged.resources["own-1"].folder.startswith("content/packages/county/")


def test_a_topic_comes_along_when_a_resource_needs_it_and_stands_after_the_own_ones() -> None:
    def topic(topic_id: str, order: int) -> Topic:
        path = f"content/packages/above/topics/{topic_id}.md"
        return Topic(
            id=topic_id, path=path, title="", summary="", order=order, body="", body_line=1, suggested=("a", "b")
        )

    above = replace(ABOVE, topics={"t": topic("t", 1), "unused": topic("unused", 2)})
    merged = over(Overlay(path="o", hide=(Hiding(resource="a", reason=LocalizedText({"zh": "无"})),)), above)
    assert list(merged.topics) == ["t"]
    assert merged.topics["t"].suggested == ("b",)


def snapshot(*resources: Resource) -> Snapshot:
    return take_snapshot(package("above", *resources), edition="x", audience="public", facts={})


def test_what_is_gone_under_the_overlay_comes_first() -> None:
    old = snapshot(resource("above", "a"), resource("above", "b"), resource("above", "c"))
    new = snapshot(replace(resource("above", "b"), body="another"), resource("above", "c"), resource("above", "own"))
    overlay = Overlay(path="o", replace=(Replacement(resource="a", by="own-1"),))
    changes = upstream_changes(old, new, overlay, frozenset(("own",)))
    assert [(c.id, c.event, c.needs_a_look) for c in changes] == [
        ("own", UpstreamEvent.NEW, True),
        ("a", UpstreamEvent.GONE, True),
        ("b", UpstreamEvent.CHANGED, False),
    ]
    assert [c.id for c in upstream_changes(None, new, overlay)] == ["a"]


WRITTEN = (
    "title: {zh: 包} # 名字\nextends: {package: above, edition: 2025.1} # 底本\nlocales: [zh]\n",
    "extends:\n  package: above # 省\n  edition: 2025.1   # 版\nlocales: [zh]\n",
    "extends:\r\n  package: above\r\n  edition: '2025.1'\r\n  digest: " + "f" * 64 + " # 锁\r\n",
    "extends: {digest: " + "f" * 64 + ", edition: next, package: above, from: up/a.tar.gz}\n",
)


@pytest.mark.parametrize("text", WRITTEN)
def test_a_pin_is_written_in_its_place_and_nothing_else_changes(text: str) -> None:
    after = pinned(text.encode(), edition="2026.1", digest=DIGEST).decode()
    before_data, data = yaml.load(text, yaml.BaseLoader), yaml.load(after, yaml.BaseLoader)
    assert data == {**before_data, "extends": {**before_data["extends"], "edition": "2026.1", "digest": DIGEST}}
    assert [line.partition("#")[2] for line in after.splitlines() if "#" in line] == [
        line.partition("#")[2] for line in text.splitlines() if "#" in line
    ]
    assert ("\r\n" in text) == ("\r\n" in after)
    assert pinned(after.encode(), edition="2026.1", digest=DIGEST).decode() == after


@pytest.mark.parametrize("text", ["title: x\n", "extends: above\n", "extends: {package: a}\n", "[", ""])
def test_a_file_without_a_pin_is_refused(text: str) -> None:
    with pytest.raises(NoPinError):
        pinned(text.encode(), edition="2026.1", digest=DIGEST)
