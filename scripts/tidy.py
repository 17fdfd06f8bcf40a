#!/usr/bin/env python3
"""Checks what the compiler does not: rules of CONTRIBUTING.md that a pattern can find.

Looks at every file that is or would be in git. A rule is a row: what must not be written, where,
and why.
"""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

LARGEST_FILE_BYTES = 200_000
LARGEST_SOURCE_LINES = 450

# What a crate of the workspace may depend on from the workspace, and what it must not at all.
WORKSPACE = {
    "barrow-model": set(),
    "barrow-core": {"barrow-model"},
    "barrow-index": {"barrow-model", "barrow-core"},
    "barrow-local": {"barrow-model", "barrow-core"},
    "barrow-check": {"barrow-model", "barrow-core"},
    "barrow-image": {"barrow-model"},
    "barrow-s3": {"barrow-model"},
    "barrow-serve": {"barrow-model", "barrow-core", "barrow-check", "barrow-local", "barrow-s3"},
    "barrow": {
        "barrow-model", "barrow-core", "barrow-index", "barrow-local", "barrow-image", "barrow-check",
        "barrow-serve",
    },
}
FOREIGN = {
    "barrow-model": r"ureq|tokio|hyper|reqwest|clap|indicatif|anyhow|rayon|tempfile|zip|flate2",
    "barrow-core": r"ureq|tokio|hyper|reqwest|clap|indicatif|anyhow",
    "barrow-index": r"tokio|clap|indicatif|anyhow",
    "barrow-local": r"ureq|reqwest|clap|indicatif|anyhow",
    "barrow-check": r"ureq|tokio|hyper|reqwest|clap|indicatif|anyhow|tempfile",
    "barrow-image": r"ureq|hyper|reqwest|clap|indicatif|anyhow",
    "barrow-s3": r"ureq|reqwest|clap|indicatif|anyhow",
    "barrow-serve": r"ureq|reqwest|clap|indicatif|anyhow",
    "barrow": r"ureq|hyper|reqwest",
}


def joined(*parts: str) -> str:
    """A pattern for a word that must not stand in this file either."""
    return "".join(parts)


@dataclass(frozen=True)
class Rule:
    """A line that matches `pattern` in a file whose path matches `files` breaks the rule."""

    pattern: str
    why: str
    files: str = r".*"
    but_not: str = r"^$"
    # Whether tests and comments may do it.
    only_shipped_code: bool = False


RULES = (
    Rule(
        joined("pypi", r"\.org|python", r"hosted\.org|crates", r"\.io|npm", r"js\.org|deb", r"ian\.org"),
        "names the host of a package registry; whoever configures one names it",
        but_not=r"^Cargo\.lock$|^fuzz/Cargo\.lock$",
    ),
    Rule(joined(r"(?<![\w.$}-])/(wo", "rk|ro", r"ot)/"), "a path of some machine"),
    Rule(joined(r"#\[igno", "re"), "a test that is never run; assert today's behaviour", r"\.rs$"),
    Rule(joined(r"\b(to", "do|unimpl", r"emented)!\("), "unfinished", r"\.rs$"),
    Rule(joined(r"\b(TO", "DO|FIX", r"ME|X", r"XX)\b"), "unfinished; do it or open an issue", r"\.(rs|py|toml|md|sh)$"),
    Rule(joined(r"#!?\[al", r"low\("), "`#[expect(lint, reason = …)]` notices when it is not needed", r"\.rs$"),
    Rule(r"\.unwrap\(\)", "`expect` says why it cannot happen", r"\.rs$", only_shipped_code=True),
    Rule(
        r"\be?print(ln)?!|\bio::(stdout|stderr)\(",
        "printing is for crates/barrow/src/output",
        r"^crates/.*\.rs$",
        but_not=r"^crates/barrow/(src/output/|build\.rs$)",  # Cargo is spoken to by printing.
        only_shipped_code=True,
    ),
    Rule(
        r"(SystemTime|Instant)::now\(|\benv::|std::net\b",
        "the core takes time, settings and bytes as arguments",
        r"^crates/barrow-(core|model)/src/",
        only_shipped_code=True,
    ),
    Rule(
        r"\benv::vars?(_os)?\(",
        "the environment is read in crates/barrow/src/settings",
        r"^crates/.*\.rs$",
        but_not=r"^crates/barrow/src/settings/",
        only_shipped_code=True,
    ),
    Rule(r"[ \t]+$", "ends with blanks", r"\.(rs|py|toml|yml)$"),
)


def main() -> int:
    files = tracked_files()
    found = [finding for path in files for finding in faults_of_file(path)]
    found += [finding for path in files if re.fullmatch(r"crates/[^/]+/Cargo\.toml", path) for finding in faults_of_manifest(path)]
    print("\n".join(found) or f"{len(files)} files are tidy")
    return 1 if found else 0


def tracked_files() -> list[str]:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout.decode()
    return sorted(path for path in set(listed.split("\0")) if path and (ROOT / path).is_file())


def faults_of_file(path: str) -> Iterator[str]:
    content = (ROOT / path).read_bytes()
    if len(content) > LARGEST_FILE_BYTES and not path.endswith("Cargo.lock"):
        yield f"{path}: {len(content)} bytes, expected at most {LARGEST_FILE_BYTES}"
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return
    if "\0" in text:
        return
    lines = text.split("\n")
    if path.endswith(".rs"):
        if not lines[0].startswith("//!"):
            yield f"{path}:1: opens without `//!` that says what the file is for"
        if len(lines) > LARGEST_SOURCE_LINES:
            yield f"{path}: {len(lines)} lines, expected at most {LARGEST_SOURCE_LINES}"
    if path.endswith((".rs", ".py", ".toml", ".md")) and text and not text.endswith("\n"):
        yield f"{path}: the last line has no end"
    shipped = shipped_lines(path, lines)
    for rule in RULES:
        if not re.search(rule.files, path) or re.search(rule.but_not, path):
            continue
        for number, line in enumerate(lines, 1):
            if rule.only_shipped_code and (number > shipped or line.lstrip().startswith("//")):
                continue
            if re.search(rule.pattern, line):
                yield f"{path}:{number}: {rule.why}: {line.strip()[:80]}"


def shipped_lines(path: str, lines: list[str]) -> int:
    """How many lines are no test. Tests stand at the end of a file, or in one of their own."""
    if re.search(r"(^|/)(tests|benches|fuzz|examples)/|(^|/)(tests|test_support)\.rs$", path):
        return 0
    for number, line in enumerate(lines):
        if re.match(r"#\[cfg\(.*\btest\b.*\)\]", line):
            return number
    return len(lines)


def faults_of_manifest(path: str) -> Iterator[str]:
    manifest = tomllib.loads((ROOT / path).read_text())
    crate = manifest["package"]["name"]
    if crate not in WORKSPACE:
        yield f"{path}: scripts/tidy.py does not say what `{crate}` may depend on"
        return
    for name in manifest.get("dependencies", {}):
        if name.startswith("barrow") and name not in WORKSPACE[crate]:
            yield f"{path}: `{crate}` must not know `{name}`"
        if re.fullmatch(FOREIGN[crate], name):
            yield f"{path}: `{crate}` must not depend on `{name}`"
    if manifest.get("lints") != {"workspace": True}:
        yield f"{path}: `[lints] workspace = true` is missing"


if __name__ == "__main__":
    sys.exit(main())
