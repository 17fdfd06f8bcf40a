#!/usr/bin/env python3
"""Runs the published tests of `awslambdaric` against the runtimes that Barrow builds.

The tests are those of the public repository aws/aws-lambda-python-runtime-interface-client, in a
clone or a bare git directory that `--checkout` names. They are unpacked outside of this
repository, without the client that stands beside them there, so that the client they test is the one in
`/var/runtime` and no other.

The suite of a client is the newest published one that is not newer, and every test of it has to
pass.

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
from pathlib import Path

from oracle import corpus, interpreters


def main() -> int:
    options = parse_arguments()
    cache = corpus.target_folder() / "client-tests"
    wrong = ran = 0
    print("| runtime | client | suite | passed |\n|---|---|---|---|", flush=True)
    for minor, python in interpreters.found().items():
        if options.runtime and f"python{minor}" not in options.runtime.split(","):
            continue
        runtime = runtime_of(options, minor, python)
        suite = options.revision or fitting_suite(options.checkout, runtime.awslambdaric)
        outcomes = run(options.checkout, suite, runtime, tools(python, minor, cache))
        failed = sorted(test for test, passed in outcomes.items() if not passed)
        passed = f"{len(outcomes) - len(failed)} of {len(outcomes)}"
        print(f"| python{minor} | {runtime.awslambdaric} | {suite} | {passed} |", flush=True)
        for test in failed:
            print(f"python{minor}: {test} fails", file=sys.stderr)
        wrong += len(failed)
        ran += len(outcomes)
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
    # A stored copy may lack large files that nobody asks for, and git says so.
    done = subprocess.run(["git", "--git-dir", folder, *arguments], capture_output=True)
    if done.returncode != 0:
        raise SystemExit(f"git {' '.join(arguments[:3])}: {done.stderr.decode().strip()[-500:]}")
    return done.stdout


def fitting_suite(checkout: Path, client: str) -> str:
    """The newest tag that is not newer than the client."""
    tags = [tag for tag in git(checkout, "tag").decode().split() if re.fullmatch(r"v?\d+(\.\d+)+", tag)]
    fitting = [tag for tag in tags if number(tag) <= number(client)]
    if not fitting:
        raise SystemExit(f"{checkout} has no tag up to {client}")
    return max(fitting, key=number)


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
