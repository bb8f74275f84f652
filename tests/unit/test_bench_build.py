"""What the comparison with other generators makes of its figures."""

from __future__ import annotations

from tests.bench.bench_build import Run, growth, judged, median

COLD, NO_SEARCH = "Kebao, cold", "Kebao, cold, no search"


def run(cpu: float, *, wall: float = 1.0, peak: float = 100.0) -> Run:
    return Run(cpu, wall, peak)


def test_peers_without_an_index_stand_beside_our_build_without_one() -> None:
    runs = {NO_SEARCH: run(4.0), COLD: run(6.0), "MkDocs, Material, search": run(12.0), "Hugo": run(2.0)}
    found = {line.what: line for line in judged(runs)}
    assert found[f"{COLD}, CPU, of MkDocs, Material, search"].ratio == 0.5
    assert found[f"{NO_SEARCH}, CPU, of Hugo"].ratio == 2.0
    assert f"{COLD}, CPU, of Hugo" not in found


def test_a_budget_is_kept_or_not() -> None:
    runs = {COLD: run(10.0), "Kebao, one body changed": run(0.4), "Kebao, unchanged": run(0.1)}
    kept = {line.what: line.is_kept for line in judged(runs)}
    assert kept["Kebao, one body changed, CPU, of cold"] is False
    assert kept["Kebao, unchanged, CPU, of cold"] is True


def test_only_what_was_measured_is_judged() -> None:
    assert [line.what for line in judged({COLD: run(10.0)})] == ["Kebao's largest process, of 400 MB"]


def test_the_memory_of_peers_is_not_ours() -> None:
    runs = {COLD: run(1.0, peak=200.0), "Hugo": run(1.0, peak=900.0)}
    assert judged(runs)[0].ratio == 0.5


def test_growth_in_proportion_to_the_number_of_resources_is_one() -> None:
    everything = {300: {COLD: run(0.3)}, 1000: {COLD: run(1.0)}, 10000: {COLD: run(10.0)}}
    (line,) = growth(everything)
    assert abs(line.ratio - 1) < 1e-9
    assert line.is_kept


def test_the_median_is_taken_of_each_figure() -> None:
    assert median([run(1.0, wall=9.0), run(2.0, wall=8.0), run(9.0, wall=1.0)]) == run(2.0, wall=8.0)
