"""Move every pinned version to the newest that fits and write the pins into pyproject.toml.

The whole tree is resolved anew, without the old pins, for every Python and system that the
packages support. A lock file would name the index that it was made from; versions name nobody.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BLOCK = re.compile(r"(?<=# pins: begin\n).*?(?=^ *# pins: end)", re.DOTALL | re.MULTILINE)


def main() -> int:
    """Resolve, write, and say what has changed."""
    uv = os.environ.get("UV") or shutil.which("uv")
    if uv is None:
        sys.exit("uv is needed: run this as `python3 dev.py pin`")
    settings = ROOT / "pyproject.toml"
    before = settings.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        copy_without_pins(Path(folder))
        pins = resolve(uv, Path(folder))
    after = replace_pins(before, pins)
    settings.write_text(after, encoding="utf-8", newline="\n")
    report(before, after)
    return 0


def copy_without_pins(folder: Path) -> None:
    """Copy what the resolution reads, with an empty block of pins."""
    for member in ROOT.glob("packages/*/pyproject.toml"):
        target = folder / member.relative_to(ROOT)
        target.parent.mkdir(parents=True)
        shutil.copy(member, target)
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (folder / "pyproject.toml").write_text(replace_pins(text, []), encoding="utf-8")


def resolve(uv: str, folder: Path) -> list[str]:
    """Return the requirements of the whole tree, every extra and every group included."""
    everything = ["--all-packages", "--all-extras", "--all-groups", "--no-emit-workspace"]
    plain = ["--no-hashes", "--no-annotate", "--no-header", "--quiet"]
    python = ["--python", sys.executable, "--no-python-downloads"]
    command = [uv, "export", *everything, *plain, *python]
    answer = subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE, text=True)
    return unmarked(answer.stdout.splitlines())


def unmarked(requirements: list[str]) -> list[str]:
    """Drop the environment markers of packages that have one version only.

    A pin takes effect only where the package is wanted, so that a marker matters only where two
    versions share a name.
    """
    versions: dict[str, set[str]] = {}
    for requirement in requirements:
        pin = requirement.split(";")[0].strip()
        versions.setdefault(pin.split("==")[0], set()).add(pin)
    kept = {
        requirement if len(versions[requirement.split("==")[0]]) > 1 else requirement.split(";")[0]
        for requirement in requirements
    }
    return sorted(requirement.strip() for requirement in kept)


def replace_pins(text: str, pins: list[str]) -> str:
    """Return the settings with these pins between the two markers."""
    lines = "".join(f'    "{pin}",\n' for pin in pins)
    replaced, count = BLOCK.subn(lambda _: lines, text)
    if count != 1:
        sys.exit("the two markers of the pins are missing from pyproject.toml")
    return replaced


def report(before: str, after: str) -> None:
    """Print the pins that went and the pins that came."""
    old, new = (set(BLOCK.findall(text)[0].splitlines()) for text in (before, after))
    for line in sorted(old ^ new):
        print("+" if line in new else "-", line.strip(' ",'))
    print(f"{len(new)} pins, {len(new - old)} of them new")


if __name__ == "__main__":
    sys.exit(main())
