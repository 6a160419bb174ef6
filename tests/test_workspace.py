"""What holds for the repository as a whole."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("scheduling-core", "scheduling-calcom", "scheduling-web")

# Names of machines that packages come from, and folders that only exist on somebody's machine.
HOST = re.compile(r"\b(pypi|pythonhosted|npmjs|yarnpkg|debian)\.(org|com|net)\b")
HOME = re.compile(r"/(home|Users|root|work)/\w")


def project(package: str) -> dict[str, Any]:
    """Read the `[project]` table of a package."""
    text = (ROOT / "packages" / package / "pyproject.toml").read_text(encoding="utf-8")
    table: dict[str, Any] = tomllib.loads(text)["project"]
    return table


def files(*patterns: str) -> list[Path]:
    """List what is in version control or about to be."""
    # The checkout may belong to another user than the one who runs the tests.
    git = ["git", "-c", "safe.directory=*", "ls-files", "--cached", "--others"]
    listing = subprocess.run(
        [*git, "--exclude-standard", "-z", "--", *patterns],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return [ROOT / name for name in listing.split("\0") if name and (ROOT / name).is_file()]


needs_git = pytest.mark.skipif(
    not (ROOT / ".git").exists(), reason="only a checkout knows which files belong to it"
)


class TestPackages:
    """The three packages."""

    def test_all_have_one_version(self) -> None:
        """They are released together, under one number."""
        assert len({project(package)["version"] for package in PACKAGES}) == 1

    def test_each_wants_its_siblings_in_its_own_version(self) -> None:
        """An installation never mixes releases."""
        for package in PACKAGES:
            version = project(package)["version"]
            siblings = [
                requirement
                for requirement in project(package)["dependencies"]
                if requirement.startswith("scheduling-")
            ]
            assert all(requirement.endswith(f"=={version}") for requirement in siblings)

    @pytest.mark.parametrize("package", PACKAGES)
    def test_each_carries_licence_readme_and_types(self, package: str) -> None:
        """Whoever installs one package gets all that belongs to it."""
        folder = ROOT / "packages" / package
        assert (folder / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
        assert (folder / "README.md").read_text(encoding="utf-8").startswith(f"# {package}\n")
        assert (folder / "src" / package.replace("-", "_") / "py.typed").exists()

    @pytest.mark.parametrize("package", PACKAGES)
    def test_each_readme_can_be_read_where_the_package_is_offered(self, package: str) -> None:
        """No other files are beside it there: it says how to install it, and links to none of them."""
        text = (ROOT / "packages" / package / "README.md").read_text(encoding="utf-8")
        assert re.search(rf'pip install "?{package}', text)
        assert re.findall(r"\]\((?!https://)[^)]*\)", text) == []

    def test_the_core_needs_attrs_and_nothing_else(self) -> None:
        """Its one other requirement is the time zone data that Windows lacks."""
        assert project("scheduling-core")["dependencies"] == [
            "attrs>=24.2",
            "tzdata; sys_platform == 'win32'",
        ]


@needs_git
class TestFiles:
    """Everything that is in version control."""

    def test_no_module_has_more_than_400_lines(self) -> None:
        """What does not fit is cut along its nouns."""
        lengths = {
            str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
            for path in files("*.py")
        }
        assert {name: length for name, length in lengths.items() if length > 400} == {}

    def test_no_function_has_more_than_60_lines(self) -> None:
        """What does not fit is cut along its verbs, unless a reason stands here."""
        reasons = {"upgrade of 0001_first_tables.py": "a list of tables, one after the other"}
        found = {
            f"{node.name} of {path.name}": node.end_lineno - node.lineno + 1
            for path in files("*.py")
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None
        }
        too_long = {name for name, length in found.items() if length > 60}
        assert too_long == set(reasons)

    def test_no_file_names_an_index_or_a_machine(self) -> None:
        """The repository works with every mirror and in every folder."""
        found = {
            f"{path.relative_to(ROOT)}: {match.group()}"
            for path in files()
            for pattern in (HOST, HOME)
            for match in pattern.finditer(path.read_text(encoding="utf-8", errors="ignore"))
        }
        assert found == set()
