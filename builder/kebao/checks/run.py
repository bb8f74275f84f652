"""All rules in one go."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from kebao.checks.context import CheckContext
from kebao.checks.materials import check_materials
from kebao.checks.package_rules import check_packages, check_resources, check_translations
from kebao.checks.references import check_references, check_text_links
from kebao.checks.vocabulary_values import check_vocabulary_values
from kebao.problems import Problem, sorted_problems

Rule = Callable[[CheckContext], Iterable[Problem]]

RULES: tuple[Rule, ...] = (
    check_vocabulary_values,
    check_references,
    check_text_links,
    check_materials,
    check_packages,
    check_resources,
    check_translations,
)


def run_checks(context: CheckContext, *, rules: Iterable[Rule] = RULES) -> tuple[Problem, ...]:
    """Every problem that the rules find, sorted."""
    return sorted_problems(problem for rule in rules for problem in rule(context))
