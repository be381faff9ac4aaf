"""A kind of import contract that import-linter does not bring: nothing but the standard library."""

from __future__ import annotations

import sys

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class StandardLibraryOnly(Contract):
    """Keeps a package free of everything but Python itself, and the lower cores that it names.

    Looks at direct imports only: the lower cores have a contract of their own.
    """

    type_name = "standard_library_only"

    package = fields.StringField()
    lower_cores = fields.ListField(subfield=fields.StringField(), required=False, default=[])

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Broken by every import that is neither of the package, nor of a lower core, nor of Python."""
        inside = {self.package, *graph.find_descendants(self.package)}
        strangers = sorted(
            f"{module} imports {imported}"
            for module in inside
            for imported in graph.find_modules_directly_imported_by(module)
            if not self.may_import(imported)
        )
        return ContractCheck(kept=not strangers, metadata={"strangers": strangers})

    def may_import(self, imported: str) -> bool:
        """Whether the package may know this module."""
        own = any(imported == known or imported.startswith(f"{known}.") for known in self.known())
        return own or imported.split(".")[0] in sys.stdlib_module_names

    def known(self) -> list[str]:
        """The package itself and what lies below it."""
        return [self.package, *self.lower_cores]

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Name every import that has no place in a core."""
        for stranger in check.metadata["strangers"]:
            output.print_error(f"- {stranger}", bold=False)
