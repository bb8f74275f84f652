"""All rules in one go."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from kebao.checks.context import CheckContext
from kebao.checks.cycles import check_cycles
from kebao.checks.file_safety import check_file_safety
from kebao.checks.licences import check_licences
from kebao.checks.materials import check_materials
from kebao.checks.media import check_media
from kebao.checks.near_duplicates import check_near_duplicates
from kebao.checks.nominations import check_nominations
from kebao.checks.package_rules import check_packages, check_resources, check_translations
from kebao.checks.page_structure import check_page_structure
from kebao.checks.privacy import check_consent, check_file_properties, check_personal_data
from kebao.checks.programme_rules import check_programme_rules
from kebao.checks.references import check_references, check_text_links
from kebao.checks.required_roles import check_required_roles
from kebao.checks.typography import check_typography
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
    check_consent,
    check_cycles,
    check_file_properties,
    check_file_safety,
    check_licences,
    check_media,
    check_near_duplicates,
    check_nominations,
    check_page_structure,
    check_personal_data,
    check_programme_rules,
    check_required_roles,
    check_typography,
)


def run_checks(context: CheckContext, *, rules: Iterable[Rule] = RULES) -> tuple[Problem, ...]:
    """Every problem that the rules find, sorted."""
    return sorted_problems(problem for rule in rules for problem in rule(context))
