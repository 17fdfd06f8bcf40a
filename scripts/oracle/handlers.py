"""The rows of `fixtures/handlers`, and whether an answer is the one that a row expects.

`crates/barrow/tests/it/handlers.rs` reads the same rows and compares in the same way; the words
are explained in `fixtures/handlers/README.md`.
"""

import json
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "fixtures" / "handlers"

PLACEHOLDERS = {
    "uuid": r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z",
    "second": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
    "number": r"-?\d+(\.\d+)?",
    "hex": r"[0-9a-f]+",
    "rest": r"(?s:.*)",
    "any": r"(?s:.*)",
}


@dataclass(frozen=True)
class Invoke:
    """One event, and what is to come of it. What is `None` is not looked at."""

    event: str = "{}"
    event_bytes: int | None = None
    payload: str | None = None
    raw: str | None = None
    payload_bytes: int | None = None
    subset: bool = False
    failed: bool = False
    cold: bool | str | None = None
    log: list[str] | None = None
    log_contains: list[str] = field(default_factory=list)
    log_lines: int | None = None

    def text(self) -> str:
        return f'"{"a" * (self.event_bytes - 2)}"' if self.event_bytes else self.event


@dataclass(frozen=True)
class Row:
    """One function and the events it is invoked with, in one environment."""

    name: str
    source: str
    file: str
    files: dict[str, str]
    invoke: list[Invoke]
    handler: str = "app.h"
    options: list[str] = field(default_factory=list)
    env: dict[str, str] = field(default_factory=dict)
    layers: list[dict[str, str]] = field(default_factory=list)
    runtimes: list[str] | None = None
    needs: str | None = None
    everywhere: bool = False
    slow: bool = False

    def fits(self, minor: str) -> bool:
        return self.runtimes is None or minor in self.runtimes


def load() -> list[Row]:
    rows = []
    for path in sorted(TABLE.glob("*.toml")):
        for found in tomllib.loads(path.read_text())["row"]:
            found["invoke"] = [
                Invoke(**invoke) for invoke in found["invoke"] for _ in range(invoke.pop("times", 1))
            ]
            code = found.pop("code", None)
            found.setdefault("files", {} if code is None else {"app.py": code})
            rows.append(Row(file=path.stem, **found))
    return rows


@dataclass(frozen=True)
class Known:
    """What the placeholders of one invoke stand for."""

    request_id: str
    minor: str

    def matches(self, expected: str, seen: str) -> bool:
        return re.fullmatch(self.pattern(expected), seen) is not None

    def pattern(self, expected: str) -> str:
        own = {"request-id": self.request_id, "minor": self.minor, "compact": self.minor.replace(".", "")}
        pattern = ""
        for part in re.split(r"(<[a-z-]+>)", expected):
            name = part[1:-1]
            if part.startswith("<") and name in own:
                pattern += re.escape(own[name])
            elif part.startswith("<") and name in PLACEHOLDERS:
                pattern += PLACEHOLDERS[name]
            else:
                pattern += re.escape(part)
        return pattern

    def equal(self, expected, seen, subset: bool = False) -> bool:
        """Whether a JSON value is the expected one, up to placeholders."""
        if expected == "<any>":
            return True
        if isinstance(expected, str):
            if isinstance(seen, str):
                return self.matches(expected, seen)
            return expected == "<number>" and isinstance(seen, int | float)
        if isinstance(expected, dict):
            if not isinstance(seen, dict) or not (expected.keys() <= seen.keys() if subset else expected.keys() == seen.keys()):
                return False
            return all(self.equal(expected[key], seen[key]) for key in expected)
        if isinstance(expected, list):
            return isinstance(seen, list) and self.equal_lists(expected, seen)
        return type(expected) is type(seen) and expected == seen

    def equal_lists(self, expected: list, seen: list) -> bool:
        if not expected:
            return not seen
        if expected[0] == "<frames>":
            return any(self.equal_lists(expected[1:], seen[skip:]) for skip in range(len(seen) + 1))
        return bool(seen) and self.equal(expected[0], seen[0]) and self.equal_lists(expected[1:], seen[1:])

    def same_line(self, expected: str, seen: str) -> bool:
        if expected.startswith("{") and seen.startswith("{"):
            try:
                return self.equal(json.loads(expected), json.loads(seen))
            except ValueError:
                return False
        return self.matches(expected, seen)


def differences(invoke: Invoke, known: Known, payload: str, failed: bool, log: list[str]) -> list[str]:
    """What is not as the row says, in words."""
    wrong = []
    if invoke.failed != failed:
        wrong.append(f"the invoke {'failed' if failed else 'succeeded'}: {payload[:300]}")
    if invoke.payload_bytes is not None and len(payload.encode()) != invoke.payload_bytes:
        wrong.append(f"the payload has {len(payload.encode())} bytes, expected {invoke.payload_bytes}")
    if invoke.raw is not None and not known.matches(invoke.raw, payload):
        wrong.append(f"the payload is {payload[:1000]}, expected {invoke.raw}")
    if invoke.payload is not None:
        try:
            seen = json.loads(payload)
        except ValueError:
            wrong.append(f"the payload is no JSON: {payload[:300]}")
        else:
            if not known.equal(json.loads(invoke.payload), seen, invoke.subset):
                wrong.append(f"the payload is {payload[:1000]}, expected {invoke.payload}")
    # Clients from 2.0.9 to 3.1.0, and so the one of python3.8, print this before each error.
    lines = [line for line in log if not line.startswith("LAMBDA_WARNING: Unhandled exception.")]
    if invoke.log is not None and not (
        len(lines) == len(invoke.log) and all(map(known.same_line, invoke.log, lines))
    ):
        wrong.append(f"the log is {lines}, expected {invoke.log}")
    if invoke.log_lines is not None and len(log) != invoke.log_lines:
        wrong.append(f"the log has {len(log)} lines, expected {invoke.log_lines}")
    for line in invoke.log_contains:
        if not any(known.same_line(line, seen) for seen in log):
            wrong.append(f"no line {line!r} in the log {log[:40]}")
    return wrong
