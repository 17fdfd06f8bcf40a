"""Requests for every operation of an API, made from its description: right, nearly right, and wild."""

import base64
import json
import math
import random
import string
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode, urlsplit

from oracle import service
from oracle.api_model import Model, Operation

AWKWARD_TEXTS = (
    "", " ", "\0", "\n", "../../etc/passwd", "%00", "%2e%2e%2f", "a" * 65, "a" * 300, "$LATEST", "1", "-1", "null",
    "arn:aws:lambda:us-east-1:123456789012:function:fuzzed:1", "arn:aws:lambda:::function:", "arn:" + ":" * 40,
    "é😀\u202e", "{{7*7}}", "' OR 1=1 --", "<x>", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
)  # fmt: skip
AWKWARD_NUMBERS = (0, -1, 1, 2**31, 2**63 - 1, 2**63, -(2**63), 2**200, 1.5, 1e308, -0.0, math.inf, math.nan)
DEEPEST = 6


@dataclass
class Request:
    """What goes over the wire; a body that is not what its length says is told by `sent`."""

    method: str
    target: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    # The bytes of the body that are really sent, when the header says another number.
    sent: bytes | None = None

    @property
    def is_complete(self) -> bool:
        return self.sent is None or len(self.sent) >= len(self.body)

    def wire(self) -> bytes:
        lines = [f"{self.method} {self.target} HTTP/1.1"]
        headers = {"Host": "127.0.0.1", "Content-Length": str(len(self.body)), "Connection": "close"} | self.headers
        lines += [f"{name}: {value}" for name, value in headers.items()]
        head = "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogatepass")
        return head + (self.body if self.sent is None else self.sent)


