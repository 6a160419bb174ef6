"""Which HTTP library is used."""

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import sys
sys.path.insert(0, {folder!r})
sys.modules["httpx"] = None  # Importing it fails from here on.
from scheduling_calcom import Account, ApiKey, CalComClient
from scheduling_calcom.http import httpx
from scheduling_calcom.testing import KEY, FakeCalCom, connect
assert httpx.__name__ == "httpx2"
print(CalComClient(Account(ApiKey(KEY)), transport=connect(FakeCalCom().furnish())).get_me().id)
"""


def test_httpx2_is_as_good(tmp_path: Path) -> None:
    """Where httpx is missing, its continuation is used, which goes by the name of httpx2."""
    found = importlib.util.find_spec("httpx2")
    if found is None:
        # The continuation begins as what it continues: httpx under its name stands in for it here.
        original = importlib.util.find_spec("httpx")
        assert original
        assert original.origin
        shutil.copytree(Path(original.origin).parent, tmp_path / "httpx2")
    program = PROGRAM.format(folder=str(tmp_path))
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (run.stdout, run.stderr) == ("1\n", "")
