"""Holds a raw answer of Lambda's against the API's description.

Everything that a client in another language may trip over: members that are unknown, missing, null
or of another type, values outside an enumeration, a length, a range or a pattern, the status code,
and the headers by which SDKs know an error.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping

from oracle.api_model import Model, Operation

PYTHON_TYPES = {
    "structure": dict, "map": dict, "list": list, "string": str, "blob": str, "boolean": bool,
    "integer": int, "long": int, "double": (int, float), "float": (int, float), "timestamp": (int, float),
}  # fmt: skip
# Errors of the front door, which every operation may give and the description leaves out.
COMMON_ERRORS = {
    "ValidationException": 400,
    "SerializationException": 400,
    "MissingAuthenticationTokenException": 403,
    "IncompleteSignatureException": 403,
    "InvalidSignatureException": 403,
    "UnrecognizedClientException": 403,
    "AccessDeniedException": 403,
    "UnknownOperationException": 404,
    "RequestEntityTooLargeException": 413,
    "RequestTooLargeException": 413,
    "ThrottlingException": 429,
}

# What AWS was recorded to answer although its own description has no such value.
RECORDED = {("LastUpdateStatusReasonCode", "Creating")}
# Answers that may be empty although members are required: of a function that nothing was set for.
MAY_BE_EMPTY = {"GetFunctionCodeSigningConfigResponse"}


class Violations:
    """What was seen and how often, each with its first example."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.counts: Counter[str] = Counter()
        self.examples: dict[str, str] = {}
        self.responses: Counter[str] = Counter()

    def watch(self, method: str, target: str, status: int, headers: Mapping[str, str], body: bytes) -> list[str]:
        """Takes one answer in and says what is wrong with it. An unknown request is nobody's answer."""
        operation = self.model.find(method, target)
        if operation is None:
            return []
        self.responses[operation.name] += 1
        found = []
        for what, example in answer(self.model, operation, status, headers, body):
            line = f"{operation.name} {what}"
            self.counts[line] += 1
            self.examples.setdefault(line, str(example)[:160])
            found.append(f"{line}: {str(example)[:160]}")
        return found

    def report(self) -> Iterator[str]:
        yield f"{self.responses.total()} answers to {len(self.responses)} operations, {len(self.counts)} kinds of violation"
        for line, count in self.counts.most_common():
            yield f"  {count} × {line}, such as {self.examples[line]!r}"


def answer(
    model: Model, operation: Operation, status: int, headers: Mapping[str, str], body: bytes
) -> Iterator[tuple[str, object]]:
    """Each violation, and the value that is one."""
    headers = {name.lower(): value for name, value in headers.items()}
    if "x-amzn-requestid" not in headers:
        yield "has no x-amzn-RequestId", sorted(headers)
    if status >= 300:
        yield from error(model, operation, status, headers, body)
        return
    members = model.members(operation.output) if operation.output else {}
    if status != operation.status and not any(m.get("location") == "statusCode" for m in members.values()):
        yield f"answers {status}, expected {operation.status}", ""
    if operation.output is None:
        if body.strip() not in (b"", b"{}"):
            yield "has a body, expected none", body[:80]
        return
    if model.shapes[operation.output].get("payload"):
        return  # The function's own bytes.
    document = parsed(body or b"{}")
    if document is None:
        yield "is not JSON", body[:80]
        return
    if body and "json" not in headers.get("content-type", ""):
        yield "has a Content-Type that is not JSON", headers.get("content-type")
    yield from value(model, operation.output, document, "$")


def error(
    model: Model, operation: Operation, status: int, headers: Mapping[str, str], body: bytes
) -> Iterator[tuple[str, object]]:
    document = parsed(body or b"{}")
    code = headers.get("x-amzn-errortype", "").split(":")[0]
    if not code:
        yield f"has an error {status} without x-amzn-ErrorType", body[:80]
    if not isinstance(document, dict):
        yield f"has an error {status} that is no JSON object", body[:80]
        return
    if status >= 500:
        yield f"answers {status} {code}", body[:80]
    elif code in operation.errors:
        if status != model.status_of_error(code):
            yield f"answers {code} with {status}, expected {model.status_of_error(code)}", body[:80]
        yield from value(model, code, document, f"${code}")
    elif code in COMMON_ERRORS:
        if status != COMMON_ERRORS[code]:
            yield f"answers {code} with {status}, expected {COMMON_ERRORS[code]}", body[:80]
    elif code:
        yield f"answers {status} {code}, which is none of its errors", body[:80]
    if status != 413 and not any(name in document for name in ("message", "Message")):
        yield f"has an error {code} without a message", body[:80]


def parsed(body: bytes) -> object:
    try:
        return json.loads(body)
    except ValueError:
        return None


def value(model: Model, name: str, seen: object, path: str) -> Iterator[tuple[str, object]]:
    """Walks a value along its shape."""
    shape = model.shapes[name]
    kind = shape["type"]
    if seen is None:
        yield f"{path} is null, expected {kind} or nothing", ""
        return
    if kind == "timestamp" and shape.get("timestampFormat") in ("iso8601", "rfc822"):
        kind = "string"
    if not isinstance(seen, PYTHON_TYPES[kind]) or (isinstance(seen, bool) and kind != "boolean"):
        yield f"{path} is of type {type(seen).__name__}, expected {kind}", seen
    elif kind == "structure":
        members = {row.get("locationName", key): row for key, row in shape["members"].items() if "location" not in row}
        required = [shape["members"][key].get("locationName", key) for key in shape.get("required", ())]
        for key, inner in seen.items():
            if key in members:
                yield from value(model, members[key]["shape"], inner, f"{path}.{key}")
            else:
                yield f"{path}.{key} is no member", inner
        for key in required if seen or name not in MAY_BE_EMPTY else ():
            if key in members and key not in seen:
                yield f"{path}.{key} is missing", ""
    elif kind == "list":
        for inner in seen:
            yield from value(model, shape["member"]["shape"], inner, f"{path}[]")
    elif kind == "map":
        for inner in seen.values():
            yield from value(model, shape["value"]["shape"], inner, f"{path}{{}}")
    elif (name, seen) not in RECORDED:
        yield from constraints(shape, seen, path)


def constraints(shape: dict, seen: object, path: str) -> Iterator[tuple[str, object]]:
    if "enum" in shape and seen not in shape["enum"]:
        yield f"{path} is not in the enumeration", seen
    size = len(seen) if isinstance(seen, str) else seen
    if not isinstance(seen, bool) and not shape.get("min", size) <= size <= shape.get("max", size):
        yield f"{path} is outside {shape.get('min', '')}..{shape.get('max', '')}", seen
    if "pattern" in shape and isinstance(seen, str):
        try:
            fits = re.fullmatch(shape["pattern"], seen)
        except re.error:
            return  # Written for another engine.
        if not fits:
            yield f"{path} does not match its pattern", seen
