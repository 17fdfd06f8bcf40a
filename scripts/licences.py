#!/usr/bin/env python3
"""Holds the licence of every dependency against the list in deny.toml.

This is the part of `cargo deny check` that must never be skipped, for machines without cargo-deny:
building that takes many minutes on two cores.
"""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    with (ROOT / "deny.toml").open("rb") as file:
        allowed = set(tomllib.load(file)["licenses"]["allow"])
    command = ["cargo", "metadata", "--format-version", "1", "--locked"]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    metadata = json.loads(done.stdout)
    own = set(metadata["workspace_members"])
    dependencies = [package for package in metadata["packages"] if package["id"] not in own]

    refused = []
    for package in dependencies:
        expression = package["license"] or ""
        if not satisfies(expression, allowed):
            named = f"{package['name']} {package['version']}"
            refused.append(f"{named}: `{expression or 'none'}` is not covered by deny.toml")
    print("\n".join(refused) or f"{len(dependencies)} dependencies, all under licences in deny.toml")
    return 1 if refused else 0


def satisfies(expression: str, allowed: set[str]) -> bool:
    """Whether some choice that the SPDX expression offers is allowed altogether."""
    # Crates older than SPDX expressions write `MIT/Apache-2.0` for a choice.
    tokens = re.findall(r"[()]|[^\s()]+", expression.replace("/", " OR "))
    try:
        satisfied, rest = _either(tokens, allowed)
    except IndexError:
        return False
    return satisfied and not rest


def _either(tokens: list[str], allowed: set[str]) -> tuple[bool, list[str]]:
    satisfied, rest = _both(tokens, allowed)
    while rest and rest[0] == "OR":
        other, rest = _both(rest[1:], allowed)
        satisfied = satisfied or other
    return satisfied, rest


def _both(tokens: list[str], allowed: set[str]) -> tuple[bool, list[str]]:
    satisfied, rest = _one(tokens, allowed)
    while rest and rest[0] == "AND":
        other, rest = _one(rest[1:], allowed)
        satisfied = satisfied and other
    return satisfied, rest


def _one(tokens: list[str], allowed: set[str]) -> tuple[bool, list[str]]:
    if tokens[0] == "(":
        satisfied, rest = _either(tokens[1:], allowed)
        if rest[0] != ")":
            raise IndexError
        return satisfied, rest[1:]
    if tokens[1:2] == ["WITH"]:
        return " ".join(tokens[:3]) in allowed, tokens[3:]
    return tokens[0] in allowed, tokens[1:]


if __name__ == "__main__":
    sys.exit(main())
