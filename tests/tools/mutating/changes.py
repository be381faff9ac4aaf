"""The small changes: each is made in a module's syntax tree, shown to the caller, and taken back.

Left alone are texts and what is formatted into them, annotations, decorators, `strict=` of a zip (a second
belt), and `assert_never`, which nothing reaches.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

ORDER: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
"""A comparison -> its boundary moved, and its contrary."""
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
    ast.BitXor: ast.BitOr,
}
NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}
MODULE = "<module>"
LONGEST = 70
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Change:
    """One change. `owner` is the outermost function around it and its line, or MODULE and 0."""

    key: str
    owner: tuple[str, int]
    line: int


@dataclass
class Place:
    """Where a node stands in its parent."""

    parent: ast.AST
    name: str
    index: int | None

    def put(self, node: object) -> None:
        """Put a node there."""
        if self.index is None:
            setattr(self.parent, self.name, node)
        else:
            getattr(self.parent, self.name)[self.index] = node


def changes(tree: ast.Module, path: str) -> Iterator[Change]:
    """Every change of a module; while the caller has it, the tree holds it."""
    seen: Counter[str] = Counter()
    for place, node, owner in _places(tree, (MODULE, 0), ""):
        shown = (
            place.parent if isinstance(node, ast.cmpop | ast.operator | ast.boolop | ast.unaryop) else node
        )
        before = _short(shown)
        for other in _others(node, place):
            ast.fix_missing_locations(ast.copy_location(other, shown))  # type: ignore[type-var]
            place.put(other)
            after = _short(place.parent if shown is place.parent else other)
            words = f"{path}::{owner[0]}: {before} -> {after}"
            seen[words] += 1
            number = f" #{seen[words]}" if seen[words] > 1 else ""
            yield Change(words + number, owner, getattr(shown, "lineno", 0))
            place.put(node)


def _short(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _places(
    node: ast.AST, owner: tuple[str, int], inside: str
) -> Iterator[tuple[Place, Any, tuple[str, int]]]:
    for name, value in ast.iter_fields(node):
        for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(child, ast.AST) or _left_alone(node, name, child):
                continue
            yield Place(node, name, index), child, owner
            yield from _places(child, *_within(child, owner, inside, name))


def _within(child: ast.AST, owner: tuple[str, int], inside: str, name: str) -> tuple[tuple[str, int], str]:
    """The owner of what stands within a node, and the name of the class around it."""
    if isinstance(child, ast.ClassDef) and owner[0] == MODULE:
        return owner, f"{inside}{child.name}."
    if isinstance(child, Function) and owner[0] == MODULE:
        return (f"{inside}{child.name}", first_line(child)), inside
    return owner, inside


def first_line(node: Function) -> int:
    """The line at which its code begins: that of the first decorator."""
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def _left_alone(parent: ast.AST, name: str, child: ast.AST) -> bool:
    if name in {"annotation", "returns", "decorator_list", "ctx", "bases", "type_comment"}:
        return True
    if isinstance(child, ast.JoinedStr | ast.Import | ast.ImportFrom):
        return True
    if isinstance(child, ast.keyword):
        return child.arg == "strict"
    if isinstance(child, ast.BinOp) and isinstance(child.op, ast.Mod):
        return isinstance(child.left, ast.Constant) and isinstance(child.left.value, str)
    return isinstance(child, ast.Expr) and "assert_never" in ast.unparse(child)


def _others(node: ast.AST, place: Place) -> Iterator[ast.AST]:
    """What may stand in the place of this node."""
    if isinstance(node, ast.cmpop):
        yield from (kind() for kind in ORDER[type(node)])
    elif isinstance(node, ast.operator):
        yield ARITHMETIC[type(node)]() if type(node) in ARITHMETIC else ast.Add()
    elif isinstance(node, ast.boolop):
        yield ast.Or() if isinstance(node, ast.And) else ast.And()
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        yield node.operand
    elif isinstance(node, ast.Constant):
        yield from _constants(node, place)
    elif isinstance(node, ast.Name):
        if node.id in NAMES and place.name == "func":
            yield ast.Name(NAMES[node.id], ast.Load())
    elif isinstance(node, ast.stmt):
        yield from _statements(node)
    if isinstance(node, ast.expr) and _is_condition(node, place):
        yield ast.UnaryOp(ast.Not(), node)
    if isinstance(node, ast.expr) and isinstance(place.parent, ast.comprehension) and place.name == "ifs":
        yield ast.Constant(True)


def _is_condition(node: ast.expr, place: Place) -> bool:
    """A condition that no other change turns round."""
    if isinstance(node, ast.Compare | ast.BoolOp | ast.UnaryOp | ast.Constant):
        return False
    return place.name in {"test", "ifs"} and isinstance(
        place.parent, ast.If | ast.While | ast.IfExp | ast.comprehension
    )


def _constants(node: ast.Constant, place: Place) -> Iterator[ast.AST]:
    if isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node.value, int | float):
        yield ast.Constant(node.value + 1)
        yield ast.Constant(node.value - 1)


def _statements(node: ast.stmt) -> Iterator[ast.AST]:
    text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    if isinstance(node, ast.Return) and node.value is not None:
        if not (isinstance(node.value, ast.Constant) and node.value.value is None):
            yield ast.Return(ast.Constant(None))
    elif isinstance(node, ast.Raise | ast.AugAssign | ast.Delete | ast.Break) or (
        isinstance(node, ast.Expr) and not text
    ):
        yield ast.Pass()
    elif isinstance(node, ast.Continue):
        yield ast.Break()
    elif isinstance(node, ast.Assign) and not isinstance(node.targets[0], ast.Name | ast.Tuple):
        yield ast.Pass()
