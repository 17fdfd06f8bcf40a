#!/usr/bin/env python3
"""Runs the published tests of `awslambdaric` against the runtimes that Barrow builds.

The tests are those of the public repository aws/aws-lambda-python-runtime-interface-client, in a
clone or a bare git directory that `--checkout` names. They are unpacked outside of this
repository, without the client that stands beside them there, so that the client they test is the one in
`/var/runtime` and no other.

The suite of a client is the newest published one that is not newer. Where a client has changed
since, the tests that this breaks are in DIFFERENT, and have to fail; all others have to pass.

    scripts/client_tests.py --checkout ../aws-lambda-python-runtime-interface-client
"""

import argparse
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import xml.etree.ElementTree as xml
from dataclasses import dataclass
from pathlib import Path

from oracle import corpus, interpreters


@dataclass(frozen=True)
class Difference:
    """Tests of a suite that cannot pass with a client in a range of versions."""

    suite: str
    since: tuple[int, ...]
    before: tuple[int, ...]
    why: str
    tests: tuple[str, ...]


HANDLE, CONTENT = "tests.test_bootstrap.TestHandleEventRequest.", "tests.test_bootstrap.TestContentType."
CLIENT = "tests.test_lambda_runtime_client.TestLambdaRuntime."
DIFFERENT = (
    Difference(
        "4.0.1",
        (4, 0, 2),
        (5,),
        "the client hands on a further argument, the id of the invocation, and the tests compare all arguments",
        (
            HANDLE + "test_handle_event_request_happy_case",
            CONTENT + "test_application_json",
            CONTENT + "test_binary_request_binary_response",
            CONTENT + "test_binary_with_application_json",
            CONTENT + "test_json_request_binary_response",
            CLIENT + "test_post_invocation_error",
            CLIENT + "test_post_invocation_error_with_large_xray_cause",
            CLIENT + "test_post_invocation_error_with_too_large_xray_cause",
            CLIENT + "test_post_invocation_result",
            CLIENT + "test_post_invocation_result_binary_data",
        ),
    ),
    Difference(
        "4.0.1",
        (4, 1),
        (5,),
        "the client starts workers through a context of multiprocessing, which the test does not replace",
        ("tests.test_multi_concurrent_runner.TestMultiConcurrentRunnerRedirect.test_run_concurrent_spawns_and_joins",),
    ),
)


def main() -> int:
    options = parse_arguments()
    cache = corpus.target_folder() / "client-tests"
    wrong = ran = 0
    print("| runtime | client | suite | passed | differ as they should | wrong |\n|---|---|---|---|---|---|", flush=True)
    for minor, python in interpreters.found().items():
        if options.runtime and f"python{minor}" not in options.runtime.split(","):
            continue
        runtime = runtime_of(options, minor, python)
        suite = options.revision or fitting_suite(options.checkout, runtime.awslambdaric)
        outcomes = run(options.checkout, suite, runtime, tools(python, minor, cache))
        expected = {test for row in differences(suite, runtime.awslambdaric) for test in row.tests}
        failed = {test for test, passed in outcomes.items() if not passed}
        bad = failed ^ expected
        print(
            f"| python{minor} | {runtime.awslambdaric} | {suite} | {len(outcomes) - len(failed)} of {len(outcomes)} "
            f"| {len(failed & expected)} | {len(bad)} |",
            flush=True,
        )
        for test in sorted(bad):
            what = "passes, though it should fail" if test in expected else "fails"
            print(f"python{minor}: {test} {what}", file=sys.stderr)
        wrong += len(bad)
        ran += len(outcomes)
    for row in DIFFERENT:
        print(f"\nWith suite {row.suite} and a client from {'.'.join(map(str, row.since))} on, {row.why}:")
        print("\n".join(f"- {test}" for test in row.tests))
    return 1 if wrong or not ran else 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--checkout", metavar="DIR", type=Path, required=True, help="the client's repository")
    parser.add_argument("--revision", metavar="REV", help="its tests at this revision [those that fit the client]")
    parser.add_argument("--runtime", metavar="A,B", help="these runtimes [all whose interpreter is here]")
    parser.add_argument("--runtime-dir", metavar="DIR", type=Path, help="try this folder instead of what Barrow builds")
    parser.add_argument("--barrow", metavar="FILE", help="the binary [the newest under target/]")
    return parser.parse_args()


