"""Every address of this process's door, from its URLconf, filled in. Nothing here is listed by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")
FILLERS = {
    "int": "1",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "slug": "x",
    "str": "x",
    "path": "x",
    None: "x",
}


@dataclass(frozen=True)
class Address:
    """One route: its name, its text as in the URLconf, and its parameters with their converters."""

    name: str
    route: str

    @property
    def parameters(self) -> dict[str, str | None]:
        """Parameter -> converter."""
        return {name: converter or None for converter, name in PARAMETER.findall(self.route)}

    @property
    def is_api(self) -> bool:
        """Whether it wants a token instead of a session."""
        return self.route.startswith("api/")

    def filled(self, values: Mapping[str, str]) -> str:
        """The path, with what is not in `values` filled by kind."""
        return "/" + PARAMETER.sub(lambda at: values.get(at[2], FILLERS.get(at[1], "x")), self.route)


def addresses(
    patterns: Sequence[URLPattern | URLResolver] | None = None, root: str = ""
) -> Iterator[Address]:
    """Every address below these patterns; of the whole door if none are given."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = root + readable(str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        else:
            yield Address(pattern.name or route, route)


def readable(route: str) -> str:
    """A route written as a regular expression, as a library's may be, in the form of a path."""
    if not route.startswith("^") and not route.endswith("$"):
        return route
    plain = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<str:\1>", route.strip("^$"))
    return re.sub(r"[\\?]", "", plain)
