#!/usr/bin/env python3
"""Writes Lambda's API as data: operations, shapes and constraints, without a word of documentation.

    scripts/api_model.py crates/barrow-serve/model/lambda.json

The source is the model that the installed botocore carries. The service reads it to route, bind
and validate requests and to shape its errors.
"""

import argparse
import gzip
import json
from pathlib import Path

import botocore

# What clients and people read, and what only clients use.
LEFT_OUT = {"documentation", "documentationUrl", "idempotencyToken", "wrapper"}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("output", type=Path)
    options = parser.parse_args()
    folder = Path(botocore.__file__).parent / "data" / "lambda" / "2015-03-31"
    with gzip.open(folder / "service-2.json.gz") as file:
        model = bare(json.load(file))
    parts = {
        "apiVersion": model["metadata"]["apiVersion"],
        "botocore": botocore.__version__,
        "operations": {name: operation(told) for name, told in model["operations"].items()},
        "shapes": model["shapes"],
    }
    options.output.write_text(pretty(parts))
    return 0


def bare(told):
    """The same without documentation."""
    if isinstance(told, dict):
        # A member may be called like a field that is left out.
        return {
            name: bare(inner)
            for name, inner in told.items()
            if name not in LEFT_OUT or isinstance(inner, dict)
        }
    return [bare(inner) for inner in told] if isinstance(told, list) else told


def operation(told: dict) -> dict:
    return {
        "method": told["http"]["method"],
        "uri": told["http"]["requestUri"],
        "status": told["http"].get("responseCode", 200),
        "input": told.get("input", {}).get("shape"),
        "output": told.get("output", {}).get("shape"),
        "errors": sorted(error["shape"] for error in told.get("errors", [])),
    }


def pretty(parts: dict) -> str:
    """One operation and one shape a line, so that a newer model is a readable difference."""
    lines = ["{"]
    for number, (name, part) in enumerate(parts.items(), 1):
        comma = "," if number < len(parts) else ""
        if isinstance(part, dict):
            rows = [
                f"{json.dumps(key)}: {json.dumps(value, separators=(',', ':'))}"
                for key, value in sorted(part.items())
            ]
            lines.append(f"{json.dumps(name)}: {{")
            lines.append(",\n".join(rows))
            lines.append(f"}}{comma}")
        else:
            lines.append(f"{json.dumps(name)}: {json.dumps(part)}{comma}")
    return "\n".join([*lines, "}"]) + "\n"


if __name__ == "__main__":
    raise SystemExit(main())
