#!/usr/bin/env python3
"""Holds `barrow serve` against answers recorded from AWS Lambda, and against moto's tests.

Runs the ids of fixtures/recorded out of a clone of localstack/localstack: each recorded answer is
compared in full, without the leniency that the suite allows itself. What Lambda's tests want from services
that Barrow does not have (roles, queues, networks) a moto_server gives. Every answer of Lambda is
also held against botocore's description of the API.

    scripts/score_lambda.py --localstack ../localstack --moto ../moto
    scripts/score_lambda.py --area control-plane --only test_layer --details
    scripts/score_lambda.py --endpoint http://127.0.0.1:9500      # one that runs already

Without the clones they are fetched by git from GitHub. A table is printed; the differences, one
by one, are in target/oracle/score/AREA.json, or on the screen with `--details`.
"""

import argparse
import contextlib
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as xml
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from oracle import checkout, corpus, interpreters, service, venvs
from oracle.api_model import Model
from oracle.route import Router
from oracle.schema import Violations

IDS = corpus.ROOT / "fixtures" / "recorded"
AREAS = ("control-plane", "data-plane", "function-url")
LONGEST_TEST_SECONDS = 240


@dataclass(frozen=True)
class Test:
    """One id, and what its functions need that a machine may lack."""

    id: str
    needs: str = ""

    def can_run(self, minors: set[str]) -> bool:
        named = self.id.partition("[python")[2].rstrip("]")
        return not self.needs and (not named or named in minors or named.startswith("3.7"))


@dataclass
class Score:
    """How one area did."""

    area: str
    recorded: int = 0
    matched: int = 0
    tests: int = 0
    passed: int = 0
    # Keys of tests whose runtime has no interpreter on this machine, and how many of those match.
    apart: int = 0
    apart_matched: int = 0
    details: list[str] = field(default_factory=list)

    def row(self) -> str:
        rate = 100 * self.matched / self.recorded if self.recorded else 100
        return (
            f"| {self.area} | {self.passed} of {self.tests} | {self.matched} of {self.recorded} | {rate:.1f} % "
            f"| {self.apart_matched} of {self.apart} |"
        )


def main() -> int:
    options = parse_arguments()
    barrow = None if options.endpoint else corpus.find_barrow(options.barrow)
    violations = Violations(Model.of_venv(venvs.AWS.make() / "python"))
    areas = [options.area] if options.area else list(AREAS)
    scores = []
    if options.area != "moto":
        suite = checkout.LOCALSTACK.unpacked(options.localstack)
        venvs.LOCALSTACK.make()
        venvs.MOTO.make()
        with ThreadPoolExecutor(1 if options.endpoint else options.jobs) as pool:
            jobs = [pool.submit(score, area, options, barrow, suite, violations) for area in areas]
            scores = [job.result() for job in jobs]
    print_table(scores, options.details)
    failing = moto(options, barrow, violations) if options.area in (None, "moto") and not options.only else []
    print("\n" + "\n".join(violations.report()))
    kept = all(row.matched >= 0.95 * row.recorded for row in scores)
    return 0 if kept and not failing and not violations.counts else 1


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--localstack", metavar="DIR", type=Path, help="a clone of localstack/localstack [fetched]")
    parser.add_argument("--moto", metavar="DIR", type=Path, help="a clone of getmoto/moto [fetched]")
    parser.add_argument("--area", choices=[*AREAS, "moto"], help="this one only")
    parser.add_argument("--only", metavar="WORD", help="tests whose id has this word")
    parser.add_argument("--details", action="store_true", help="print every difference")
    parser.add_argument("--jobs", type=int, default=2, help="areas at a time, each with a service of its own [2]")
    parser.add_argument(
        "--services", metavar="A,B", default="lambda,s3,logs,sts", help="what goes to it; the rest is moto's [lambda,s3,logs,sts]"
    )
    parser.add_argument("--endpoint", metavar="URL", help="a service that runs already")
    parser.add_argument("--barrow", metavar="FILE", help="the binary [the newest under target/]")
    return parser.parse_args()


def load(area: str) -> list[Test]:
    lines = (IDS / f"{area}.txt").read_text().splitlines()
    return [Test(*line.split("\t")) for line in lines if line]


def results_folder() -> Path:
    folder = corpus.target_folder() / "oracle" / "score"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextlib.contextmanager
def surroundings(options: argparse.Namespace, barrow: Path | None, violations: Violations):
    """The service, moto behind it, and the proxy that tells them apart."""
    with contextlib.ExitStack() as stack:
        emulator = stack.enter_context(service.moto(venvs.MOTO.make() / "python"))
        ours = stack.enter_context(service.given_or_own(options.endpoint, barrow))
        forget = ours.restart if isinstance(ours, service.Server) else None
        routes = dict.fromkeys(options.services.split(","), ours.endpoint)
        yield stack.enter_context(Router(routes, emulator.endpoint, violations.watch, forget)), ours


def clean_environment(**more: str) -> dict[str, str]:
    unwanted = ("AWS_", "PYTHON", "PYTEST", "TEST_", "MOTO_")
    return {name: value for name, value in os.environ.items() if not name.startswith(unwanted)} | more


