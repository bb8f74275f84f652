"""All rules in one go."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from kebao.checks.context import CheckContext
from kebao.checks.cycles import check_cycles
from kebao.checks.file_safety import check_file_safety
from kebao.checks.interface_texts import check_interface_texts
from kebao.checks.licences import check_licences
from kebao.checks.materials import check_materials
from kebao.checks.media import check_media
from kebao.checks.module_bounds import check_module_bounds
from kebao.checks.near_duplicates import check_near_duplicates
from kebao.checks.nominations import check_nominations
from kebao.checks.overlays import check_overlays
from kebao.checks.package_rules import check_packages, check_resources, check_translations
from kebao.checks.page_structure import check_page_structure
from kebao.checks.policy_terms import check_policy_terms
from kebao.checks.privacy import check_consent, check_file_properties, check_personal_data
from kebao.checks.programme_rules import check_programme_rules
from kebao.checks.programme_sums import check_programme_sums
from kebao.checks.programme_times import check_programme_times
from kebao.checks.raw_html import check_raw_html
from kebao.checks.references import check_references, check_text_links
from kebao.checks.required_roles import check_required_roles
from kebao.checks.translation_budget import check_translation_budget
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
    check_interface_texts,
    check_licences,
    check_media,
    check_module_bounds,
    check_near_duplicates,
    check_nominations,
    check_overlays,
    check_page_structure,
    check_personal_data,
    check_policy_terms,
    check_programme_rules,
    check_programme_sums,
    check_programme_times,
    check_raw_html,
    check_required_roles,
    check_translation_budget,
    check_typography,
)

#: Rules that look at one resource at a time. What they find in its folder is decided by that folder, by what resources
#: share (vocabularies, people, the site's set-up), and by which resources and topics are there: no need to look at it
#: again while these stay what they are. A rule may only stand here when that is true of it.
LOCAL_RULES: tuple[Rule, ...] = (
    check_vocabulary_values,
    check_references,
    check_text_links,
    check_materials,
    check_resources,
    check_translations,
    check_consent,
    check_file_properties,
    check_file_safety,
    check_media,
    check_page_structure,
    check_personal_data,
    check_raw_html,
    check_required_roles,
    check_typography,
)
#: All others: they are run over all resources every time.
FAR_REACHING_RULES: tuple[Rule, ...] = tuple(rule for rule in RULES if rule not in LOCAL_RULES)


def run_checks(context: CheckContext, *, rules: Iterable[Rule] = RULES) -> tuple[Problem, ...]:
    """Every problem that the rules find, sorted."""
    return sorted_problems(problem for rule in rules for problem in rule(context))
