#!/usr/bin/env python3
"""Writes APIs as data: operations, shapes and constraints, without a word of documentation.

    scripts/api_model.py crates/barrow-serve/model/

The source is the models that the installed botocore carries. The service reads them to route, bind
and validate requests and to shape its answers and errors. Of Lambda all operations are kept, of
other services those that stand beside it.
"""

import argparse
import gzip
import json
from pathlib import Path

import botocore

# What clients and people read, and what only clients use.
LEFT_OUT = {"deprecatedMessage", "documentation", "documentationUrl", "idempotencyToken", "wrapper"}

# Services, the version of their API, and which operations are wanted; none names all.
SERVICES = {
    "lambda": ("2015-03-31", ""),
    "logs": (
        "2014-03-28",
        """
        CreateLogGroup CreateLogStream DeleteLogGroup DeleteLogStream DeleteRetentionPolicy
        DescribeLogGroups DescribeLogStreams FilterLogEvents GetLogEvents ListTagsForResource
        ListTagsLogGroup PutLogEvents PutRetentionPolicy TagLogGroup TagResource
        UntagLogGroup UntagResource
        """,
    ),
    "sts": ("2011-06-15", "AssumeRole GetAccessKeyInfo GetCallerIdentity GetSessionToken"),
    "iam": (
        "2010-05-08",
        """
        AttachRolePolicy CreatePolicy CreatePolicyVersion CreateRole CreateServiceLinkedRole
        DeletePolicy DeletePolicyVersion DeleteRole DeleteRolePolicy DetachRolePolicy GetPolicy
        GetPolicyVersion GetRole GetRolePolicy ListAttachedRolePolicies ListEntitiesForPolicy
        ListInstanceProfiles ListInstanceProfilesForRole ListPolicies ListPolicyTags
        ListPolicyVersions ListRolePolicies ListRoleTags ListRoles PutRolePolicy
        SetDefaultPolicyVersion TagPolicy TagRole UntagPolicy UntagRole UpdateAssumeRolePolicy
        UpdateRole UpdateRoleDescription
        """,
    ),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--service", choices=SERVICES, action="append")
    options = parser.parse_args()
    for service in options.service or SERVICES:
        (options.folder / f"{service}.json").write_text(pretty(model_of(service)))
    return 0


def model_of(service: str) -> dict:
    version, wanted = SERVICES[service]
    folder = Path(botocore.__file__).parent / "data" / service / version
    with gzip.open(folder / "service-2.json.gz") as file:
        model = bare(json.load(file))
    names = wanted.split() or list(model["operations"])
    operations = {name: operation(model["operations"][name]) for name in names}
    return {
        "apiVersion": model["metadata"]["apiVersion"],
        "botocore": botocore.__version__,
        "operations": operations,
        "shapes": used(operations, model["shapes"]) if wanted else model["shapes"],
    }


def used(operations: dict, shapes: dict) -> dict:
    """The shapes that operations name, and those that these name."""
    found = {}
    names = [name for told in operations.values() for name in (told["input"], told["output"], *told["errors"])]
    while names:
        name = names.pop()
        if name and name not in found:
            found[name] = shapes[name]
            parts = [shapes[name].get(part) for part in ("member", "key", "value")]
            parts += shapes[name].get("members", {}).values()
            names += [part["shape"] for part in parts if part]
    return found


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
