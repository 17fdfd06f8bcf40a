"""What every step of the walk-through has at hand: a client, functions to make, and expectations.

A step is a function that is given a `Walk`. What it expects is printed with what was seen only
when they differ; a step goes on after that, and the next one begins anew.
"""

import base64
import hashlib
import io
import re
import time
import zipfile
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from oracle import service
from oracle.clients import Client, Refused
from oracle.schema import Violations

RUNTIME = "python3.12"
MODULE = "lambda_function"
HANDLER = f"{MODULE}.lambda_handler"
STEPS: list["Step"] = []


@dataclass(frozen=True)
class Step:
    """One page of the documentation, as a test."""

    title: str
    run: Callable[["Walk"], None]


def step(title: str) -> Callable[[Callable[["Walk"], None]], Callable[["Walk"], None]]:
    def kept(run: Callable[["Walk"], None]) -> Callable[["Walk"], None]:
        STEPS.append(Step(title, run))
        return run

    return kept


def packed(source: str, name: str = f"{MODULE}.py", **more: str) -> bytes:
    """A .zip file with one source, and others by their path."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in {name: source, **more}.items():
            entry = zipfile.ZipInfo(path, (2026, 1, 1, 0, 0, 0))
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, text)
    return content.getvalue()


def digest(package: bytes) -> str:
    return base64.b64encode(hashlib.sha256(package).digest()).decode()


@dataclass
class Walk:
    """One client on its way through all steps."""

    client: Client
    endpoint: str
    barrow: Path
    scratch: Path
    violations: Violations
    wrong: list[str] = field(default_factory=list)
    checks: int = 0

    def name(self, word: str) -> str:
        return f"walk-{self.client.name}-{word}"

    def arn(self, name: str, qualifier: str = "") -> str:
        return f"arn:aws:lambda:{service.REGION}:{service.ACCOUNT}:function:{name}" + (f":{qualifier}" if qualifier else "")

    def make(self, word: str, source: str | bytes, wait: bool = True, **members: Any) -> str:
        """Creates a function and waits until it can be invoked."""
        package = packed(source) if isinstance(source, str) else source
        members = {"Runtime": RUNTIME, "Handler": HANDLER, "Role": service.ROLE, "Code": {"ZipFile": package}} | members
        self.client.function("CreateFunction", self.name(word), **members)
        if wait:
            self.client.wait("FunctionActiveV2", self.name(word))
        return self.name(word)

    def change(self, operation: str, name: str, **members: Any) -> dict:
        """Updates a function and waits until it is done."""
        answer = self.client.function(operation, name, **members)
        self.client.wait("FunctionUpdatedV2", name)
        return answer

    def say(self, line: str) -> None:
        print(f"    {line}", flush=True)

    def fail(self, what: str, expected: object, seen: object) -> None:
        self.wrong.append(what)
        self.say(f"MISMATCH {what}\n        expected {str(expected)[:600]}\n        seen     {str(seen)[:600]}")

    def expect(self, what: str, seen: object, expected: object) -> None:
        """Equality; a compiled pattern must match all of a text, a type must fit."""
        self.checks += 1
        if isinstance(expected, re.Pattern):
            fits = isinstance(seen, str) and expected.fullmatch(seen) is not None
            expected = expected.pattern
        elif isinstance(expected, type):
            fits = isinstance(seen, expected)
        else:
            fits = seen == expected
        if not fits:
            self.fail(what, expected, seen)

    def expect_members(self, what: str, document: dict, **expected: object) -> None:
        for name, value in expected.items():
            self.expect(f"{what}: {name}", document.get(name), value)

    def expect_refused(self, what: str, code: str, call: Callable[[], object], message: re.Pattern | None = None) -> None:
        self.checks += 1
        try:
            answer = call()
        except Refused as refused:
            if refused.code != code:
                self.fail(what, code, refused)
            elif message and not message.search(refused.message):
                self.fail(what, message.pattern, refused)
        else:
            self.fail(what, code, answer)

    def eventually(self, what: str, look: Callable[[], object], within_seconds: float = 20.0) -> Any:
        """What comes later: asks until the answer is true."""
        self.checks += 1
        deadline = time.monotonic() + within_seconds
        seen = look()
        while not seen and time.monotonic() < deadline:
            time.sleep(0.3)
            seen = look()
        if not seen:
            self.fail(what, f"within {within_seconds:.0f} s", seen)
        return seen

    @contextmanager
    def step(self, of: Step):
        """Runs a step; an error that it does not expect is one more mismatch, and so is a bad answer."""
        print(f"  {of.title}", flush=True)
        checked, before = self.checks, set(self.violations.counts)
        try:
            yield
        except Exception as error:  # A step that breaks must not hide those after it.
            self.fail(of.title, "the step to end", f"{type(error).__name__}: {error}")
        for line in self.violations.counts:
            if line not in before:
                self.fail(line, "what botocore describes", self.violations.examples[line])
        self.say(f"{self.checks - checked} checks")
