"""What an author is told for each way in which a value can be wrong: pydantic's error types, and our own (``kb_…``).

Our models raise few of pydantic's types. All have a sentence, so that none is ever told in pydantic's words, whichever
field a later model adds; a test goes through the types that the installed release lists.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain, repeat

#: Code and sentence → the error types that are told so; parameters are ``field``, and those of the error's context.
_TYPES: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("KB201", "the field '{field}' is missing"): (
        "missing",
        "missing_argument",
        "missing_keyword_only_argument",
        "missing_positional_only_argument",
    ),
    ("KB203", "unknown field '{field}'"): (
        "extra_forbidden",
        "no_such_attribute",
        "unexpected_keyword_argument",
        "unexpected_positional_argument",
    ),
    ("KB202", "'{field}' must be a text"): ("string_type", "string_unicode", "bytes_type", "url_type", "uuid_type"),
    ("KB202", "'{field}' must be a list, like [one, two]"): (
        "list_type",
        "tuple_type",
        "named_tuple_type",
        "set_type",
        "frozen_set_type",
        "deque_type",
        "iterable_type",
        "iteration_error",
        "arguments_type",
    ),
    ("KB202", "'{field}' must be a mapping, like {{key: value}}"): (
        "dict_type",
        "frozen_dict_type",
        "ordered_dict_type",
        "counter_type",
        "mapping_type",
        "model_type",
        "model_attributes_type",
        "dataclass_type",
        "dataclass_exact_type",
    ),
    ("KB202", "'{field}' must be true or false"): ("kb_boolean", "bool_type", "bool_parsing"),
    ("KB202", "'{field}' must be a number in plain digits"): (
        "kb_number",
        "float_type",
        "float_parsing",
        "finite_number",
        "decimal_type",
        "decimal_parsing",
        "fraction_type",
        "fraction_parsing",
        "complex_type",
        "complex_str_parsing",
    ),
    ("KB202", "'{field}' must be a whole number in plain digits"): (
        "kb_whole_number",
        "int_type",
        "int_parsing",
        "int_parsing_size",
        "int_from_float",
    ),
    ("KB202", "'{field}' must be texts by language, like {{zh: …, en: …}}"): ("kb_localized",),
    ("KB202", "'{field}' must be left empty"): ("none_required", "missing_sentinel_error", "ellipsis_error"),
    ("KB202", "'{field}' can hold single values only, no lists or mappings"): ("set_item_not_hashable",),
    ("KB202", "the names in '{field}' must be texts"): ("invalid_key",),
    ("KB202", "'{field}' does not say what it is: '{discriminator}' is missing in it"): ("union_tag_not_found",),
    ("KB202", "'{field}' is not valid JSON"): ("json_invalid", "json_type"),
    ("KB202", "'{field}' holds a value of another kind than is wanted here"): (
        "is_instance_of",
        "is_subclass_of",
        "callable_type",
        "get_attribute_error",
        "needs_python_object",
    ),
    ("KB202", "'{field}' is nested too deeply, or holds itself"): ("recursion_loop", "recursion_depth_exceeded"),
    ("KB202", "'{field}' is fixed and cannot be changed"): ("frozen_field", "frozen_instance"),
    ("KB202", "'{field}' cannot be worked out: mend the other fields first"): ("default_factory_not_called",),
    ("KB103", "'{field}' is given twice"): ("multiple_argument_values",),
    ("KB204", "'{field}' is too short (at least {min_length} characters)"): ("string_too_short",),
    ("KB204", "'{field}' is too long (at most {max_length} characters)"): ("string_too_long", "url_too_long"),
    ("KB204", "'{field}' is too short (at least {min_length} bytes)"): ("bytes_too_short",),
    ("KB204", "'{field}' is too long (at most {max_length} bytes)"): ("bytes_too_long",),
    ("KB204", "'{field}' needs at least {min_length} entry"): ("too_short",),
    ("KB204", "'{field}' has more than {max_length} entries"): ("too_long",),
    ("KB204", "'{field}' must be greater than {gt}"): ("greater_than",),
    ("KB204", "'{field}' must be at least {ge}"): ("greater_than_equal",),
    ("KB204", "'{field}' must be less than {lt}"): ("less_than",),
    ("KB204", "'{field}' must be at most {le}"): ("less_than_equal",),
    ("KB204", "'{field}' must be a multiple of {multiple_of}"): ("multiple_of",),
    ("KB204", "'{field}' has more than {max_digits} digits"): ("decimal_max_digits",),
    ("KB204", "'{field}' has more than {decimal_places} digits after the decimal point"): ("decimal_max_places",),
    ("KB204", "'{field}' has more than {whole_digits} digits before the decimal point"): ("decimal_whole_digits",),
    ("KB204", "'{field}' must be on one line"): ("kb_one_line",),
    ("KB205", "'{field}' must be a date like 2025-03-18"): (
        "kb_date",
        "date_type",
        "date_parsing",
        "date_from_datetime_parsing",
        "date_from_datetime_inexact",
    ),
    ("KB205", "'{field}' is a day that the calendar does not have"): ("kb_calendar",),
    ("KB205", "'{field}' must be a date like 2023, 2023-08 or 2023-08-10 (08-10 where the year is not known)"): (
        "kb_moment",
    ),
    ("KB205", "'{field}' must not end before it starts"): ("kb_period",),
    ("KB205", "'{field}' must lie in the past"): ("date_past", "datetime_past"),
    ("KB205", "'{field}' must lie in the future"): ("date_future", "datetime_future"),
    ("KB205", "'{field}' must be a time like 09:30"): ("time_type", "time_parsing"),
    ("KB205", "'{field}' must be a date and a time like 2025-03-18T09:30"): (
        "datetime_type",
        "datetime_parsing",
        "datetime_object_invalid",
        "datetime_from_date_parsing",
    ),
    ("KB205", "'{field}' must be a length of time like 01:30:00"): ("time_delta_type", "time_delta_parsing"),
    ("KB205", "'{field}' must be a time without a time zone"): ("timezone_naive",),
    ("KB205", "'{field}' must be a time with its time zone"): ("timezone_aware",),
    ("KB205", "the time zone of '{field}' must be {tz_expected} seconds from UTC, not {tz_actual}"): (
        "timezone_offset",
    ),
    ("KB206", "'{field}' is not of the right form"): ("string_pattern_mismatch", "value_error", "assertion_error"),
    ("KB206", "'{field}' has several words in one entry"): ("kb_one_keyword",),
    ("KB206", "'{field}' must be written in English letters, digits and signs"): ("string_not_ascii",),
    ("KB206", "'{field}' is not text in the encoding {encoding}"): ("bytes_invalid_encoding",),
    ("KB206", "'{field}' must be an address like https://example.org/page"): ("url_parsing", "url_syntax_violation"),
    ("KB206", "'{field}' must be an address that begins with {expected_schemes}"): ("url_scheme",),
    ("KB206", "'{field}' must be a UUID: 32 digits and letters a-f"): ("uuid_parsing",),
    ("KB206", "'{field}' must be a UUID of version {expected_version}"): ("uuid_version",),
    ("KB301", "'{field}' must be one of: {expected}"): ("enum", "literal_error"),
    ("KB301", "'{field}' must be one of: {expected_tags}"): ("union_tag_invalid",),
}
#: Error type → our code and sentence.
VALUE_FAULTS: Mapping[str, tuple[str, str]] = dict(
    chain.from_iterable(zip(types, repeat(said)) for said, types in _TYPES.items())
)
#: For a type that only a later release of pydantic has.
OTHER_FAULT = ("KB206", "'{field}' is not of the right form")
NO_VALUE = ("KB201", "the field '{field}' has no value")
#: The same where not a field but the whole document is of the wrong type.
WHOLE_DOCUMENT: Mapping[str, str] = {
    "model_type": "fields are wanted here, one on a line, like 'title: …'",
    "list_type": "a list is wanted here, each entry starting with '- '",
}
#: How a pattern begins → what it wants.
PATTERNS: Mapping[str, str] = {
    "^[a-z0-9]": "'{field}' must be an id: small letters a-z, digits and hyphens",
    "^([a-z0-9]": "'{field}' must be the id of a resource, or package/id",
    "^[0-9a-f]{64}": "'{field}' must be a digest: 64 digits and letters a-f",
    "^[0-9a-f]{8}": "'{field}' must be digests of 8 digits and letters a-f, apart by blanks",
    "^(ltr": "'{field}' must be ltr or rtl",
    "^(public": "'{field}' must be public or intranet",
    "^(https": "'{field}' must be an address like https://example.org/ with a slash at the end",
}
ID_SENTENCES = (PATTERNS["^[a-z0-9]"], PATTERNS["^([a-z0-9]"])
DIGEST_SENTENCES = (PATTERNS["^[0-9a-f]{64}"], PATTERNS["^[0-9a-f]{8}"])