class Maker:
    """Draws requests of one API. `known` has values that lead to what is there, by member name."""

    def __init__(self, model: Model, protocol: str, known: dict[str, list[str]], dice: random.Random) -> None:
        self.model = model
        self.protocol = protocol
        self.known = known
        self.dice = dice
        # How often a member that may be left out is there, drawn for each request.
        self.density = 0.0

    def request(self, operation: Operation) -> Request:
        """Any one: sometimes right, mostly spoilt in one place, sometimes in all."""
        self.density = self.dice.choice((0.0, 0.1, 0.4, 1.0))
        members = self.structure(operation.input, 0) if operation.input else {}
        for _ in range(self.dice.choice((0, 0, 1, 1, 1, 3))):
            members = self.spoilt(members)
        made = self.bound(operation, members)
        made.headers["Connection"] = self.dice.choice(("close", "keep-alive"))
        return self.dice.choice((self.as_it_is,) * 6 + (self.with_other_body, self.with_other_headers, self.with_other_line))(made)

    # Values that fit.

    def structure(self, name: str, depth: int) -> dict:
        shape = self.model.shapes[name]
        required = set(shape.get("required", ()))
        chosen = [key for key in shape.get("members", {}) if key in required or self.dice.random() < self.density]
        return {key: self.value(key, shape["members"][key]["shape"], depth + 1) for key in chosen}

    def value(self, member: str, name: str, depth: int) -> object:
        shape = self.model.shapes[name]
        kind = shape["type"]
        if member in self.known and kind in ("string", "blob") and self.dice.random() < 0.8:
            return self.dice.choice(self.known[member])
        if depth > DEEPEST:
            return None
        if kind == "structure":
            return self.structure(name, depth)
        if kind == "list":
            return [self.value("", shape["member"]["shape"], depth + 1) for _ in range(self.dice.randint(0, 3))]
        if kind == "map":
            return {self.word(): self.value("", shape["value"]["shape"], depth + 1) for _ in range(self.dice.randint(0, 3))}
        if kind == "boolean":
            return self.dice.random() < 0.5
        if kind in ("integer", "long", "float", "double", "timestamp"):
            return self.dice.randint(int(shape.get("min", 0)), int(shape.get("max", 1000)))
        if kind == "blob":
            return base64.b64encode(self.dice.randbytes(self.dice.randint(0, 200))).decode()
        return self.dice.choice(shape["enum"]) if "enum" in shape else self.word()

    def word(self) -> str:
        return "".join(self.dice.choices(string.ascii_letters + string.digits + "-_", k=self.dice.randint(1, 24)))

    # Values that do not.

    def spoilt(self, members: dict) -> dict:
        if not members or self.dice.random() < 0.1:
            return {**members, self.word(): self.junk(0)}
        key = self.dice.choice(list(members))
        inner = members[key]
        if isinstance(inner, dict) and inner and self.dice.random() < 0.6:
            return {**members, key: self.spoilt(inner)}
        if self.dice.random() < 0.2:
            return {name: value for name, value in members.items() if name != key}
        return {**members, key: self.junk(0)}

    def junk(self, depth: int) -> object:
        kind = self.dice.randrange(9 if depth < 4 else 6)
        if kind < 2:
            return self.dice.choice(AWKWARD_TEXTS)
        if kind == 2:
            return self.dice.choice(AWKWARD_NUMBERS)
        if kind == 3:
            return self.dice.choice((None, True, False, [], {}))
        if kind == 4:
            return self.dice.choice("xé0") * self.dice.choice((1000, 5000, 70_000, 300_000))
        if kind == 5:
            return self.word()
        if kind == 6:
            return [self.junk(depth + 1) for _ in range(self.dice.randint(0, 4))]
        if kind == 7:
            return [self.word()] * 2000
        return {str(self.dice.choice(AWKWARD_TEXTS)): self.junk(depth + 1) for _ in range(self.dice.randint(0, 4))}

    # From members to a request.

    def bound(self, operation: Operation, members: dict) -> Request:
        headers = {"Authorization": self.signature()}
        if self.protocol == "json":
            target = f"Logs_20140328.{operation.name}"
            return Request("POST", "/", headers | {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.1"}, encoded(members))
        if self.protocol == "query":
            form = {"Action": operation.name, "Version": "2011-06-15"} | {key: plain(value) for key, value in members.items()}
            return Request("POST", "/", headers | {"Content-Type": "application/x-www-form-urlencoded"}, urlencode(form).encode())
        return self.rest(operation, members, headers)

    def rest(self, operation: Operation, members: dict, headers: dict[str, str]) -> Request:
        described = self.model.members(operation.input) if operation.input else {}
        payload = self.model.shapes[operation.input].get("payload") if operation.input else None
        path = operation.uri
        query, body = [], {}
        for key, value in members.items():
            row = described.get(key, {})
            where, name = row.get("location"), row.get("locationName", key)
            if where == "uri":
                path = path.replace(f"{{{name}+}}", quote(plain(value), safe="/")).replace(f"{{{name}}}", quote(plain(value), safe=""))
            elif where == "querystring":
                query.append((name, plain(value)))
            elif where in ("header", "headers"):
                headers[name] = "".join(c for c in plain(value)[:4000] if c.isprintable() and ord(c) < 256)
            else:
                body[name] = value
        if query:
            path += ("&" if "?" in path else "?") + urlencode(query)
        content = encoded(body) if body or operation.method in ("POST", "PUT") else b""
        if payload:
            content = plain(body.get(payload, "")).encode("utf-8", "surrogatepass")
        return Request(operation.method, path, headers | {"Content-Type": "application/json"}, content)

    def signature(self) -> str:
        scope = {"json": "logs", "query": "sts", "rest-xml": "s3"}.get(self.protocol, "lambda")
        region = self.dice.choice(("us-east-1",) * 20 + ("", "us-east-1/x", "é"))
        return service.signature(scope, region)

    # Spoilt below the API.

    def as_it_is(self, request: Request) -> Request:
        return request

    def with_other_body(self, request: Request) -> Request:
        body = request.body
        kinds = (
            b"", b"{", b"[]", b"null", b'"text"', b"\xff\xfe\x00", b"{" * 5000, b"[" * 100_000, b'{"a":' * 3000 + b"1" + b"}" * 3000,
            body[: len(body) // 2], body + body, self.dice.randbytes(500), b'{"FunctionName": NaN}', b'{"a": 1, "a": 2}', b"\xef\xbb\xbf" + body,
        )  # fmt: skip
        request.body = self.dice.choice(kinds)
        if self.dice.random() < 0.25 and request.body:
            request.sent = request.body[: self.dice.randrange(len(request.body))]
        return request

    def with_other_headers(self, request: Request) -> Request:
        name, value = self.dice.choice(
            (
                ("Content-Type", "text/plain"), ("Content-Type", ""), ("Content-Encoding", "gzip"), ("Transfer-Encoding", "gibberish"),
                ("Content-Length", "-1"), ("Content-Length", "99999999999999999999"), ("Content-Length", "0x10"), ("Content-Length", "1, 2"),
                ("Host", ""), ("Host", "evil.example"), ("Host", "a" * 3000), ("Origin", "https://evil.example"), ("Authorization", "AWS4-HMAC-SHA256"),
                ("Authorization", "x" * 9000), ("X-Amz-Date", "yesterday"), ("Expect", "100-continue"), ("X-Amz-Invocation-Type", "Sideways"),
                ("X-Amz-Client-Context", "no base64!"), ("X-Amz-Log-Type", "Everything"), ("Range", "bytes=9-1"), ("X-Amz-Target", "Logs.Nothing"),
            )
        )  # fmt: skip
        request.headers[name] = value
        return request

    def with_other_line(self, request: Request) -> Request:
        split = urlsplit(request.target)
        request.target = self.dice.choice(
            (
                split.path + "/" + self.word(), "/" + self.word(), "//" + split.path, split.path.upper() or "/", "/2015-03-31/",
                request.target + "?" + "&".join(f"{self.word()}={self.word()}" for _ in range(200)), "/" + "a/" * 2000,
                split.path + "?Marker=%zz&MaxItems=many", "/%ff%fe/%00", request.target + "%", "*",
            )
        )  # fmt: skip
        request.method = self.dice.choice((request.method, "GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW"))
        return request


def plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def encoded(document: object) -> bytes:
    return json.dumps(document).encode("utf-8", "surrogatepass")
