#!/usr/bin/env python3
"""Writes the table of standard-library modules that `barrow check` compares imports with.

Versions that are installed here are asked; for newer ones the table `stdlib/VERSIONS` of typeshed,
which comes with mypy, says what was added and removed. A line of the table is

    name  first  last  [builtin] [preloaded=FIRST-LAST] [elsewhere]

with versions as `3.8`, `first` no earlier than the oldest runtime's and `last` `-` while it is
there. `builtin` modules are in the interpreter itself; those that are `preloaded` were imported by
Lambda's runtime client before it imports the handler, so no file can take their place;
`elsewhere` ones are on Windows or macOS only.

    scripts/standard_modules.py > crates/barrow-check/src/imports/standard_modules.txt
"""

import json
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from pathlib import Path

from oracle import interpreters

ROOT = Path(__file__).resolve().parents[1]
CONTENTS = ROOT / "crates" / "barrow" / "src" / "runtime" / "contents.toml"
NEWEST = "3.14"

# Run by each interpreter: what it has, and what it is made of.
SURVEY = """
import json, os, sys, sysconfig

there = set(sys.builtin_module_names)
suffix = sysconfig.get_config_var("EXT_SUFFIX")
skipped = {"test", "tests", "idle_test", "site-packages", "__pycache__", "idlelib", "turtledemo", "ensurepip"}


def walk(folder, prefix):
    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        if os.path.isdir(path):
            if name not in skipped and os.path.exists(os.path.join(path, "__init__.py")):
                there.add(prefix + name)
                walk(path, prefix + name + ".")
        elif name.endswith(suffix):
            there.add(prefix + name[: -len(suffix)])
        elif name.endswith(".py") and name != "__init__.py":
            there.add(prefix + name[:-3])


walk(sysconfig.get_path("stdlib"), "")
walk(os.path.join(sysconfig.get_path("platstdlib"), "lib-dynload"), "")
there = {name for name in there if not name.startswith(("_sysconfigdata", "config-"))}
# Submodules that are attributes: `os.path` and what `sys.modules` has besides.
there |= {"os.path", "xml.parsers.expat.errors", "xml.parsers.expat.model", "pyexpat.errors", "pyexpat.model"}
# Of a complete build; what needs a library that was not here is there too.
known = getattr(sys, "stdlib_module_names", frozenset()) - skipped
print(json.dumps({"there": sorted(there), "known": sorted(known), "builtin": sys.builtin_module_names}))
"""
PRELOADED = """
import sys
sys.path.insert(0, sys.argv[1])
import site, importlib, os
import awslambdaric.__main__, awslambdaric.bootstrap
print("\\n".join(name for name in sys.modules if not name.startswith("awslambdaric")))
"""
# Standard on other systems alone, of the names that every interpreter knows.
ELSEWHERE = {
    "_msi", "_overlapped", "_scproxy", "_winapi", "_wmi", "msilib", "msvcrt", "nt", "winreg", "winsound",
}  # fmt: skip
# Written for Windows or macOS, and importable nowhere else.
UNIMPORTABLE = {
    "asyncio.windows_events", "asyncio.windows_utils", "ctypes.macholib", "encodings.mbcs", "encodings.oem",
    "multiprocessing.popen_spawn_win32",
}  # fmt: skip


def main() -> None:
    versions = [minor for minor in interpreters.MINORS]
    pythons = interpreters.found()
    there, builtin, preloaded = {}, set(), {}
    with tempfile.TemporaryDirectory() as scratch:
        for minor in versions:
            if minor in pythons:
                said = json.loads(run([pythons[minor], "-I", "-c", SURVEY]))
                there[minor] = set(said["there"]) | set(said["known"] or ELSEWHERE - {"_wmi"})
                builtin |= set(said["builtin"])
                preloaded[minor] = preloaded_of(minor, pythons[minor], Path(scratch))
            else:
                added, removed = changes(minor, Path(scratch))
                before = versions[versions.index(minor) - 1]
                there[minor] = (there[before] | added) - removed
                preloaded[minor] = preloaded[before]
    for name in sorted(set().union(*there.values()) - UNIMPORTABLE):
        print(" ".join(row(name, versions, there, builtin, preloaded)))


def row(name: str, versions: list[str], there: dict, builtin: set, preloaded: dict) -> list[str]:
    having = [minor for minor in versions if name in there[minor]]
    first, last = having[0], having[-1]
    if len(having) != versions.index(last) - versions.index(first) + 1:
        raise SystemExit(f"{name} comes and goes: {having}")
    words = [name, first, "-" if last == versions[-1] else last]
    if name in builtin:
        words.append("builtin")
    loaded = [minor for minor in having if name in preloaded[minor]]
    if loaded:
        words.append(f"preloaded={loaded[0]}-{loaded[-1]}")
    if name.split(".")[0] in ELSEWHERE:
        words.append("elsewhere")
    return words


def preloaded_of(minor: str, python: Path, scratch: Path) -> set[str]:
    """The standard modules that Lambda's client has imported when it comes to the handler."""
    rows = tomllib.loads(CONTENTS.read_text())["runtime"]
    pins = next(row["client"] for row in rows if f"python{minor}" in row["names"])
    folder = scratch / f"client-{minor}"
    # Without dependencies that are compiled: what matters is what the client itself imports.
    run([sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--ignore-requires-python", "--python-version", minor,
         "--only-binary", ":all:", "--target", folder, *pins])  # fmt: skip
    return set(run([python, "-I", "-S", "-c", PRELOADED, folder]).split())


def changes(minor: str, scratch: Path) -> tuple[set[str], set[str]]:
    """What this version has that the one before had not, and the other way round."""
    run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:", "mypy", "-d", scratch])
    wheel = next(scratch.glob("mypy-*.whl"))
    lines = zipfile.ZipFile(wheel).read("mypy/typeshed/stdlib/VERSIONS").decode().splitlines()
    added, removed = set(), set()
    before = f"3.{int(minor.split('.')[1]) - 1}"
    for line in (line.split("#")[0].strip() for line in lines):
        if line:
            name, _, span = line.partition(": ")
            first, _, last = span.partition("-")
            if first == minor:
                added.add(name)
            if last == before:
                removed.add(name)
    return added, removed


def run(command: list) -> str:
    return subprocess.run([str(part) for part in command], check=True, stdout=subprocess.PIPE, text=True).stdout


if __name__ == "__main__":
    main()
