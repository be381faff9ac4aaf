"""The acts of the locked room, in one place for the pages and the API of the pharmacy door."""

from randomization.sealed.acceptance import acceptance_report, check_list
from randomization.sealed.importing import expected_of, import_list
from randomization.sealed.lists import activate_list, seal_list
from randomization.sealed.making import design_of, make_list
from randomization.sealed.opening import Purpose, code_break, reveal, reveal_for_preparation

__all__ = [
    "Purpose",
    "acceptance_report",
    "activate_list",
    "check_list",
    "code_break",
    "design_of",
    "expected_of",
    "import_list",
    "make_list",
    "reveal",
    "reveal_for_preparation",
    "seal_list",
]
