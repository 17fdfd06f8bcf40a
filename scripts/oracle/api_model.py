"""Lambda's API as botocore describes it: operations, paths, shapes, errors.

Read from the `service-2.json` of an installed botocore, so that nothing of ours says what is right.
"""

import gzip
import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Operation:
    """One row of the API."""

    name: str
    method: str
    uri: str
    status: int
    input: str | None
    output: str | None
    errors: tuple[str, ...]

    @cached_property
    def query(self) -> frozenset[tuple[str, str]]:
        return frozenset(parse_qsl(urlsplit(self.uri).query))

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        path = re.escape(urlsplit(self.uri).path.rstrip("/"))
        path = re.sub(r"\\\{\w+\\\+\\\}", ".+", path)
        return re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", path) + "/?")


class Model:
    """One service's description."""

    def __init__(self, document: dict) -> None:
        self.shapes: dict[str, dict] = document["shapes"]
        self.operations = {
            name: Operation(
                name,
                row["http"]["method"],
                row["http"]["requestUri"],
                row["http"].get("responseCode", 200),
                row.get("input", {}).get("shape"),
                row.get("output", {}).get("shape"),
                tuple(error["shape"] for error in row.get("errors", ())),
            )
            for name, row in document["operations"].items()
        }
        # `/layers?find=LayerVersion` is asked before `/layers`.
        self.by_detail = sorted(self.operations.values(), key=lambda o: (len(o.query), len(o.uri)), reverse=True)

    @classmethod
    def of_venv(cls, python: Path, service: str = "lambda") -> "Model":
        """The newest description that the botocore beside this interpreter has."""
        site = sorted(python.parent.parent.glob("lib/python3*/site-packages"))[-1]
        folder = max((site / "botocore" / "data" / service).glob("20*"))
        packed, plain = folder / "service-2.json.gz", folder / "service-2.json"
        return cls(json.loads(gzip.decompress(packed.read_bytes()) if packed.exists() else plain.read_bytes()))

    def find(self, method: str, target: str) -> Operation | None:
        """The operation that a request line means."""
        split = urlsplit(target)
        query = frozenset(parse_qsl(split.query, keep_blank_values=True))
        for operation in self.by_detail:
            if operation.method == method and operation.query <= query and operation.pattern.fullmatch(split.path):
                return operation
        return None

    def members(self, shape: str) -> dict[str, dict]:
        return self.shapes[shape].get("members", {})

    def status_of_error(self, shape: str) -> int:
        return self.shapes[shape].get("error", {}).get("httpStatusCode", 400)
