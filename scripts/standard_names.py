#!/usr/bin/env python3
"""Writes the table of names that modules of the standard library had and have no more.

The interpreters that are installed here import every module of `standard_modules.txt` and say what
is in it. A line of the table is a dotted name and the last version that has it; modules and names
that begin with `_` are left out, and so is what is gone with its module.

    scripts/standard_names.py > crates/barrow-check/src/imports/standard_names.txt
"""

import json
import subprocess
import sys
from pathlib import Path

from oracle import interpreters

TABLE = Path(__file__).resolve().parents[1] / "crates/barrow-check/src/imports/standard_modules.txt"
# Gives what `dir` lists, or with a second argument those of its names that are there: a module may
# have a `__getattr__` for what `dir` does not list.
SURVEY = """
import importlib, json, sys, types, warnings

warnings.simplefilter("ignore")
asked = json.load(sys.stdin)
names = {}
for module, wanted in asked.items():
    try:
        found = importlib.import_module(module)
        wanted = dir(found) if wanted is None else wanted
        names[module] = [
            name for name in wanted
            if name[0] != "_" and hasattr(found, name) and not isinstance(getattr(found, name), types.ModuleType)
        ]
    except BaseException:
        pass
print("\\n" + json.dumps(names))
"""
# Importing them does something, or wants what is not here.
SKIPPED = ("antigravity", "this", "idlelib", "turtle", "tkinter", "lib2to3.pgen2", "test", "pip")


def main() -> None:
    rows = (line.split() for line in TABLE.read_text().splitlines())
    modules = [row[0] for row in rows if "elsewhere" not in row and not row[0].startswith(SKIPPED)]
    modules = [module for module in modules if not any(part.startswith("_") for part in module.split("."))]
    pythons = interpreters.found()
    versions = [minor for minor in interpreters.MINORS if minor in pythons]
    asked = {module: set() for module in modules}
    for minor in versions:
        for module, found in survey(pythons[minor], dict.fromkeys(modules)).items():
            asked[module] |= found
    # They were in both for years, in `collections` by `__getattr__` at the end.
    asked["collections"] |= asked["collections.abc"]
    names = {minor: survey(pythons[minor], asked) for minor in versions}
    last = {}
    for before, after in zip(versions, versions[1:]):
        for module in names[before].keys() & names[after].keys():
            for name in names[before][module] - names[after][module]:
                last[f"{module}.{name}"] = before
            for name in names[after][module]:
                last.pop(f"{module}.{name}", None)
    for name, minor in sorted(last.items()):
        print(name, minor)


def survey(python: Path, asked: dict[str, set[str] | None]) -> dict[str, set[str]]:
    question = json.dumps({module: None if names is None else sorted(names) for module, names in asked.items()})
    command = [str(python), "-I", "-S", "-c", SURVEY]
    done = subprocess.run(command, input=question, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True)
    return {module: set(names) for module, names in json.loads(done.stdout.splitlines()[-1]).items()}


if __name__ == "__main__":
    sys.exit(main())
