#!/usr/bin/env python3
"""Walks through what AWS documents for Python functions from .zip files, against `barrow serve`.

Twice: with the AWS command line, a process for each call, and with boto3. The packages with
dependencies are built by `barrow build` from real wheels. Every answer of Lambda is held
against botocore's description of it. Each step says what it is, and where it differs, what was
expected and what was seen.

    scripts/walkthrough.py
    scripts/walkthrough.py --client boto3 --only layers
    scripts/walkthrough.py --endpoint http://127.0.0.1:9500      # one that runs already
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from oracle import corpus, service, venvs


def main() -> int:
    options = parse_arguments()
    python = venvs.AWS.make() / "python"
    if Path(sys.prefix) != python.parent.parent:
        os.execv(python, [python, *sys.argv])  # boto3 is there and not here.
    from oracle.api_model import Model
    from oracle.route import Router
    from oracle.schema import Violations

    violations = Violations(Model.of_venv(python))
    barrow = corpus.find_barrow(options.barrow)
    with (
        tempfile.TemporaryDirectory(prefix="barrow-walk-") as scratch,
        service.given_or_own(options.endpoint, barrow, Path(scratch, "data")) as ours,
        Router({}, ours.endpoint, violations.watch) as router,
    ):
        wrong = sum(walk(name, options.only, router.endpoint, barrow, Path(scratch), violations) for name in options.client.split(","))
        if wrong and not ours.is_alive():
            print(f"the service ended:\n{ours.said()}", file=sys.stderr)
    print("\n".join(violations.report()))
    return 1 if wrong or violations.counts else 0


def walk(client_name: str, only: str | None, endpoint: str, barrow: Path, scratch: Path, violations) -> int:
    """All steps with one client. Gives how many differ."""
    from oracle import clients, walk_code, walk_life  # noqa: F401, each adds its steps
    from oracle.walk import STEPS, Walk

    if client_name == "boto3":
        client = clients.Boto(endpoint)
    else:
        client = clients.CommandLine(endpoint, scratch)
    print(client_name, flush=True)
    walking = Walk(client, endpoint, barrow, scratch, violations)
    for step in STEPS:
        if only is None or only in step.title:
            with walking.step(step):
                step.run(walking)
    print(f"{client_name}: {walking.checks} checks, {len(walking.wrong)} differ\n", flush=True)
    return len(walking.wrong)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--client", metavar="A,B", default="aws,boto3", help="[aws,boto3]")
    parser.add_argument("--only", metavar="WORD", help="steps whose title has this word")
    parser.add_argument("--endpoint", metavar="URL", help="a service that runs already")
    parser.add_argument("--barrow", metavar="FILE", help="the binary [the newest under target/]")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
