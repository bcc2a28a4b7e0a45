"""Read the source as data: modules, what each imports (also lazily, by string or for types only), functions and calls."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src"
PACKAGE = "wholeservice"
_MODULE_NAME = re.compile(rf"^{PACKAGE}(\.\w+)+(:\w+)?$")
_IMPORTERS = frozenset({"import_module", "__import__", "find_spec", "resolve_name"})


@dataclass(frozen=True)
class Module:
    """One source file. `name` is dotted and without the package: `measures.base`, `measures` for its `__init__`."""

    name: str
    path: Path
    tree: ast.Module

    @property
    def room(self) -> str:
        """The folder, or the file itself on the ground floor."""
        return self.name.partition(".")[0]

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")


@dataclass(frozen=True)
class Import:
    """One import of `target` (ours: without the package; foreign: the top-level name)."""

    target: str
    line: int
    is_ours: bool
    is_lazy: bool = False
    is_for_types: bool = False


@cache
def modules() -> tuple[Module, ...]:
    """Return every module of the package, in order of name."""
    paths = sorted((SRC / PACKAGE).rglob("*.py"))
    return tuple(Module(_name(path), path, ast.parse(path.read_text(encoding="utf-8"))) for path in paths)


def _name(path: Path) -> str:
    parts = path.relative_to(SRC / PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


@cache
def names() -> frozenset[str]:
    return frozenset(module.name for module in modules())


def rooms() -> list[Path]:
    """Return the folders of the package."""
    return [path.parent for path in sorted((SRC / PACKAGE).glob("*/__init__.py"))]


@cache
def imports(module: Module) -> tuple[Import, ...]:
    """Return every import of *module*, wherever it hides."""
    return tuple(_imports(module.tree, module, is_lazy=False, is_for_types=False))


def _imports(node: ast.AST, module: Module, *, is_lazy: bool, is_for_types: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        lazy = is_lazy or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for_types = is_for_types or (isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test))
        for target in _targets(child, module):
            ours = _ours(target)
            foreign = target.partition(".")[0]
            yield Import(foreign if ours is None else ours, child.lineno, ours is not None, lazy, for_types)  # type: ignore[attr-defined]
        yield from _imports(child, module, is_lazy=lazy, is_for_types=for_types)


def _targets(node: ast.AST, module: Module) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        base = _absolute(node, module)
        return [f"{base}.{alias.name}" for alias in node.names]
    if isinstance(node, ast.Call) and _called(node) in _IMPORTERS:
        first = node.args[0] if node.args else None
        return [str(first.value)] if isinstance(first, ast.Constant) else []
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and _MODULE_NAME.match(node.value):
        return [node.value.partition(":")[0]]
    return []


def _absolute(node: ast.ImportFrom, module: Module) -> str:
    if not node.level:
        return node.module or ""
    package = f"{PACKAGE}.{module.name}".split(".")
    keep = len(package) - node.level + (1 if module.path.name == "__init__.py" else 0)
    return ".".join([*package[:keep], *([node.module] if node.module else [])])


def _ours(target: str) -> str | None:
    """Return the name of our module that *target* names or lies in, None for foreign ones."""
    if target.partition(".")[0] != PACKAGE:
        return None
    name = target.partition(".")[2]
    while name and name not in names():
        name = name.rpartition(".")[0]
    return name


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def calls(module: Module) -> Iterator[tuple[str, ast.Call]]:
    """Yield (dotted name of what is called, the call): `datetime.now`, `open`, `?.read_text` for a method."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call):
            yield _dotted(node.func), node


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return "?"


def functions(module: Module) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Yield (`module:Class.function`, definition) of every function, methods and nested ones too."""
    yield from _functions(module.tree, module.name + ":")


def _functions(node: ast.AST, prefix: str) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for child in ast.iter_child_nodes(node):
        named = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield prefix + child.name, child
        yield from _functions(child, f"{prefix}{child.name}." if named else prefix)  # type: ignore[attr-defined]


def registered(module: Module, kind: str) -> list[str]:
    """Return the top-level names of *module* that are bound to a call of *kind*: `MEASURE = Measure(...)`."""
    return [
        target.id
        for node in module.tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Call) and _called(node.value) == kind
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    ]


@cache
def project_files() -> tuple[Path, ...]:
    """Return the files that are or would be committed; without git, all but hidden folders."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    found = [ROOT / name for name in listed.stdout.split("\0") if name] if listed.returncode == 0 else list(ROOT.rglob("*"))
    return tuple(path for path in found if path.is_file() and ".venv" not in path.parts)
