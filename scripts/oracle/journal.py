"""What a client knows of its own things: which writes were acknowledged, and which may have been.

A thing is in one of the states that the journal holds possible. An acknowledged write leaves one; a
write whose answer never came leaves two, until somebody looks.
"""

import base64
import http.client
import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from urllib.parse import quote

from oracle import service
from oracle.walk import digest, packed

ANSWERED_WITHIN_SECONDS = 60
FUNCTIONS = "/2015-03-31/functions"


class NoAnswer(Exception):
    """The connection ended before the answer; nobody knows what was done."""


@dataclass
class Caller:
    """One connection to the service, opened again when it breaks."""

    port: int
    connection: http.client.HTTPConnection | None = None

    def ask(self, method: str, target: str, body: bytes = b"", service_name: str = "lambda", **headers: str) -> tuple[int, bytes]:
        reused = self.connection is not None
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWERED_WITHIN_SECONDS)
        try:
            self.connection.request(method, target, body, {"Authorization": service.signature(service_name)} | headers)
            answer = self.connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.connection.close()
            self.connection = None
            if reused and method == "GET":
                return self.ask(method, target, body, service_name, **headers)
            raise NoAnswer(f"{type(error).__name__}: {error}") from None

    def json(self, method: str, target: str, document: object = None, **headers: str) -> tuple[int, dict]:
        status, body = self.ask(method, target, b"" if document is None else json.dumps(document).encode(), **headers)
        try:
            return status, json.loads(body or b"{}")
        except ValueError:
            return status, {"message": body[:300].decode(errors="replace")}


def source(edition: str) -> bytes:
    """Code that says which it is; the journal tells stale code by that."""
    return packed(f"def lambda_handler(event, context):\n    return {edition!r}\n")


@dataclass
class State:
    """A function as its owner left it."""

    edition: str
    description: str = ""
    memory: int = 128
    # Version to the edition that was published as it.
    versions: dict[str, str] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)

    def seen_as(self) -> dict:
        """As `look` gives it."""
        return {
            "sha256": digest(source(self.edition)),
            "description": self.description,
            "memory": self.memory,
            "versions": {version: digest(source(edition)) for version, edition in self.versions.items()},
            "aliases": self.aliases,
            "tags": self.tags,
        }


@dataclass
class Thing:
    """A function and what may be true of it; `None` is that it is not there."""

    name: str
    possible: list[State | None] = field(default_factory=lambda: [None])
    acknowledged: int = 0

    @property
    def path(self) -> str:
        return f"{FUNCTIONS}/{self.name}"

    def editions(self, qualifier: str) -> set[str | None]:
        """What an invoke may answer."""
        found = set()
        for state in self.possible:
            if state is None:
                found.add(None)
            elif qualifier == "$LATEST":
                found.add(state.edition)
            else:
                found.add(state.versions.get(state.aliases.get(qualifier, qualifier)))
        return found

    def write(self, change: Callable[[State | None], State | None], ask: Callable[[], tuple[int, dict]]) -> tuple[int, dict]:
        """Sends a write and keeps what follows from its answer. A refusal changes nothing."""
        before = self.possible[0]
        after = change(deepcopy(before))
        try:
            status, document = ask()
        except NoAnswer:
            self.possible = [before, after]
            raise
        if 200 <= status < 300:
            self.possible = [after]
            self.acknowledged += 1
        return status, document

    def look(self, caller: Caller) -> dict | None:
        """The function as the service has it."""
        status, configuration = caller.json("GET", f"{self.path}/configuration")
        if status == 404:
            return None
        _, versions = caller.json("GET", f"{self.path}/versions")
        _, aliases = caller.json("GET", f"{self.path}/aliases")
        arn = f"arn:aws:lambda:{service.REGION}:{service.ACCOUNT}:function:{self.name}"
        _, tags = caller.json("GET", f"/2017-03-31/tags/{quote(arn, safe='')}")
        return {
            "sha256": configuration["CodeSha256"],
            "description": configuration["Description"],
            "memory": configuration["MemorySize"],
            "versions": {row["Version"]: row["CodeSha256"] for row in versions["Versions"] if row["Version"] != "$LATEST"},
            "aliases": {row["Name"]: row["FunctionVersion"] for row in aliases["Aliases"]},
            "tags": tags.get("Tags", {}),
        }

    def settle(self, caller: Caller) -> str | None:
        """Looks, and keeps the one state that is true; says so if none of the possible ones is."""
        seen = self.look(caller)
        for state in self.possible:
            if (state.seen_as() if state else None) == seen:
                self.possible = [state]
                return None
        expected = [state.seen_as() if state else None for state in self.possible]
        return f"{self.name}: expected one of {expected}, seen {seen}"


def creation(name: str, edition: str) -> dict:
    return {
        "FunctionName": name, "Runtime": "python3.12", "Handler": "lambda_function.lambda_handler", "Role": service.ROLE,
        "Timeout": 30, "Code": {"ZipFile": base64.b64encode(source(edition)).decode()},
    }  # fmt: skip
