"""Mutants of a verifier: each condition under which it speaks up can be switched off.

The source is compiled once with every such condition wrapped. A wrapped condition notes that it
held; the one that is off never holds. So one pass over a tampered world tells which checks see it,
and a mutant is killed when a world that the verifier refuses passes without that one check.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import FunctionType, ModuleType


@dataclass
class Switchboard:
    """Which conditions held, and which one is off."""

    names: dict[int, str] = field(default_factory=dict)
    held: set[int] = field(default_factory=set)
    off: int = -1

    def site(self, number: int, holds: Callable[[], object]) -> bool:
        """The condition, unless it is off."""
        if number == self.off or not holds():
            return False
        self.held.add(number)
        return True


class Wrapping(ast.NodeTransformer):
    """Wraps the condition of each `if` that speaks up at once."""

    def __init__(self, board: Switchboard, function: str, speaks: Callable[[ast.stmt], bool]) -> None:
        self.board, self.function, self.speaks = board, function, speaks

    def visit_If(self, node: ast.If) -> ast.If:
        self.generic_visit(node)
        if any(self.speaks(statement) for statement in node.body):
            number = len(self.board.names)
            self.board.names[number] = f"{self.function}: {ast.unparse(node.test)}"
            empty = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])
            site = ast.Attribute(ast.Name("BOARD", ast.Load()), "site", ast.Load())
            held = ast.copy_location(ast.Lambda(empty, node.test), node)
            node.test = ast.copy_location(ast.Call(site, [ast.Constant(number), held], []), node)
        return node


def says_a_sentence(statement: ast.stmt) -> bool:
    """Whether this statement yields, raises or returns what a verifier complains of."""
    if isinstance(statement, ast.Raise):
        return not ast.unparse(statement).startswith("raise NotChecked")
    if isinstance(statement, ast.Return):
        return isinstance(statement.value, ast.Call) and "Break" in ast.unparse(statement.value)
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Yield)


def wrapped(module: ModuleType, functions: Iterator[str], board: Switchboard) -> dict[str, FunctionType]:
    """These functions of the module with their conditions on the switchboard."""
    space = vars(module) | {"BOARD": board}
    made: dict[str, FunctionType] = {}
    for name in functions:
        tree = ast.parse(textwrap.dedent(inspect.getsource(getattr(module, name))))
        tree = ast.fix_missing_locations(Wrapping(board, name, says_a_sentence).visit(tree))
        exec(compile(tree, f"<{name} with switches>", "exec"), space)
        made[name] = space[name]
    space.update(made)
    return made
