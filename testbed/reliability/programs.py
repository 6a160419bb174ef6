"""The programs of this package, run as processes of their own."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

TESTBED = Path(__file__).parents[1]


def start(module: str, *words: object) -> subprocess.Popen[str]:
    """Start the program of a module, with pipes to what it reads and from what it writes."""
    command = [sys.executable, "-m", f"reliability.{module}", *map(str, words)]
    return subprocess.Popen(
        command,
        env={**os.environ, "PYTHONPATH": str(TESTBED)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def run_together(programs: list[subprocess.Popen[str]], meanwhile: Callable[[], None]) -> None:
    """Let programs that wait for a line begin when all of them are ready, and look on until their end."""
    with contextlib.ExitStack() as stack:
        for program in programs:
            stack.enter_context(program)
            stack.callback(program.kill)  # Only one that is left because something failed is still there.
        for program in programs:
            read_line(program)
        for program in programs:
            write_line(program, "go")
        while any(program.poll() is None for program in programs):
            meanwhile()
            time.sleep(0.1)
    if any(program.returncode for program in programs):
        raise RuntimeError(f"programs ended with {[program.returncode for program in programs]}")


def read_line(program: subprocess.Popen[str]) -> str:
    """Return the next line that the program writes, empty at its end."""
    return program.stdout.readline().rstrip() if program.stdout else ""


def write_line(program: subprocess.Popen[str], line: str) -> None:
    """Give the program a line to read."""
    if program.stdin:
        program.stdin.write(line + "\n")
        program.stdin.flush()
