"""The rules of the house that are read off the code: layers, budgets, words, commits."""

import ast
import re
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

from cxquest.config import PROJECT, Settings

PACKAGE = PROJECT / "cxquest"
FILES = sorted(f for f in PACKAGE.rglob("*.py") if "migrations" not in f.parts)
TREES = {file: ast.parse(file.read_text(encoding="utf-8")) for file in FILES}
ROOMS = (
    "people",
    "journey",
    "voice",
    "surveys",
    "pains",
    "measures",
    "rewards",
    "quests",
    "lessons",
    "recognition",
    "boards",
    "desk",
    "demo",
)
FORBIDDEN_NAMES = {"utils", "helpers", "common", "manager", "base", "misc", "lib"}
# Files of a room that stand between the web or the shell and its services.
OUTER = re.compile(r"(\w+_)?(views|forms|commands|pages)|administering|wording|showing")
ONLY_PAGES = {"desk"}  # a room that has nothing of its own to keep
MAY_COMMIT = re.compile(r"(\w+_)?(views|commands|job)|administering|command|worker|outbox|jobs")
MAY_CATCH_ALL = {"worker.py"}
WEB = (
    "flask",
    "flask_babel",
    "flask_login",
    "flask_wtf",
    "wtforms",
    "cxquest.web",
    "cxquest.extensions",
)


def name_of(file: Path) -> str:
    return str(file.relative_to(PROJECT))


def functions(file: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(TREES[file]):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return the lines of a function's body, without its docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def imported(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(TREES[file]):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_no_file_is_longer_than_400_lines() -> None:
    tests = (PROJECT / "tests").rglob("*.py")
    sizes = {name_of(f): len(f.read_text("utf-8").splitlines()) for f in [*FILES, *tests]}
    assert {name: n for name, n in sizes.items() if n > 400} == {}


def test_functions_are_short() -> None:
    lengths = {f"{name_of(f)}:{fn.name}": length(fn) for f in FILES for fn in functions(f)}
    assert {name: n for name, n in lengths.items() if n > 60} == {}
    assert statistics.median(lengths.values()) <= 8
    assert statistics.quantiles(lengths.values(), n=10)[-1] <= 30


def test_no_module_is_a_drawer_for_everything() -> None:
    assert [
        name_of(f) for f in FILES if f.stem in FORBIDDEN_NAMES or f.parent.name in FORBIDDEN_NAMES
    ] == []


def test_only_views_and_commands_commit() -> None:
    found = {
        name_of(file)
        for file, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "commit"
    }
    assert {name for name in found if not MAY_COMMIT.fullmatch(Path(name).stem)} == set()


def test_a_view_commits_once_as_its_last_deed() -> None:
    """Nothing is written to the session after its commit in the same function."""
    twice = {
        f"{name_of(file)}:{function.name}"
        for file in FILES
        if OUTER.fullmatch(file.stem) and file.parent.name in ROOMS
        for function in functions(file)
        if _commits(function) > 1
    }
    assert twice == set()


def _commits(function: ast.AST) -> int:
    return sum(isinstance(n, ast.Attribute) and n.attr == "commit" for n in ast.walk(function))


def test_views_ask_through_queries() -> None:
    asking = {
        name_of(file)
        for file, tree in TREES.items()
        if OUTER.fullmatch(file.stem)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "select"
    }
    assert asking == set()


def test_services_know_no_web_and_no_clock() -> None:
    wrong = {
        name_of(file): sorted(known)
        for file in FILES
        if file.parent.name in set(ROOMS) - ONLY_PAGES and not OUTER.fullmatch(file.stem)
        if (known := imported(file) & {*WEB, "cxquest.core.clock"})
        or (known := {i for i in imported(file) if i.startswith(WEB)})
    }
    assert wrong == {}


def test_rooms_share_no_views_or_forms() -> None:
    wrong = [
        (name_of(file), name)
        for file in FILES
        if file.parent.name in ROOMS
        for name in imported(file)
        if re.match(r"cxquest\.\w+\.(\w+_)?(views|forms)\b", name)
        and not name.startswith((f"cxquest.{file.parent.name}.", "cxquest.web."))
    ]
    assert wrong == []


def test_nobody_catches_everything() -> None:
    found = {
        name_of(file)
        for file, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or getattr(node.type, "id", "") in ("Exception", "BaseException"))
    }
    assert {name for name in found if Path(name).name not in MAY_CATCH_ALL} == set()


def test_everything_public_says_what_it_is() -> None:
    silent = []
    for file, tree in TREES.items():
        named = [n for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef)]
        public = [n for n in named if not n.name.startswith("_")]
        silent += [f"{name_of(file)}:{n.name}" for n in public if not ast.get_docstring(n)]
        silent += [] if ast.get_docstring(tree) else [name_of(file)]
    assert silent == []


@pytest.mark.parametrize("name", list(Settings.model_fields))
def test_every_setting_is_documented(name: str) -> None:
    page = (PROJECT / "docs" / "settings.md").read_text(encoding="utf-8")
    described = Settings.model_fields[name].description
    assert f"`{name}`" in page
    assert described in page


def test_the_page_of_settings_names_no_other() -> None:
    page = (PROJECT / "docs" / "settings.md").read_text(encoding="utf-8")
    named = re.findall(r"^\| `([A-Z_]+)`", page, re.MULTILINE)
    assert named == list(Settings.model_fields)
