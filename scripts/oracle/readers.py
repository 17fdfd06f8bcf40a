"""Zip readers that others wrote. Each of them has to accept every package."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Reader:
    """A program, how it is called, and the Debian package it comes in."""

    program: str
    arguments: tuple[str, ...]
    debian: str
    # Whether the standard output of a run that ended with 0 shows what it should.
    accepts: Callable[[str, int], bool]

    def __str__(self) -> str:
        return " ".join([Path(self.program).name, *self.arguments])


def _any(_output: str, _entries: int) -> bool:
    return True


def _lists_all(output: str, entries: int) -> bool:
    return len(output.splitlines()) == entries


# `python -m zipfile -t` ends with 0 even when it has found damage, and says so on stdout.
READERS = (
    Reader("unzip", ("-tqq",), "unzip", _any),
    Reader("zipinfo", ("-1",), "unzip", _lists_all),
    Reader(sys.executable, ("-m", "zipfile", "-t"), "python3", lambda o, _: o.split() == ["Done", "testing"]),
    Reader("7z", ("t", "-bso1", "-bsp0"), "p7zip-full", lambda o, _: "Everything is Ok" in o),
    Reader("bsdtar", ("-tf",), "libarchive-tools", _lists_all),
    Reader("jar", ("tf",), "default-jdk-headless", _lists_all),
)


def missing() -> list[Reader]:
    """The readers that are not on this machine."""
    return [reader for reader in READERS if not shutil.which(reader.program)]


def objections(package: Path, entries: int) -> Iterator[str]:
    """What the readers on this machine have against a package with so many entries."""
    for reader in READERS:
        if not shutil.which(reader.program):
            continue
        done = subprocess.run(
            [reader.program, *reader.arguments, str(package)],
            capture_output=True,
            text=True,
            errors="replace",
            # Names beyond ASCII are one line each only where the locale can write them.
            env=os.environ | {"LC_ALL": "C.UTF-8"},
        )
        # Warnings count: unzip says "extra bytes" with exit code 1, and others on stderr.
        if done.returncode != 0 or done.stderr.strip() or not reader.accepts(done.stdout, entries):
            said = (done.stderr.strip() or done.stdout.strip()).splitlines()
            yield f"{reader}: exit code {done.returncode}, said: {' / '.join(said[:3]) or 'nothing'}"
