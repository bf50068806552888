"""How long the functions and files of the product are, in numbers: `python -m tests.ruler`.

A line of a function counts from its `def` to its end, without its docstring and its decorators.
"""

import ast
import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

ROOT: Final = Path(__file__).parents[1]
PACKAGES: Final = ("bot", "handlers", "storage", "playground")
LONG: Final = 40


@dataclass(frozen=True)
class Function:
    """A function: where it is, how long, whether a public method of a handler, whether every argument has a type."""

    name: str
    lines: int
    is_listener: bool
    is_typed: bool


@dataclass(frozen=True)
class Module:
    """A file: its lines that are neither empty nor a comment, its functions, and its broad excepts."""

    name: str
    lines: int
    functions: tuple[Function, ...]
    broad_excepts: int


@dataclass(frozen=True)
class Measures:
    """The numbers of one package."""

    modules: Sequence[Module]

    @property
    def functions(self) -> list[Function]:
        """Return every function."""
        return [function for module in self.modules for function in module.functions]

    @property
    def median_function(self) -> float:
        """Return how long a function is in the middle."""
        return median(function.lines for function in self.functions)

    @property
    def share_long(self) -> float:
        """Return the share of functions of more than forty lines."""
        return sum(function.lines > LONG for function in self.functions) / len(self.functions)

    @property
    def longest_function(self) -> Function:
        """Return the longest function."""
        return max(self.functions, key=lambda function: function.lines)

    @property
    def longest_module(self) -> Module:
        """Return the longest file."""
        return max(self.modules, key=lambda module: module.lines)

    @property
    def median_listener(self) -> float:
        """Return how long a public method of a handler is in the middle; 0 where there is none."""
        lines = [function.lines for function in self.functions if function.is_listener]
        return median(lines) if lines else 0

    @property
    def share_typed(self) -> float:
        """Return the share of functions of which every argument and the result have a type."""
        return sum(function.is_typed for function in self.functions) / len(self.functions)

    @property
    def broad_excepts_per_thousand(self) -> float:
        """Return how many times in a thousand lines every exception is caught."""
        return 1000 * sum(module.broad_excepts for module in self.modules) / sum(one.lines for one in self.modules)


@functools.cache
def measure(*packages: str) -> Measures:
    """Measure packages of the product, without the migrations."""
    files = [path for package in packages for path in sorted((ROOT / package).rglob("*.py"))]
    return Measures([_module(path) for path in files if "versions" not in path.parts])


def _module(path: Path) -> Module:
    text = path.read_text()
    tree = ast.parse(text)
    lines = [line for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]
    broad = [node for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler) and _is_broad(node)]
    return Module(str(path.relative_to(ROOT)), len(lines), tuple(_functions(path, tree)), len(broad))


def _is_broad(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or (
        isinstance(handler.type, ast.Name) and handler.type.id in {"Exception", "BaseException"}
    )


def _functions(path: Path, tree: ast.Module) -> Iterator[Function]:
    classes = {id(child): node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for child in node.body}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            owner = classes.get(id(node), "")
            yield Function(
                name=f"{path.relative_to(ROOT)}:{node.lineno} {node.name}",
                lines=_length(node),
                is_listener=owner.endswith("Handlers") and not node.name.startswith("_"),
                is_typed=_is_typed(node),
            )


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    first = node.body[0]
    is_documented = (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    )
    return lines - ((first.end_lineno or first.lineno) - first.lineno + 1 if is_documented else 0)


def _is_typed(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    typed = [one for one in given if one.annotation is not None or one.arg in {"self", "cls"}]
    return len(typed) == len(given) and node.returns is not None


def main() -> None:
    """Print a line for each package, and one for all."""
    print(
        f"{'':<12}{'files':>6}{'lines':>8}{'median':>8}{'over 40':>9}{'listener':>10}{'typed':>7}{'broad':>7}  longest"
    )
    for packages in [*((package,) for package in PACKAGES), PACKAGES]:
        found = measure(*packages)
        name = packages[0] if len(packages) == 1 else "all"
        lines = sum(module.lines for module in found.modules)
        print(
            f"{name:<12}{len(found.modules):>6}{lines:>8}{found.median_function:>8.0f}{found.share_long:>9.1%}"
            f"{found.median_listener:>10.0f}{found.share_typed:>7.0%}{found.broad_excepts_per_thousand:>7.1f}"
            f"  {found.longest_function.lines} {found.longest_function.name}"
            f", {found.longest_module.lines} {found.longest_module.name}"
        )


if __name__ == "__main__":
    main()
