"""The pages while they are worked on, with the Node that also builds them."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import sqlalchemy as sa

USAGE = """\
python3 dev.py pages dev         serve them, changed as they are edited; the API is at VITE_SERVICE_URL
python3 dev.py pages build       build them into the service
python3 dev.py pages interface   write the types of the service's interface
python3 dev.py pages test        run their tests; further words go to Vitest
python3 dev.py pages types       check their types
python3 dev.py pages lint        check their style; `format` also puts it right
python3 dev.py pages shots       take pictures of every page into the folder `shots`
python3 dev.py pages npm ...     run npm, to add a package for example
"""

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "packages" / "scheduling-web"))

from hatch_build import Node, build_pages, find_node, install_packages  # noqa: E402  The folder comes first.

from scheduling_core import MemoryStorage  # noqa: E402  As above.
from scheduling_web.accounts import Accounts, PasswordHasher  # noqa: E402
from scheduling_web.api.completing import complete  # noqa: E402
from scheduling_web.api.examples import EXAMPLES  # noqa: E402
from scheduling_web.app import create_app  # noqa: E402
from scheduling_web.settings import read_settings  # noqa: E402

TYPES = "src/api/schema.d.ts"
SCRIPTS = {"dev", "format", "lint", "test", "types"}


def main(words: list[str]) -> int:
    """Do what the first word says, and return the exit code."""
    if not words or words[0] in {"-h", "--help"}:
        print(USAGE.strip())
        return 0 if words else 2
    node = find_node()
    try:
        run_word(node, words[0], words[1:])
    except subprocess.CalledProcessError as error:
        return error.returncode
    except KeyboardInterrupt:
        return 130
    return 0


def run_word(node: Node, word: str, further: list[str]) -> None:
    """Do what one word says; raises CalledProcessError where npm fails."""
    if word == "shots":
        subprocess.run([sys.executable, ROOT / "tools" / "shots.py", *further], check=True)
    elif word == "npm":
        node.run(*further)
    elif word == "build":
        build_pages(node)
    elif word == "interface":
        install_packages(node, for_tests=True)
        write_interface(node)
    elif word in SCRIPTS:
        install_packages(node, for_tests=True)
        node.run("run", "--silent", word, "--", *further)
    else:
        sys.exit(f"{word!r} is no word of this: python3 dev.py pages --help")


def write_interface(node: Node) -> None:
    """Turn the service's own OpenAPI document into the types that the pages use.

    Some of its keys come from sets, so that only sorted ones are the same each time.
    """
    with tempfile.TemporaryDirectory() as folder:
        document = Path(folder, "openapi.json")
        document.write_text(json.dumps(describe_service(), sort_keys=True), encoding="utf-8")
        node.run("run", "--silent", "interface", "--", str(document), "--output", TYPES)


def describe_service() -> dict[str, object]:
    """Return the OpenAPI document of the service."""
    settings = read_settings({"SCHEDULING_SECRET": "of a service that answers nobody"})
    accounts = Accounts(sa.create_engine("sqlite://"), PasswordHasher())
    app = create_app(settings, storage=MemoryStorage(), accounts=accounts)
    return complete(app.openapi_schema.to_schema(), EXAMPLES)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