def runtime_of(options: argparse.Namespace, minor: str, python: Path) -> interpreters.Runtime:
    if not options.runtime_dir:
        return interpreters.install_runtime(corpus.find_barrow(options.barrow), minor, python)
    said = (options.runtime_dir / "awslambdaric" / "__init__.py").read_text()
    version = re.search(r'__version__ = "(.+?)"', said).group(1)
    return interpreters.Runtime(minor, python, version, "", [options.runtime_dir])


def number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))


def git(checkout: Path, *arguments: str) -> bytes:
    folder = checkout / ".git" if (checkout / ".git").exists() else checkout
    return subprocess.run(["git", "--git-dir", folder, *arguments], stdout=subprocess.PIPE, check=True).stdout


def fitting_suite(checkout: Path, client: str) -> str:
    """The newest tag that is not newer than the client."""
    tags = [tag for tag in git(checkout, "tag").decode().split() if re.fullmatch(r"v?\d+(\.\d+)+", tag)]
    fitting = [tag for tag in tags if number(tag) <= number(client)]
    if not fitting:
        raise SystemExit(f"{checkout} has no tag up to {client}")
    return max(fitting, key=number)


def differences(suite: str, client: str) -> list[Difference]:
    return [row for row in DIFFERENT if row.suite == suite and row.since <= number(client) < row.before]


def tools(python: Path, minor: str, cache: Path) -> Path:
    """A folder with what the tests themselves need."""
    folder = cache / f"tools-{minor}"
    if not (folder / "ready").exists():
        command = [python, "-m", "pip", "install", "-q", "--root-user-action=ignore", "--target", folder]
        if minor == "3.8":
            command.remove("--root-user-action=ignore")
        subprocess.run([*command, "pytest", "parameterized"], check=True, stderr=subprocess.DEVNULL)
        (folder / "ready").touch()
    return folder


def run(checkout: Path, suite: str, runtime: interpreters.Runtime, tools: Path) -> dict[str, bool]:
    """Each test by name, and whether it passed. A file that cannot be read is a test that failed."""
    with tempfile.TemporaryDirectory(prefix="barrow-client-tests-") as scratch:
        files = git(checkout, "ls-tree", "-r", "--name-only", suite, "tests").decode().splitlines()
        files = [name for name in files if not name.startswith("tests/integration/")]
        archive = Path(scratch, "tests.tar")
        archive.write_bytes(git(checkout, "archive", suite, "--", *files))
        with tarfile.open(archive) as content:
            content.extractall(scratch, filter="data")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTHON", "PYTEST"))}
        environment["PYTHONPATH"] = ":".join(map(str, [*runtime.directories, tools]))
        environment["PYTHONDONTWRITEBYTECODE"] = "1"
        tested = [runtime.python, "-c", "import awslambdaric; print(awslambdaric.__file__)"]
        where = subprocess.run(tested, cwd=scratch, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout
        if not Path(where).is_relative_to(runtime.directories[-1]):
            raise SystemExit(f"the tests would test {where.strip()}, expected a client in {runtime.directories[-1]}")
        report = Path(scratch, "report.xml")
        command = [runtime.python, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", "tests"]
        subprocess.run(command, cwd=scratch, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        outcomes = {}
        for case in xml.parse(report).iter("testcase"):
            name = f"{case.get('classname')}.{case.get('name')}".lstrip(".")
            passed = not any(child.tag in ("failure", "error", "skipped") for child in case)
            outcomes[name] = outcomes.get(name, True) and passed
        return outcomes


if __name__ == "__main__":
    sys.exit(main())