def score(area: str, options: argparse.Namespace, barrow: Path | None, suite: Path, violations: Violations) -> Score:
    """Runs one area's ids and counts."""
    tests = [test for test in load(area) if not options.only or options.only in test.id]
    report = results_folder() / f"{area}.json"
    report.unlink(missing_ok=True)
    with surroundings(options, barrow, violations) as (router, ours):
        command = [venvs.LOCALSTACK.make() / "python", "-m", "pytest", "-q", "-p", "oracle.snapshot_score"]
        command += ["-p", "no:tinybird", "-p", "no:cacheprovider", "-W", "ignore", "--no-header", "--tb=no"]
        command += [f"--timeout={LONGEST_TEST_SECONDS}", *(test.id for test in tests)]
        environment = clean_environment(
            TEST_SKIP_LOCALSTACK_START="1",
            TEST_AWS_ENDPOINT_URL=router.endpoint,
            DISABLE_EVENTS="1",
            PYTHONPATH=str(Path(__file__).resolve().parent),
            PYTHONDONTWRITEBYTECODE="1",
            SCORE_OUT=str(report),
        )
        done = subprocess.run(list(map(str, command)), cwd=suite, env=environment, capture_output=True, text=True) if tests else None
        if not ours.is_alive():
            print(f"{area}: the service ended:\n{ours.said()}", file=sys.stderr)
    if tests and not report.exists():
        raise SystemExit(f"pytest ended with {done.returncode}:\n{done.stdout[-3000:]}{done.stderr[-2000:]}")
    return count(area, tests, json.loads(report.read_text()) if tests else {}, suite)


def count(area: str, tests: list[Test], seen: dict[str, dict], suite: Path) -> Score:
    """An answer that was recorded and never asked for, because the test ended early, is one that differs."""
    minors = set(interpreters.found())
    found = Score(area)
    for test in tests:
        row = seen.get(test.id, {})
        recorded = recorded_keys(suite, test)
        matched = sum(row.get("keys", {}).get(key, False) for key in recorded)
        if not test.can_run(minors):
            found.apart += len(recorded)
            found.apart_matched += matched
            continue
        found.tests += 1
        found.passed += row.get("outcome") == "passed"
        found.recorded += len(recorded)
        found.matched += matched
        if row.get("outcome") != "passed":
            found.details.append(f"{test.id}: {row.get('outcome', 'not run')}, {matched} of {len(recorded)} answers")
            for key, lines in row.get("differences", {}).items():
                found.details += [f"    {key}: {line}" for line in lines]
            if not row.get("differences"):
                found.details += [f"    {line}" for line in row.get("why", "").splitlines()[:6]]
    return found


def recorded_keys(suite: Path, test: Test) -> list[str]:
    path = suite / test.id.split("::")[0]
    recordings = json.loads(path.with_suffix(".snapshot.json").read_text())
    return list(recordings.get(test.id, {}).get("recorded-content") or {})


def print_table(scores: list[Score], with_details: bool) -> None:
    if not scores:
        return
    print("| area | tests passed | recorded answers matched | | no interpreter here |\n|---|---|---|---|---|")
    whole = Score("all")
    for row in scores:
        print(row.row())
        for name in ("recorded", "matched", "tests", "passed", "apart", "apart_matched"):
            setattr(whole, name, getattr(whole, name) + getattr(row, name))
    print(whole.row(), flush=True)
    for row in scores if with_details else ():
        print("\n".join(["", row.area, *row.details]))


def moto(options: argparse.Namespace, barrow: Path | None, violations: Violations) -> list[str]:
    """moto's own tests, except those that AWS contradicts. Gives those that fail."""
    suite = checkout.MOTO.unpacked(options.moto)
    names = [line.split("\t")[0] for line in (IDS / "moto-contradicts-aws.txt").read_text().splitlines()]
    excused = re.compile("|".join(re.escape(name).replace(r"\*", ".*") for name in names))
    report = results_folder() / "moto.xml"
    with surroundings(options, barrow, violations) as (router, _):
        command = [venvs.MOTO.make() / "python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "ignore", "--no-header"]
        command += ["-p", "oracle.moto_here", "--tb=short", f"--timeout={LONGEST_TEST_SECONDS}", f"--junitxml={report}", "tests/test_awslambda"]
        environment = clean_environment(
            TEST_SERVER_MODE="true",
            TEST_SERVER_MODE_ENDPOINT=router.endpoint,
            MOTO_RUNTIME=f"python{'3.14' if '3.14' in interpreters.found() else '3.12'}",
            PYTHONPATH=f"{Path(__file__).resolve().parent}:{suite}",
            PYTHONDONTWRITEBYTECODE="1",
        )
        subprocess.run(list(map(str, command)), cwd=suite, env=environment, capture_output=True)
    outcomes = {}
    for case in xml.parse(report).iter("testcase"):
        name = f"{case.get('classname').removeprefix('tests.test_awslambda.')}::{case.get('name')}"
        if case.find("skipped") is None:
            wrong = case.find("failure") if case.find("failure") is not None else case.find("error")
            outcomes[name] = "" if wrong is None else wrong.get("message", "failed")
    failing = [name for name, why in outcomes.items() if why and not excused.fullmatch(name)]
    excused_here = [name for name, why in outcomes.items() if why and excused.fullmatch(name)]
    print(
        f"\nmoto {checkout.MOTO.commit}: {sum(not why for why in outcomes.values())} of {len(outcomes)} pass, "
        f"{len(excused_here)} expect what AWS contradicts or only moto can do, {len(failing)} fail"
    )
    for name in failing:
        print(f"  {name}" + (f": {outcomes[name].splitlines()[0][:300]}" if options.details else ""))
    return failing


if __name__ == "__main__":
    sys.exit(main())
